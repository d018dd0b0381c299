"""Which datasets a narrowed feed or export is about: everything a search finds, not only its first pages."""

from collections.abc import Iterator
from dataclasses import replace

from index.query.model import MAX_LIMIT, MAX_WINDOW, SearchRequest
from search_api.hub import Search


def narrowed_ids(search: Search, request: SearchRequest) -> Iterator[str]:
    """Public ids of the datasets a search finds. Raises BadRequest, EngineUnavailable."""
    for offset in range(0, MAX_WINDOW, MAX_LIMIT):
        wanted = replace(request, sort="title", offset=offset, limit=MAX_LIMIT, facets=False)
        results = search.search(wanted).results
        yield from (result.id for result in results)
        if len(results) < MAX_LIMIT:
            return
