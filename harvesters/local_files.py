"""Portals that are a file or a folder beside the portals file: read from disk, never asked for over HTTP.

The path is relative to the folder of portals.toml and stays below it: an entry is no way to read the rest of
the machine into a public catalogue. Written paths are judged when the entry is read, symbolic links when the
run reads through them, since either may change in between.
"""

import errno
import os
import re
import stat
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from harvesters.fetch_error import FetchError
from harvesters.portal import Portal

if TYPE_CHECKING:
    from harvesters.run import FetchRun

FROM_DISK = frozenset({"jkan", "register"})
"""The types whose `url` may be a path. Named here, for whoever reads entries does not import Scrapy."""

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_PIECE = 1024**2
_FILES = 100_000
"""Files and folders of a folder that are looked at, as of an archive."""
_SETTLED = 2.0
"""Seconds since the last change before a file's times may stand for its content."""


def is_path(url: object) -> bool:
    """Whether an entry's `url` is meant as a path: text that begins with no scheme."""
    return isinstance(url, str) and bool(url) and _SCHEME.match(url) is None


def mistake_in_path(path: str, portal_type: object, folder: Path | None) -> str:
    """Why a path cannot be the url of such an entry, and what to write; "" for a good one."""
    if str(portal_type) not in FROM_DISK or folder is None:
        return "write a whole address such as https://data.example.gov/data.json" + (
            "" if folder is None else f"; only the types {' and '.join(sorted(FROM_DISK))} read files"
        )
    if not path.isprintable() or not path.strip():
        return "write the path of a file or folder, without control characters"
    written = Path(os.path.normpath(folder / path))
    if ".." in Path(path).parts or not written.is_relative_to(folder):
        return f"write a path below the folder of the portals file, {folder}, without .."
    return ""


def located(portal: Portal) -> Path:
    """The file or folder that the entry's path leads to.

    Raises FetchError: `outside-folder`, `no-such-file`.
    """
    return inside(Path(portal.folder), Path(portal.folder, portal.url), portal.url)


def inside(folder: Path, path: Path, name: str) -> Path:
    """The path with every symbolic link followed. Raises FetchError as `located`."""
    try:
        found = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or "symbolic links lead in a circle"
        raise FetchError("no-such-file", f"{name} cannot be read below {folder}: {why}") from None
    if not found.is_relative_to(folder.resolve()):
        raise FetchError("outside-folder", f"{name} leads out of {folder} by a symbolic link")
    return found


def keep_copy(run: "FetchRun", path: Path, name: str, limit: int) -> tuple[Path, str]:
    """A copy of a file among the bodies of the run, as it was at one moment, and its ETag ("" while it may
    still be written to).

    Raises FetchError: `no-such-file` (also for pipes and devices), `too-large`, `cut` (it changed meanwhile),
    `disk-full`, `deadline`.
    """
    copy = run.new_body_path()
    try:
        source = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        raise FetchError("no-such-file", f"{name} cannot be read: {error.strerror}") from None
    with os.fdopen(source, "rb") as file:
        before = os.fstat(source)
        if not stat.S_ISREG(before.st_mode):
            raise FetchError("no-such-file", f"{name} is no file")
        size = 0
        try:
            with copy.open("wb") as kept:
                while piece := file.read(_PIECE):
                    size += len(piece)
                    if size > limit:
                        raise FetchError("too-large", f"{name} has more than {limit:,} bytes")
                    if run.remaining() <= 0:
                        raise run.out_of_time()
                    kept.write(piece)
                    run.count_bytes(len(piece))
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise FetchError("disk-full", f"the disk is full after {size:,} bytes") from None
        after = os.fstat(source)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or size != after.st_size:
        raise FetchError("cut", f"{name} was changed while it was read")
    changed = max(after.st_mtime, after.st_ctime)
    settled = abs(time.time() - changed) >= _SETTLED
    tag = f'"{after.st_ino:x}-{after.st_size:x}-{after.st_mtime_ns:x}-{after.st_ctime_ns:x}"'
    return copy, tag if settled else ""


def names_in(folder: Path) -> Iterator[str]:
    """The files below a folder, relative to it, in the order of their names. Hidden ones are left out, and
    linked folders not entered.

    Raises FetchError: `no-such-file` for a folder that cannot be listed, `too-large`.
    """

    def unreadable(error: OSError) -> None:
        raise FetchError("no-such-file", f"{error.filename} cannot be listed: {error.strerror}")

    looked_at = 0
    for place, folders, files in os.walk(folder, onerror=unreadable):
        looked_at += len(folders) + len(files)
        if looked_at > _FILES:
            raise FetchError("too-large", f"the folder holds more than {_FILES:,} files and folders")
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if not name.startswith("."):
                yield str(Path(place, name).relative_to(folder))
