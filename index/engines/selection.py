"""What a search selects: a hashable form of the part of a request that decides which documents match."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Self

from index.engines.protocol import EngineRequest
from index.fields import FACETS_BY_NAME
from index.query.plan import required, telling
from index.query.syntax import Clause, Phrase, Word
from index.query.windows import bounds, widest

Window = tuple[int, int]
"""From (inclusive) and to (exclusive) of `modified`, in epoch seconds."""

Frequencies = Callable[[tuple[Clause, ...]], tuple[list[int], int]]
"""How many documents have each of these clauses, and how many documents there are."""


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One facet's selection: any of the values, or a window of time."""

    facet: str
    values: tuple[str, ...] = ()
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Clauses wanted and excluded, narrowings wanted (all of them) and excluded.

    With `any`, more than half of the clauses are enough, or one of those that are `telling`.
    """

    clauses: tuple[Clause, ...]
    match: Literal["all", "any"]
    telling: tuple[Clause, ...] = ()
    excluded: tuple[Word | Phrase, ...] = ()
    narrowings: tuple[Narrowing, ...] = ()
    excluded_narrowings: tuple[Narrowing, ...] = ()

    @classmethod
    def of(cls, request: EngineRequest, frequencies: Frequencies) -> Self:
        """The selection of a request. The frequencies are only asked for where most words are enough."""
        clauses = required(request.query)
        match = request.match if len(clauses) > 1 else "all"
        return cls(
            clauses,
            match,
            telling(clauses, *frequencies(clauses)) if match == "any" else (),
            request.query.excluded,
            _narrowings(request.filters, request),
            _narrowings(request.query.excluded_filters, request),
        )

    def without(self, facet: str) -> "Selection":
        """The same without what is selected in one facet."""
        return replace(self, narrowings=tuple(one for one in self.narrowings if one.facet != facet))

    def narrowed(self, facet: str, value: str) -> "Selection":
        """The same with one value alone selected in a facet."""
        one = Narrowing(facet, (value,))
        return replace(self, narrowings=(*self.without(facet).narrowings, one))

    def matching(self, match: Literal["all", "any"]) -> "Selection":
        """The same with another rule of matching."""
        return replace(self, match=match)

    def selected(self, facet: str) -> tuple[str, ...]:
        """The values selected in a facet; none for one selected by a window."""
        return next((one.values for one in self.narrowings if one.facet == facet), ())


def _narrowings(filters: dict[str, tuple[str, ...]], request: EngineRequest) -> tuple[Narrowing, ...]:
    found = []
    for facet, values in sorted(filters.items()):
        if FACETS_BY_NAME[facet].kind == "value":
            found.append(Narrowing(facet, tuple(sorted(values))))
        elif (window := widest(values)) is not None:
            found.append(Narrowing(facet, window=bounds(window, request.now)))
    return tuple(found)
