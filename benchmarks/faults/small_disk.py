"""A disk of some megabytes that can be filled: a file system in memory of its own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BALLAST = "ballast"


class NoSmallDisk(Exception):
    """This machine does not let this user mount a file system."""


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """A new file system at `folder`. Raises NoSmallDisk."""
    folder.mkdir(parents=True, exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise NoSmallDisk("there is no mount command") from error
    if done.returncode:
        raise NoSmallDisk(f"no file system can be mounted: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, leave: int) -> None:
    """Let `leave` bytes be free on the disk of a folder."""
    make_room(folder)
    with (folder / BALLAST).open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            file.truncate(max(0, file.tell() - leave))


def make_room(folder: Path) -> None:
    """Take the ballast away."""
    (folder / BALLAST).unlink(missing_ok=True)
