"""Carry out a search on one snapshot."""

from collections.abc import Sequence

import tantivy

from index.engines.forms import facet_field
from index.engines.protocol import EngineRequest, EngineResult, Hit
from index.engines.selection import Selection
from index.engines.tantivy.facets import Counts, window_counts
from index.engines.tantivy.ranking import Ranked, count, window
from index.engines.tantivy.schema import FINGERPRINT, ID, SORT_FIELDS
from index.engines.tantivy.snapshot import Snapshot
from index.fields import FACETS_BY_NAME, UPDATED_DAYS


def search(snapshot: Snapshot, request: EngineRequest) -> EngineResult:
    """Hits of the window, total and counts."""
    selection = select(snapshot, request)
    if selection.match == "all":
        total, ranked = _every_word(snapshot, request, selection)
        hits = [_hit(one, request, partial=False) for one in ranked]
    elif request.sort == "relevance":
        total, hits = _tiers(snapshot, request, selection)
    else:
        total, hits = _marked(snapshot, request, selection)
    return EngineResult(total, hits, _facets(snapshot, request, selection))


def select(snapshot: Snapshot, request: EngineRequest) -> Selection:
    """What a request selects in this state of the index."""
    return Selection.of(
        request,
        lambda clauses: ([snapshot.frequency(clause) for clause in clauses], snapshot.searcher.num_docs),
    )


def _every_word(snapshot: Snapshot, request: EngineRequest, selection: Selection) -> tuple[int, list[Ranked]]:
    scored = request.sort == "relevance"
    query = snapshot.builder.scored(selection) if scored else snapshot.builder.matching(selection)
    return window(snapshot.searcher, query, request.sort, request.offset, request.limit)


def _tiers(snapshot: Snapshot, request: EngineRequest, selection: Selection) -> tuple[int, list[Hit]]:
    """By relevance: first those with every word, then the partial ones."""
    every, first = _every_word(snapshot, request, selection.matching("all"))
    hits = [_hit(one, request, partial=False) for one in first]
    rest = max(0, request.offset - every)
    query = snapshot.builder.partial(selection)
    partial, second = window(snapshot.searcher, query, "relevance", rest, request.limit - len(hits))
    hits += [_hit(one, request, partial=True) for one in second]
    return every + partial, hits


def _marked(snapshot: Snapshot, request: EngineRequest, selection: Selection) -> tuple[int, list[Hit]]:
    """By another order, which is kept as it is; the partial ones are marked."""
    total, ranked = _every_word(snapshot, request, selection)
    if not ranked:
        return total, []
    ids = [document_id for _, document_id in ranked]
    query = snapshot.builder.among(selection.matching("all"), ID, ids)
    _, complete = window(snapshot.searcher, query, "relevance", 0, len(ids))
    whole = {document_id for _, document_id in complete}
    return total, [_hit(one, request, partial=one[1] not in whole) for one in ranked]


def _hit(ranked: Ranked, request: EngineRequest, *, partial: bool) -> Hit:
    key, document_id = ranked
    score = float(key) if request.sort == "relevance" else 0.0
    return Hit(document_id, score, partial)


def _facets(snapshot: Snapshot, request: EngineRequest, selection: Selection) -> dict[str, Counts]:
    names = [name for name in request.facets if FACETS_BY_NAME[name].kind == "value"]
    wanted = tuple((name, request.facets[name]) for name in names)
    found = dict(snapshot.facet_counts(selection, wanted)) if wanted else {}
    for name in request.facets:
        if name not in found:
            found[name] = window_counts(snapshot.searcher, snapshot.builder, selection, name, request.now)
    return {name: list(found[name]) for name in request.facets}


def documents(searcher: tantivy.Searcher) -> dict[str, int]:
    """All documents: id → fingerprint."""
    if searcher.num_docs == 0:
        return {}
    found: dict[str, int] = {}
    for _, address in searcher.search(tantivy.Query.all_query(), searcher.num_docs).hits:
        stored = searcher.doc(address)
        found[str(stored.get_first(ID))] = int(stored.get_first(FINGERPRINT) or 0)
    return found


def known_values(snapshot: Snapshot, facet: str, values: Sequence[str]) -> frozenset[str]:
    """Those of these values that some document has."""
    if FACETS_BY_NAME[facet].kind == "updated":
        return frozenset(values) & UPDATED_DAYS.keys()
    field, schema = facet_field(facet), snapshot.opened.index.schema
    return frozenset(
        value
        for value in values
        if count(snapshot.searcher, tantivy.Query.term_query(schema, field, value, "basic"))
    )


_SAME_TITLE = 10
"""Documents looked at for each title wanted: editions of one dataset often bear one title."""


def titles_beginning(searcher: tantivy.Searcher, text: str, limit: int) -> list[str]:
    """Ids of documents whose title begins with a text, A–Z; of equal titles the first."""
    everything = tantivy.Query.all_query()
    found = searcher.terms_with_prefix(
        SORT_FIELDS["title"], text, filter_query=everything, limit=limit * _SAME_TITLE
    )
    first: dict[str, str] = {}
    for term, documents in found:
        title, _, document_id = term.rpartition("\0")
        if documents:
            first.setdefault(title, document_id)
    return list(first.values())[:limit]
