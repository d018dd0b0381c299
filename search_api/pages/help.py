"""What to do when nothing is found: which filter to drop, and what each drop would give."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from index.query.model import SearchRequest
from search_api.hub import Search
from search_api.pages.search_page import Chip
from search_api.state import SearchState

TRIED = 6
"""Filters of which the dropping is tried: each costs one search without facets."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A neighbouring search that finds something, and how much."""

    text: str
    url: str
    count: int


def ways_out(
    search: Search, state: SearchState, match: Literal["all", "any"], chips: list[Chip], now: datetime
) -> list[WayOut]:
    """Searches with one filter less, then with none, then with less words, that find something.

    `match` is the rule by which this one found nothing; it holds for the others, which have the same words.
    """
    tries = [
        (f"Without “{chip.text}”", state.without(facet, value))
        for chip, (facet, value) in zip(chips, state.selected, strict=True)
    ][:TRIED]
    if len(state.selected) > 1:
        tries.append(("Without any filter", state.with_(filters={})))
    asked = [(text, there, replace(there.request(now), match=match)) for text, there in tries]
    if state.q and match == "all":
        there = state.with_(match="any")
        asked.append(("With most of the words instead of all", there, there.request(now)))
    found = ((text, there, _total(search, request)) for text, there, request in asked)
    return [WayOut(text, there.url(), total) for text, there, total in found if total]


def _total(search: Search, request: SearchRequest) -> int:
    answer = search.search(replace(request, limit=1, sort="relevance", facets=False, hints=False))
    return answer.total
