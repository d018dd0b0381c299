"""The embedded engine. Any number of processes may search it, one writes; readers notice by themselves."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock

from index.engines.protocol import (
    EngineError,
    EngineRequest,
    EngineResult,
    EngineUnavailable,
)
from index.engines.report import EngineReport
from index.engines.tantivy.build import TantivyBuild, create
from index.engines.tantivy.layout import Layout, read_state
from index.engines.tantivy.ranking import count
from index.engines.tantivy.reading import documents, known_values, search, select, titles_beginning
from index.engines.tantivy.report import report
from index.engines.tantivy.snapshot import OpenIndex, Snapshot, open_index, outdated
from index.engines.tantivy.writer import TantivyWriter

OUTDATED = (
    "the index was made by another version of the hub; "
    "make it anew with `hubsearch index build` (searches wait for that, the store is complete)"
)


class TantivyEngine:
    """An engine in a folder. Every method may be called from several threads at once.

    A search sees what any process committed or swapped before it began: it looks at the time stamps of two
    files, which costs some microseconds.
    """

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        self._layout = Layout(folder)
        self._lock = Lock()
        self._held: tuple[Snapshot, object] | None = None

    def watermark(self) -> int:
        """The change sequence the visible index has reached; 0 without a usable index."""
        held = self._held
        if held is not None and held[1] == self._stamp(held[0].opened.folder):
            return held[0].watermark
        folder = self._layout.current()
        state = read_state(folder) if folder is not None else None
        return state.watermark if state is not None and not outdated(state) else 0

    def generation(self) -> str:
        """Names the state a search sees now."""
        snapshot = self._current()
        if snapshot is None:
            return ""
        return f"{snapshot.opened.folder.name}@{snapshot.watermark}@{snapshot.written}"

    def needs_build(self) -> str | None:
        """Why the index cannot be used before it is built anew."""
        folder = self._layout.current()
        unusable = self._layout.has_others() if folder is None else outdated(read_state(folder))
        return OUTDATED if unusable else None

    def writer(self) -> TantivyWriter:
        """The writer of the visible index, made when there is none. Raises EngineBusy when another has it."""
        if (reason := self.needs_build()) is not None:
            raise EngineError(reason)
        folder = self._layout.current()
        opened = open_index(folder) if folder is not None else self._first()
        return TantivyWriter(self._layout, opened, visible=True)

    def build(self) -> TantivyBuild:
        """A new index, aside. Raises EngineBusy while another process makes one."""
        return TantivyBuild(self._layout)

    def search(self, request: EngineRequest) -> EngineResult:
        """Hits, total and counts, all of one state of the index."""
        snapshot = self._current()
        if snapshot is None:
            return EngineResult(0, [], {name: [] for name in request.facets})
        return search(snapshot, request)

    def count(self, request: EngineRequest) -> int:
        """The total of a search alone."""
        snapshot = self._current()
        if snapshot is None:
            return 0
        return count(snapshot.searcher, snapshot.builder.matching(select(snapshot, request)))

    def scan(self, request: EngineRequest) -> Iterator[str]:
        """The ids of everything a request finds, in its order, of one state of the index."""
        snapshot = self._current()
        if snapshot is not None:
            total = count(snapshot.searcher, snapshot.builder.matching(select(snapshot, request)))
            whole = replace(request, offset=0, limit=total, facets={})
            yield from (hit.id for hit in search(snapshot, whole).hits)

    def suggest(self, text: str, limit: int) -> list[str]:
        """Ids of documents whose title begins with a text, A–Z; of equal titles the first."""
        snapshot = self._current()
        return titles_beginning(snapshot.searcher, text, limit) if snapshot is not None else []

    def ids(self) -> Sequence[str]:
        """The ids of all documents, in order."""
        return sorted(self.fingerprints())

    def fingerprints(self) -> dict[str, int]:
        """What each document was indexed from, by id."""
        snapshot = self._current()
        return documents(snapshot.searcher) if snapshot is not None else {}

    def facet_values(self, facet: str) -> frozenset[str]:
        """Every value of a facet that some document has; read once for each state of the index."""
        snapshot = self._current()
        return snapshot.facet_values(facet) if snapshot is not None else frozenset()

    def known_values(self, facet: str, values: Sequence[str]) -> frozenset[str]:
        """Those of these values that some document has."""
        snapshot = self._current()
        return known_values(snapshot, facet, values) if snapshot is not None else frozenset()

    def refresh(self) -> None:
        """See what other processes committed or swapped."""
        self._current()

    def healthy(self) -> bool:
        """Whether searches can be answered."""
        try:
            self._current()
        except EngineUnavailable:
            return False
        return True

    def report(self) -> EngineReport:
        """The visible index: its version, size and documents, and why it has to be built anew, if it has."""
        outdated = self.needs_build()
        folder = self._layout.current()
        usable = outdated is None and (folder is None or folder.is_dir())
        return report(self._layout, self._current() if usable else None, outdated)

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._held = None

    def _first(self) -> OpenIndex:
        with self._layout.lock():
            folder = self._layout.current()
            if folder is not None:
                return open_index(folder)
            opened = create(self._layout)
            self._layout.show(opened.folder)
            return opened

    def _current(self) -> Snapshot | None:
        """The snapshot of the last commit, opened anew when somebody committed or swapped."""
        held = self._held
        if held is not None and held[1] == self._stamp(held[0].opened.folder):
            return held[0]
        with self._lock:
            self._held = held = self._reopened()
        return held[0] if held is not None else None

    def _reopened(self) -> tuple[Snapshot, object] | None:
        folder = self._layout.current()
        if folder is None:
            if self._layout.has_others():
                raise EngineUnavailable(OUTDATED)
            return None
        stamp, state, held = self._stamp(folder), read_state(folder), self._held
        if held is not None and held[1] == stamp:
            return held
        if outdated(state):
            raise EngineUnavailable(OUTDATED)
        same = held is not None and held[0].opened.folder == folder
        opened = held[0].opened if held is not None and same else open_index(folder)
        return Snapshot(opened, state, stamp[1][0]), stamp

    def _stamp(self, folder: Path) -> tuple[tuple[int, int], tuple[int, int]]:
        return self._layout.stamp(folder)
