"""Locks between the processes of a machine that ask the same host: one file for each host in a folder.

A lock is the kernel's (`flock`), so it ends with its holder however that dies. The file holds when the host
was last asked, on the clock that all processes of a machine share (`time.monotonic`).
"""

import fcntl
import hashlib
import os
import re
import time
from contextlib import suppress
from pathlib import Path

_PLAIN = re.compile(r"[a-z0-9][a-z0-9.-]{0,199}")
_ROUNDED = 0.001
"""Seconds by which the moment in a file may lie ahead; one further ahead is from before a restart."""
_FORGET = 24 * 3600.0
"""Seconds after which the file of a host nobody asked is removed: redirects can lead to any number."""


class HostLock:
    """One lock that is held; `release` may be called twice."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def last_asked(self) -> float:
        """Seconds since the host was last asked; a day when nobody knows (a new file, a restart)."""
        text = os.pread(self._descriptor, 40, 0)
        with suppress(ValueError):
            since = time.monotonic() - float(text)
            return max(0.0, since) if since > -_ROUNDED else _FORGET
        return _FORGET

    def note(self) -> None:
        """The host is being asked now."""
        with suppress(OSError):  # a full disk keeps nobody from asking
            os.pwrite(self._descriptor, b"%-39.3f\n" % time.monotonic(), 0)

    def release(self) -> None:
        """Let the next one."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def try_lock(path: Path) -> HostLock | None:
    """The lock of this file, made if it is not there; None while somebody has it. Raises OSError."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        if _is_still(path, descriptor):
            return HostLock(descriptor)
        os.close(descriptor)  # it was swept away between the two calls


def lock_path(folder: Path, host: str, port: int) -> Path:
    """The file of a host. The ports of http and https are one host; any other is a server of its own."""
    name = host.lower().strip("[]").rstrip(".")
    if not _PLAIN.fullmatch(name):
        name = "_" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:32]
    return folder / (name if port in {80, 443} else f"{name}_{port}")


def sweep(folder: Path) -> None:
    """Remove the files of hosts that nobody asked for a day."""
    for path in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _FORGET and (lock := try_lock(path)) is not None:
                path.unlink(missing_ok=True)
                lock.release()


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        return path.stat().st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
