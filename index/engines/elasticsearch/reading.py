"""Carry out searches on one state of an index: as a rule, one request each."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any
from zlib import crc32

from index.engines.elasticsearch.asking import ask, hits, order, total
from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.facets import Counting
from index.engines.elasticsearch.mapping import TITLE_KEY
from index.engines.elasticsearch.query_builder import EVERY_WORD, head_start, marked, match, matching, scored
from index.engines.elasticsearch.scanning import fingerprints, scan
from index.engines.elasticsearch.values import facet_values, known_values
from index.engines.protocol import EngineRequest, EngineResult, Hit
from index.engines.selection import Selection
from index.query.syntax import Clause

_CACHED_FREQUENCIES = 4096
"""Clauses whose frequency is kept for a state of the index: words come back in many queries."""


class Reader:
    """Reads one index for as long as its state lasts, and keeps what it learns of it no longer.

    Safe to share between threads. Every method raises EngineUnavailable when the cluster does not answer
    wholly and in time.
    """

    def __init__(self, cluster: Cluster, index: str) -> None:
        self._cluster, self._index = cluster, index
        self._ask = partial(ask, cluster, index=index)
        self._frequency: dict[Clause, int] = {}
        self._documents = 0
        self._wide: frozenset[str] = frozenset()
        self.facet_values = lru_cache(maxsize=None)(partial(facet_values, cluster, index))

    def search(self, request: EngineRequest) -> EngineResult:
        """Hits, total and counts, all of one state of the index."""
        selection = self.select(request)
        counting = Counting.of(selection, request.facets, request.now)
        near = _preference(selection) if request.sort == "relevance" else None
        answer = self._ask(_body(request, counting, self._wide), preference=near)
        counted = answer.get("aggregations", {})
        if short := counting.inexact(counted) - self._wide:
            self._wide |= short
            answer = self._ask(_body(request, counting, self._wide), preference=near)
            counted = answer["aggregations"]
        recounted = self._recounted(counting, counted)
        return EngineResult(
            total(answer), _hits(request, selection, answer), counting.counts(counted, recounted)
        )

    def body(self, request: EngineRequest) -> dict[str, Any]:
        """The search that answers a request, for whoever measures what it costs alone."""
        return _body(request, Counting.of(self.select(request), request.facets, request.now), self._wide)

    def count(self, request: EngineRequest) -> int:
        """The total of a search alone."""
        body = {"query": matching(self.select(request)), "size": 0, "track_total_hits": True}
        return total(self._ask(body))

    def scan(self, request: EngineRequest) -> Iterator[str]:
        """The ids of everything a request finds, in its order, of one state of the index."""
        selection = self.select(request)
        query = scored(selection) if request.sort == "relevance" else matching(selection)
        body = {"query": query, "sort": order(request.sort)}
        return (hit["sort"][1] for hit in scan(self._cluster, self._index, body))

    def suggest(self, text: str, limit: int) -> list[str]:
        """Ids of documents whose title begins with a text, A–Z; of equal titles the first."""
        body = {
            "query": {"prefix": {TITLE_KEY: {"value": text}}},
            "collapse": {"field": TITLE_KEY},
            "sort": order("title"),
            "size": limit,
            "track_total_hits": False,
        }
        return [hit["sort"][1] for hit in hits(self._ask(body))]

    def ids(self) -> list[str]:
        """The ids of all documents, in order."""
        return sorted(self.fingerprints())

    def fingerprints(self) -> dict[str, int]:
        """What each document was indexed from, by id."""
        return fingerprints(self._cluster, self._index)

    def known_values(self, facet: str, values: Sequence[str]) -> frozenset[str]:
        """Those of these values that some document has."""
        return known_values(self._cluster, self._index, facet, values)

    def select(self, request: EngineRequest) -> Selection:
        """What a request selects in this state of the index."""
        return Selection.of(request, self._frequencies)

    def _recounted(self, counting: Counting, counted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Exact counts of facets that are not exact yet, which only happens with several shards."""
        if not counting.inexact(counted):
            return {}
        body = {"query": matching(counting.selection), "size": 0, "track_total_hits": False}
        found: Mapping[str, Any] = self._ask(body | {"aggs": counting.recount(counted)})["aggregations"]
        return found

    def _frequencies(self, clauses: tuple[Clause, ...]) -> tuple[list[int], int]:
        """How many documents have each clause, and how many there are; asked for once for every clause."""
        known = self._frequency
        if unknown := [clause for clause in clauses if clause not in known]:
            queries = [match(clause) for clause in unknown]
            answer = self._ask(
                {"size": 0, "track_total_hits": True, "aggs": {"of": {"filters": {"filters": queries}}}}
            )
            self._documents = total(answer)
            counts = [bucket["doc_count"] for bucket in answer["aggregations"]["of"]["buckets"]]
            if len(known) > _CACHED_FREQUENCIES:
                known = {clause: known[clause] for clause in clauses if clause in known}
            self._frequency = known = known | dict(zip(unknown, counts, strict=True))
        return [known[clause] for clause in clauses], self._documents


def _body(request: EngineRequest, counting: Counting, wide: frozenset[str]) -> dict[str, Any]:
    selection = counting.selection
    body: dict[str, Any] = {"size": request.limit, "track_total_hits": True}
    if request.limit == 0:
        body["query"] = matching(selection)
    else:
        body |= {"from": request.offset, "sort": order(request.sort)}
        if request.sort == "relevance":
            body["query"] = scored(selection)
        else:
            body["query"] = marked(selection) if selection.match == "any" else matching(selection)
    if (narrowed := counting.post_filter()) is not None:
        body["post_filter"] = narrowed
    if request.facets:
        body["aggs"] = counting.aggregations(wide)
    return body


def _hits(request: EngineRequest, selection: Selection, answer: Mapping[str, Any]) -> list[Hit]:
    found = hits(answer)
    if selection.match == "all":
        scores = request.sort == "relevance"
        return [Hit(hit["sort"][1], hit["sort"][0] if scores else 0.0, partial=False) for hit in found]
    if request.sort == "relevance":
        start = head_start(selection)
        return [_tiered(hit["sort"][0], hit["sort"][1], start) for hit in found]
    return [
        Hit(hit["sort"][1], 0.0, partial=EVERY_WORD not in hit.get("matched_queries", ())) for hit in found
    ]


def _tiered(score: float, document_id: str, start: float) -> Hit:
    if score < start:
        return Hit(document_id, score, partial=True)
    return Hit(document_id, round(score - start, 6), partial=False)


def _preference(selection: Selection) -> str:
    """The same for the same words, whatever the page and the filters: statistics differ between copies of a
    shard, and a page must go on where the one before ended."""
    return f"{crc32(repr(selection.clauses).encode()):08x}"
