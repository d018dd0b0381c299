"""The search page as its template reads it: cards, facets as form fields, chips, sorts, pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from index.cards import dataset_path
from index.fields import FACETS, FACETS_BY_NAME, SORTS, Facet
from index.query.model import MAX_FACET_LIMIT, MAX_WINDOW, FacetValue, Result, SearchPage
from search_api.pages.words import counted, shortened
from search_api.state import SearchState

SORT_LABELS = {
    "relevance": "Best match",
    "modified": "Newest first",
    "title": "Title, A to Z",
    "popular": "Most used",
}
OPEN_AT_FIRST = ("source", "publisher", "topic", "format")
"""Facets whose values are seen without a click, where the window is wide enough for all filters."""
PAGES_AROUND = 2
TITLE_LIMIT = 200
LABEL_LIMIT = 120
Piece = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Card:
    """A result: what a person in a hurry needs to decide whether to open it."""

    result: Result
    path: str
    title: list[Piece]
    portal: str
    access: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet, as a checkbox or radio button."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """A facet with the values to choose from. `more` is where more of its values are shown."""

    name: str
    label: str
    choices: list[Choice]
    selected: int
    single: bool
    open: bool
    more: str | None


@dataclass(frozen=True, slots=True)
class Chip:
    """A selected value and the address without it. One that no dataset has narrows nothing: `idle`."""

    text: str
    url: str
    idle: bool


@dataclass(frozen=True, slots=True)
class PageLink:
    """A page of results; `url` is None for the one shown, and for the gap between two numbers."""

    text: str
    url: str | None
    current: bool = False


@dataclass(frozen=True, slots=True)
class SearchView:
    """Everything the template shows."""

    state: SearchState
    answer: SearchPage
    heading: str
    cards: list[Card]
    groups: list[FacetGroup]
    chips: list[Chip]
    sorts: list[tuple[str, str]]
    pages: list[PageLink]
    previous: str | None
    next: str | None


def search_view(state: SearchState, answer: SearchPage, portals: Mapping[str, str]) -> SearchView:
    """The page of an answer. `portals` maps source ids to titles."""
    last = last_page(state, answer.total)
    return SearchView(
        state=state,
        answer=answer,
        heading=heading(state, answer),
        cards=[card(result, portals) for result in answer.results],
        groups=[group for facet in FACETS if (group := _group(facet, state, answer))],
        chips=[chip(facet, value, state, answer) for facet, value in state.selected],
        sorts=[(sort, SORT_LABELS[sort]) for sort in SORTS],
        pages=page_links(state, last),
        previous=state.with_(page=state.page - 1).url() if state.page > 1 else None,
        next=state.with_(page=state.page + 1).url() if state.page < last else None,
    )


def heading(state: SearchState, answer: SearchPage) -> str:
    """ "1,234 datasets for water, 2 filters": said to screen readers after each change, too."""
    text = counted(answer.total, "dataset") if answer.total else "No datasets"
    if state.q:
        text += f" for {shortened(state.q, 80)}"
    filters = sum(not is_idle(facet, value, answer) for facet, value in state.selected)
    if filters:
        text += f", {counted(filters, 'filter')}"
    return text


def chip(facet: str, value: str, state: SearchState, answer: SearchPage) -> Chip:
    """One selected value."""
    text = f"{FACETS_BY_NAME[facet].label}: {_label(facet, value, answer)}"
    return Chip(text, state.without(facet, value).url(), is_idle(facet, value, answer))


def is_idle(facet: str, value: str, answer: SearchPage) -> bool:
    """Is this a value the search left out because no dataset has it? The others are always among the
    counts."""
    return facet in answer.facets and not any(_is_chosen(one, {value}) for one in answer.facets[facet])


def card(result: Result, portals: Mapping[str, str]) -> Card:
    """One result."""
    access = result.access_level if result.access_level not in {None, "public"} else None
    return Card(
        result=result,
        path=dataset_path(result.id, result.title),
        title=cut_pieces(result.title_marks or [(result.title, False)], TITLE_LIMIT),
        portal=portals.get(result.source) or result.source,
        access=access,
    )


def cut_pieces(pieces: list[Piece], limit: int) -> list[Piece]:
    """Marked text in at most `limit` characters."""
    kept: list[Piece] = []
    left = limit
    for text, marked in pieces:
        if len(text) > left:
            kept.append((shortened(text, max(left, 1)), marked))
            break
        kept.append((text, marked))
        left -= len(text)
    return kept


def last_page(state: SearchState, total: int) -> int:
    """The last page that can be asked for."""
    return max(1, min(-(-total // state.limit), MAX_WINDOW // state.limit))


def page_links(state: SearchState, last: int) -> list[PageLink]:
    """First, last, and those around the one shown; a gap is an ellipsis."""
    if last == 1:
        return []
    near = range(state.page - PAGES_AROUND, state.page + PAGES_AROUND + 1)
    numbers = sorted({1, last, *(n for n in near if 1 <= n <= last)})
    links: list[PageLink] = []
    for before, number in zip([0, *numbers], numbers, strict=False):
        if number > before + 1:
            links.append(PageLink("…", None))
        here = number == state.page
        links.append(PageLink(str(number), None if here else state.with_(page=number).url(), here))
    return links


def _group(facet: Facet, state: SearchState, answer: SearchPage) -> FacetGroup | None:
    counted_values = answer.facets.get(facet.name, [])
    chosen = set(state.filters.get(facet.name, ()))
    choices = [
        Choice(one.value, shortened(one.label, LABEL_LIMIT), one.count, _is_chosen(one, chosen))
        for one in counted_values
    ]
    selected = sum(choice.selected for choice in choices)
    if not choices or (len(choices) == 1 and not selected and choices[0].count == answer.total):
        return None
    more = len(choices) >= state.facet_limit < MAX_FACET_LIMIT and not facet.fixed
    return FacetGroup(
        name=facet.name,
        label=facet.label,
        choices=choices,
        selected=selected,
        single=facet.kind == "updated",
        open=bool(selected) or facet.name in OPEN_AT_FIRST,
        more=state.with_(page=state.page, facet_limit=MAX_FACET_LIMIT).url() if more else None,
    )


def _is_chosen(one: FacetValue, chosen: set[str]) -> bool:
    """A value may have been given by its label, too."""
    return one.value in chosen or one.label.casefold() in chosen


def _label(facet: str, value: str, answer: SearchPage) -> str:
    given = {value}
    known = (one.label for one in answer.facets.get(facet, []) if _is_chosen(one, given))
    return shortened(next(known, value), LABEL_LIMIT)
