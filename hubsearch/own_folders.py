"""Folders for work in progress that say whether who made them still lives, so that remains are told apart."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

LOCK = "lock"


def own_folder(among: Path) -> tuple[Path, IO[bytes]]:
    """A folder of this process alone in `among`, and the lock that says so while it lives. Folders there of
    processes that were killed are removed."""
    among.mkdir(parents=True, exist_ok=True)
    _clear_after_the_dead(among)
    folder = Path(tempfile.mkdtemp(dir=among))
    lock = (folder / LOCK).open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


@contextmanager
def scratch_folder(among: Path) -> Iterator[Path]:
    """The same for the time of a block; afterwards it is gone, and `among` too when nobody else uses it."""
    folder, lock = own_folder(among)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()
        with suppress(OSError):  # somebody else is at work there
            among.rmdir()


def _clear_after_the_dead(among: Path) -> None:
    for folder in among.iterdir():
        with _unlocked(folder) as is_dead:
            if is_dead:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _unlocked(folder: Path) -> Iterator[bool]:
    try:
        with (folder / LOCK).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield True
    except OSError:  # locked, just being made, or another user's
        yield False
