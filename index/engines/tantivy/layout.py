"""The engine's folder: one folder for each index ever built, and a pointer file that names the visible one.

<index>/current                     the name of the visible index, replaced atomically
<index>/hub-<version>-<time>/       a tantivy index, and hub.json: its watermark and version
<index>/hub-…/retired               written when another index took its place; removed after a grace
<index>/build.lock                  held while an index is made
"""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from index.engines.protocol import EngineBusy

GRACE = 600.0
"""Seconds a replaced index stays for those who still read it: longer than any search or page takes."""

_POINTER = "current"
_STATE = "hub.json"
_RETIRED = "retired"
_PREFIX = "hub-"


class State(msgspec.Struct, frozen=True):
    """What an index has reached, and what it was made for."""

    watermark: int
    version: str


class Layout:
    """Finds, makes, switches and clears away the folders of an engine."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._pointer = str(root / _POINTER)

    def current(self) -> Path | None:
        """The folder of the visible index; None when there is none yet."""
        try:
            name = (self.root / _POINTER).read_text("utf-8").strip()
        except FileNotFoundError:
            return None
        return self.root / name

    def stamp(self, folder: Path) -> tuple[tuple[int, int], tuple[int, int]]:
        """Changes whenever another index becomes visible, or the index in this folder is committed to (the
        state is written last). Every search looks at it."""
        return stamp_of(self._pointer), stamp_of(f"{folder}/{_STATE}")

    def make(self, version: str) -> Path:
        """A new folder for an index of this version; nobody sees it before `show`."""
        moment = time.time_ns()
        name = f"{_PREFIX}{version}-{time.strftime('%Y%m%dT%H%M%S', time.gmtime(moment // 10**9))}"
        folder = self.root / f"{name}-{moment % 10**9:09d}"
        folder.mkdir(parents=True)
        return folder

    def show(self, folder: Path) -> None:
        """Make the index in this folder the visible one, and retire the one before."""
        before = self.current()
        _replace(self.root / _POINTER, folder.name.encode())
        if before is not None and before != folder and before.is_dir():
            (before / _RETIRED).touch()

    def sweep(self) -> None:
        """Remove indexes retired long ago, and remains of builds that never ended. Call it under `lock`."""
        current = self.current()
        for folder in self.root.glob(f"{_PREFIX}*"):
            if folder == current:
                continue
            try:
                retired = (folder / _RETIRED).stat().st_mtime
            except FileNotFoundError:
                retired = 0.0
            if time.time() - retired > GRACE:
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Only one process at a time makes an index. Raises EngineBusy when another does."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "build.lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EngineBusy(
                    f"another process is building an index in {self.root}; wait for it"
                ) from None
            yield


def read_state(folder: Path) -> State:
    """The state of an index; watermark 0 of no version when it cannot be read."""
    try:
        return msgspec.json.decode((folder / _STATE).read_bytes(), type=State)
    except (FileNotFoundError, msgspec.DecodeError):
        return State(0, "")


def write_state(folder: Path, state: State) -> None:
    """Write the state after the commit it speaks of: a kill between the two only makes the follower repeat
    changes, which is harmless."""
    _replace(folder / _STATE, msgspec.json.encode(state))


def stamp_of(path: str) -> tuple[int, int]:
    """Changes whenever a file is replaced; zeros while there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  # twice as fast as Path.stat, and in the way of every search
    except FileNotFoundError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def _replace(path: Path, data: bytes) -> None:
    """Write a file so that a reader, or a power cut, finds the old one or the new one."""
    aside = path.with_name(f"{path.name}.{os.getpid()}.new")
    with aside.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
