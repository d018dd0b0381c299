"""The engine's folder: one folder for each index ever built, and a pointer for each version of the hub.

<index>/current-<version>           names the visible index of a version, replaced atomically
<index>/current                     the same, of the first release
<index>/hub-<version>-<time>/       a tantivy index, and hub.json: its watermark and version
<index>/hub-…/retired               written when another index took its place; removed after a grace
<index>/build.lock                  held while an index is made
"""

import fcntl
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.engines.protocol import EngineBusy
from index.engines.tantivy.pointer import Pointer
from index.engines.tantivy.schema import version as present_version
from index.engines.tantivy.state import STATE, State, read_state, stamp_of, write_state

__all__ = ["Layout", "State", "read_state", "write_state"]

GRACE = 600.0
"""Seconds a replaced index stays for those who still read it: longer than any search or page takes."""
OTHERS_GRACE = 7 * 86_400.0
"""Seconds since the last commit after which the index of another version counts as left: after an upgrade
there is a week to go back. One that is as far as ours is still followed, however long nothing changed."""

_RETIRED = "retired"
_PREFIX = "hub-"


class Layout:
    """Finds, makes, switches and clears away the folders of an engine, for one version of the hub."""

    def __init__(self, root: Path, version: str | None = None) -> None:
        self.root = root
        self.version = version or present_version()
        self._pointer = Pointer(root, self.version)

    def current(self) -> Path | None:
        """The folder of the visible index; None when this version has none yet."""
        return self._pointer.read()

    def has_others(self) -> bool:
        """Whether other versions have an index here."""
        return next(self._pointer.others(), None) is not None

    def stamp(self, folder: Path) -> tuple[tuple[int, int], tuple[int, int]]:
        """Changes whenever another index becomes visible, or the index in this folder is committed to (the
        state is written last). Every search looks at it."""
        return self._pointer.stamp(), stamp_of(f"{folder}/{STATE}")

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
        self._pointer.write(folder)
        if before is not None and before != folder and before.is_dir():
            (before / _RETIRED).touch()

    def sweep(self) -> None:
        """Remove indexes retired long ago, remains of builds that never ended, and what other versions left
        behind days ago. Call it under `lock`."""
        current = self.current()
        reached = read_state(current).watermark if current is not None else 0
        for pointer, named in self._pointer.others():
            if read_state(named).watermark < reached and _age(named / STATE) > OTHERS_GRACE:
                pointer.unlink(missing_ok=True)
        kept = {current, *(named for _, named in self._pointer.others())}
        for folder in self.root.glob(f"{_PREFIX}*"):
            if folder not in kept and self._is_over(folder):
                shutil.rmtree(folder, ignore_errors=True)

    def _is_over(self, folder: Path) -> bool:
        """Whether nobody reads an index any more that no pointer names."""
        if (folder / _RETIRED).exists():
            return _age(folder / _RETIRED) > GRACE
        # The remains of a build: nobody else makes one now, for the lock is ours.
        ours = folder.name.startswith(f"{_PREFIX}{self.version}-")
        return ours or _age(folder / STATE) > OTHERS_GRACE

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


def _age(path: Path) -> float:
    """Seconds since a file was written; for ever ago when there is none."""
    try:
        return time.time() - path.stat().st_mtime
    except (FileNotFoundError, NotADirectoryError):
        return float("inf")
