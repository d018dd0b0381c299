"""The engine of the grown hub. Any number of processes may search and write; the cluster keeps them apart."""

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import TypeVar

from index.engines.access import EngineAccess
from index.engines.elasticsearch.build import ElasticsearchBuild
from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.errors import IndexGone
from index.engines.elasticsearch.indexes import Found, create, current, mark, show
from index.engines.elasticsearch.reading import Reader
from index.engines.elasticsearch.report import report
from index.engines.elasticsearch.state import Watched, why_build
from index.engines.elasticsearch.sweeping import GRACE, sweep
from index.engines.elasticsearch.writer import ElasticsearchWriter
from index.engines.protocol import EngineError, EngineRequest, EngineResult, EngineUnavailable
from index.engines.report import EngineReport

Answer = TypeVar("Answer")


class ElasticsearchEngine:
    """An engine in a cluster. Every method may be called from several threads at once.

    `urls` is one address or several with commas between them. Nothing is asked before it is needed. A search
    sees every commit at once and a swap within half a second. All methods raise EngineUnavailable while the
    cluster is away, and EngineError for what asking again will not mend (a wrong password, a missing
    privilege, a version too old, an index somebody else made under our alias).
    """

    name = "elasticsearch"

    def __init__(self, urls: str, access: EngineAccess) -> None:
        self._cluster = Cluster(urls, access)
        self._watched = Watched(self._cluster)
        self._swept = 0.0

    @property
    def cluster(self) -> Cluster:
        """The connection, for reports and measurements."""
        return self._cluster

    def watermark(self) -> int:
        """The change sequence the visible index has reached; 0 without an index of this version."""
        found = current(self._cluster)
        return found.meta.watermark if found is not None else 0

    def generation(self) -> str:
        """Names the state a search sees now, at most half a second ago."""
        return self._watched.state().generation

    def needs_build(self) -> str | None:
        """Why the index cannot be used before it is built anew: there is only one of another version."""
        return why_build(self._cluster) if current(self._cluster) is None else None

    def writer(self) -> ElasticsearchWriter:
        """A writer of the visible index, made when there is none."""
        found = current(self._cluster)
        if found is None and (reason := why_build(self._cluster)) is not None:
            raise EngineError(reason)
        if time.monotonic() - self._swept > GRACE or not self._swept:
            self._swept = time.monotonic()
            sweep(self._cluster)
        return ElasticsearchWriter(self._cluster, found or self._first(), self.refresh)

    def build(self) -> ElasticsearchBuild:
        """A new index, aside. Raises EngineBusy while another process makes one of this version."""
        return ElasticsearchBuild(self._cluster, self.refresh)

    def search(self, request: EngineRequest) -> EngineResult:
        """Hits, total and counts, all of one state of the index."""
        empty = EngineResult(0, [], {name: [] for name in request.facets})
        return self._read(lambda reader: reader.search(request), empty)

    def count(self, request: EngineRequest) -> int:
        """The total of a search alone."""
        return self._read(lambda reader: reader.count(request), 0)

    def scan(self, request: EngineRequest) -> Iterator[str]:
        """The ids of everything a request finds, in its order, of one state of the index."""
        nothing: Iterator[str] = iter(())
        yield from self._read(lambda reader: _begun(reader.scan(request)), nothing)

    def suggest(self, text: str, limit: int) -> list[str]:
        """Ids of documents whose title begins with a text, A–Z; of equal titles the first."""
        return self._read(lambda reader: reader.suggest(text, limit), [])

    def ids(self) -> Sequence[str]:
        """The ids of all documents, in order."""
        self.refresh()
        return self._read(lambda reader: reader.ids(), [])

    def fingerprints(self) -> dict[str, int]:
        """What each document was indexed from, by id."""
        self.refresh()
        return self._read(lambda reader: reader.fingerprints(), {})

    def facet_values(self, facet: str) -> frozenset[str]:
        """Every value of a facet that some document has; read once for each state of the index."""
        return self._read(lambda reader: reader.facet_values(facet), frozenset())

    def known_values(self, facet: str, values: Sequence[str]) -> frozenset[str]:
        """Those of these values that some document has."""
        return self._read(lambda reader: reader.known_values(facet, values), frozenset())

    def refresh(self) -> None:
        """See what other processes committed or swapped."""
        self._watched.forget()

    def healthy(self) -> bool:
        """Whether searches can be answered: the cluster knows us, and no shard of the index is missing."""
        try:
            if self._reader() is None:
                return True
            with self._cluster.searching("asking for the cluster's health") as client:
                health = client.cluster.health(index=self._cluster.names.read, filter_path="status")
        except EngineError:
            return False
        return bool(health.body["status"] != "red")

    def report(self) -> EngineReport:
        """What the cluster tells about itself and the index, and what a person should mend."""
        visible = current(self._cluster)
        return report(self._cluster, visible, why_build(self._cluster) if visible is None else None)

    def close(self) -> None:
        """Let go of the connections."""
        self._cluster.close()

    def _read(self, answer: Callable[[Reader], Answer], nothing: Answer) -> Answer:
        """An answer of the visible index, `nothing` without one. An index that went between the last look and
        the search was replaced: look again."""
        try:
            reader = self._reader()
            return answer(reader) if reader is not None else nothing
        except IndexGone:
            self.refresh()
            reader = self._reader()
            return answer(reader) if reader is not None else nothing

    def _reader(self) -> Reader | None:
        state = self._watched.state()
        if state.needs_build is not None:
            raise EngineUnavailable(state.needs_build)
        return state.reader

    def _first(self) -> Found:
        """An empty index, shown at once."""
        made = create(self._cluster, {})
        live = Found(made.index, made.meta.in_state("live", time.time()))
        mark(self._cluster, live.index, live.meta)
        show(self._cluster, live.index)
        self.refresh()
        return live


def _begun(found: Iterator[str]) -> Iterator[str]:
    """The same ids, the first of them read already: a scan that has begun keeps its state to the end."""
    first = list(islice(found, 1))
    return chain(first, found)
