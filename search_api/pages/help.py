"""What to do when nothing is found: which filter to drop, and what each drop would give."""

from dataclasses import dataclass, replace
from datetime import datetime

from index.query.model import SearchPage
from search_api.hub import Search
from search_api.pages.search_page import Chip
from search_api.state import SearchState

SAID_BY_LINKS = ("Without the filter ", "Without any filter ", "With some of the words ")
"""How those of the search's hints begin that `ways_out` offers as links to follow."""
TRIED = 6
"""Filters of which the dropping is tried: each costs one search without facets."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A neighbouring search that finds something, and how much."""

    text: str
    url: str
    count: int


def ways_out(search: Search, state: SearchState, chips: list[Chip], now: datetime) -> list[WayOut]:
    """Searches with one filter less, then with none, that find something."""
    tries = [
        (f"Without “{chip.text}”", state.without(facet, value))
        for chip, (facet, value) in zip(chips, state.selected, strict=True)
    ][:TRIED]
    if len(state.selected) > 1:
        tries.append(("Without any filter", state.with_(filters={})))
    if state.q and state.match == "all":
        tries.append(("With most of the words instead of all", state.with_(match="any")))
    found = ((text, there, _total(search, there, now)) for text, there in tries)
    return [WayOut(text, there.url(), total) for text, there, total in found if total]


def said_otherwise(hints: list[str]) -> list[str]:
    """The hints that no link says."""
    return [hint for hint in hints if not hint.startswith(SAID_BY_LINKS)]


def _total(search: Search, state: SearchState, now: datetime) -> int:
    answer: SearchPage = search.search(replace(state.request(now), limit=1, facets=False, hints=False))
    return answer.total
