"""Which index is the visible one, for each version of the hub.

Every version has a pointer file of its own, so that while a hub is upgraded the old version goes on searching
its index and the new one builds another beside it. The first release had one pointer for all versions: it is
understood while it names an index of this version, and then kept in step.
"""

from collections.abc import Iterator
from pathlib import Path

from index.engines.tantivy.state import read_state, replace_file, stamp_of

COMMON = "current"


class Pointer:
    """The pointer of one version in an engine's folder."""

    def __init__(self, root: Path, version: str) -> None:
        self._root = root
        self._version = version
        self._own = root / f"{COMMON}-{version}"
        self._common = root / COMMON
        self._paths = str(self._own), str(self._common)

    def read(self) -> Path | None:
        """The folder of the visible index; None when this version has none."""
        return self._named(self._own) or self._shared()

    def write(self, folder: Path) -> None:
        """Make the index in this folder the visible one, atomically."""
        in_step = self._shared() is not None
        replace_file(self._own, folder.name.encode())
        if in_step:
            replace_file(self._common, folder.name.encode())

    def stamp(self) -> tuple[int, int]:
        """Changes whenever another index becomes visible. Every search looks at it."""
        own = stamp_of(self._paths[0])
        return own if own != (0, 0) else stamp_of(self._paths[1])

    def others(self) -> Iterator[tuple[Path, Path]]:
        """(pointer file, folder it names) of the other versions."""
        ours = self.read()
        for pointer in self._root.glob(f"{COMMON}*"):
            named = self._named(pointer)
            if pointer != self._own and named is not None and named != ours:
                yield pointer, named

    def _shared(self) -> Path | None:
        """What the pointer of all versions names, if that is an index of this one."""
        named = self._named(self._common)
        return named if named is not None and read_state(named).version == self._version else None

    def _named(self, pointer: Path) -> Path | None:
        try:
            return self._root / pointer.read_text("utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None
