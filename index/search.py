"""Search the hub: one service for the command line, the API and the pages.

It reads and checks what a caller asks, lets the engine find and count, and dresses the hits with what the
record store holds. Nothing here knows which engine it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from index.analysis import sort_key
from index.card_cache import CardCache
from index.cards import CardReader, store_cards
from index.engines.protocol import Engine, EngineRequest, EngineResult, EngineUnavailable
from index.fields import FACETS, Facet
from index.filters import Vocabulary, merged, resolved
from index.highlight import Highlighter
from index.matching import ENOUGH_RESULTS, resolve_match
from index.no_results import ways_out
from index.query.check import check
from index.query.model import MAX_QUERY_CHARACTERS, FacetValue, SearchPage, SearchRequest
from index.query.parse import parse
from index.query.plan import required
from index.results import dress
from index.store import Store

ATTEMPTS = 3
"""A search asks the engine more than once. When another state of the index came between, it begins again; an
index that moves at every attempt is answered as it comes."""

NO_WORDS = "There is no word to search for in this, so everything is listed."


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A dataset offered while somebody types, and its page."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said, by which rule of matching, and how many have every word."""

    match: Literal["all", "any"]
    found: EngineResult
    all_total: int


class SearchService:
    """Searches one hub. Safe to share between threads; a search sees what was committed before it began.

    `cards` reads what results show; from the store when not given.
    """

    def __init__(
        self, store: Store, engine: Engine, base_url: str, *, cards: CardReader | None = None
    ) -> None:
        self._store = store
        self._engine = engine
        self._base_url = base_url.rstrip("/")
        self._cards = CardCache(cards or store_cards(store))
        self._known: tuple[str, Vocabulary] | None = None

    def search(self, request: SearchRequest) -> SearchPage:
        """A page of results. Raises BadRequest for what is over a limit or malformed, EngineUnavailable when
        the index cannot be read."""
        check(request)
        for _ in range(ATTEMPTS):
            generation = self._generation()
            page = self._page(request, generation)
            if self._engine.generation() == generation:
                break
        return page

    def _page(self, request: SearchRequest, generation: str) -> SearchPage:
        vocabulary = self._vocabulary(generation)
        asked, hints = _understood(request, vocabulary)
        answer = self._answer(request, asked)
        if answer.found.total == 0 and request.hints:
            nothing = replace(asked, match=answer.match)
            hints += ways_out(self._engine, nothing, vocabulary, offered=request.offers_ways)
        highlighter = Highlighter.of(required(asked.query))
        cards = self._cards.get([hit.id for hit in answer.found.hits], generation)
        return SearchPage(
            total=answer.found.total,
            match=answer.match,
            all_total=answer.all_total,
            results=dress(answer.found.hits, cards, highlighter, self._base_url),
            facets=_facets(answer.found, asked.filters, vocabulary),
            hints=hints,
        )

    def _answer(self, request: SearchRequest, asked: EngineRequest) -> Answer:
        """Ask the engine, by the rule of matching the caller chose or that follows from what there is."""
        filtered = bool(asked.filters or asked.query.excluded_filters)
        if request.match != "auto" or filtered:
            match = resolve_match(self._engine, asked.query, request.match, asked.now)
            found = self._engine.search(replace(asked, match=match))
        else:
            match, found = "all", self._engine.search(asked)
            if found.total < ENOUGH_RESULTS:
                match = "any"
                return Answer("any", self._relaxed(asked, found), found.total)
        all_total = found.total if match == "all" else self._engine.count(replace(asked, match="all"))
        return Answer(match, found, all_total)

    def _relaxed(self, asked: EngineRequest, found: EngineResult) -> EngineResult:
        """The same with most words; what was found already when there is no word to do without."""
        if len(required(asked.query)) < 2:
            return found
        return self._engine.search(replace(asked, match="any"))

    def suggest(self, text: str, limit: int = 10) -> list[Suggestion]:
        """Datasets whose title begins with a text, A–Z, each title once. Raises EngineUnavailable."""
        beginning = sort_key(text.lstrip())[:MAX_QUERY_CHARACTERS]
        if not beginning or limit < 1:
            return []
        generation = self._generation()
        ids = self._engine.suggest(beginning, limit)
        cards = self._cards.get(ids, generation)
        return [Suggestion(cards[key].title, self._base_url + cards[key].path) for key in ids if key in cards]

    def _generation(self) -> str:
        """The state of the index. Read before the store is, so that nothing older is kept under its name.
        Raises EngineUnavailable where the index is lost."""
        generation = self._engine.generation()
        if not generation:
            ensure_nothing_is_lost(self._store)
        return generation

    def _vocabulary(self, generation: str) -> Vocabulary:
        """The values and labels of this state of the index."""
        known = self._known
        if known is None or known[0] != generation:
            self._known = known = (generation, Vocabulary(self._engine, self._store.facet_labels()))
        return known[1]


def ensure_nothing_is_lost(store: Store) -> None:
    """Of an engine without any index: an empty answer is true only while the store holds nothing either.
    Raises EngineUnavailable."""
    if store.last_sequence() > 0:
        raise EngineUnavailable("there is no index; make it with `hubsearch index build`")


def _understood(request: SearchRequest, vocabulary: Vocabulary) -> tuple[EngineRequest, list[str]]:
    """The request as engines take it (asking for every word), and the hints that came up."""
    parsed = parse(request.q)
    hints = list(parsed.hints)
    filters = resolved(merged(parsed.filters, request.filters), vocabulary, hints.append)
    excluded = resolved(merged(parsed.excluded_filters), vocabulary, hints.append)
    if request.q.strip() and not (
        parsed.clauses or parsed.excluded or parsed.filters or parsed.excluded_filters
    ):
        hints.append(NO_WORDS)
    by_date = request.sort == "relevance" and not parsed.clauses
    asked = EngineRequest(
        query=replace(parsed, filters={}, excluded_filters=excluded, hints=()),
        filters=filters,
        match="all",
        sort="modified" if by_date else request.sort,
        limit=request.limit,
        offset=request.offset,
        now=request.now,
        facets={facet.name: request.facet_limit for facet in FACETS} if request.facets else {},
    )
    return asked, hints


def _facets(
    found: EngineResult, filters: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary
) -> dict[str, list[FacetValue]]:
    """The counts with labels, in the order of the table of fields. A value nobody would find anything with is
    left out unless it is selected; a closed list keeps its own order."""
    shown: dict[str, list[FacetValue]] = {}
    for facet in FACETS:
        if facet.name in found.facets:
            counts = _in_order(facet, found.facets[facet.name])
            selected = filters.get(facet.name, ())
            shown[facet.name] = [
                FacetValue(value, vocabulary.label(facet.name, value), count)
                for value, count in counts
                if count or value in selected
            ]
    return shown


def _in_order(facet: Facet, counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    if not facet.fixed:
        return counts
    return sorted(counts, key=lambda item: facet.fixed.index(item[0]))
