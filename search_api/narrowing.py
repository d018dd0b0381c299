"""Which datasets a narrowed feed or export is about: everything a search finds, not only its first pages.

A search leaves out a filter value that no dataset has and says so. A feed must not: data.gov would take
every dataset of the hub for the agency's whose name is misspelt. There such a value finds nothing.
"""

from collections.abc import Iterator
from dataclasses import replace

from index.engines.protocol import Engine, EngineRequest
from index.filters import Vocabulary, merged, resolved
from index.matching import resolve_match
from index.query.model import SearchRequest
from index.query.parse import parse
from index.search import ensure_nothing_is_lost
from index.store import Store


def narrowed_ids(store: Store, engine: Engine, request: SearchRequest) -> Iterator[str]:
    """Public ids of the datasets a search finds, without a limit. Raises BadRequest, EngineUnavailable."""
    if not engine.generation():
        ensure_nothing_is_lost(store)
    asked = _understood(store, engine, request)
    if asked is None:
        return
    yield from engine.scan(asked)


def _understood(store: Store, engine: Engine, request: SearchRequest) -> EngineRequest | None:
    """What the engine is asked; None when a filter is left without any value that a dataset has."""
    vocabulary = Vocabulary(engine, store.facet_labels())
    parsed = parse(request.q)
    given = merged(parsed.filters, request.filters)
    unknown: list[str] = []
    filters = resolved(given, vocabulary, unknown.append)
    excluded = resolved(merged(parsed.excluded_filters), vocabulary, unknown.append)
    if given.keys() != filters.keys():
        return None
    query = replace(parsed, filters={}, excluded_filters=excluded, hints=())
    return EngineRequest(
        query=query,
        filters=filters,
        match=resolve_match(engine, query, request.match, request.now),
        sort="title",
        limit=0,
        offset=0,
        now=request.now,
    )
