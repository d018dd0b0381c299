"""The search request and its answer, the same for every engine, the command line and the web."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from index.fields import Sort

Match = Literal["auto", "all", "any"]
MATCHES: tuple[Match, ...] = ("auto", "all", "any")

MAX_QUERY_CHARACTERS = 512
MAX_TERMS = 32
MAX_PHRASES = 8
"""Quoted ones, and words of several parts (covid-19). The places of their words in every text are compared,
once for each facet with a selection: fourteen like "of the" took 1.9 s of a processor in 20,000 datasets,
thirty-two words 0.4 s. Of 12,770 titles of real datasets none has more than two."""
MAX_WINDOW = 10_000
"""offset + limit of a search; beyond it a caller pages an export instead."""
MAX_LIMIT = 100
MAX_FACET_LIMIT = 100
MAX_FILTER_VALUES = 100


class BadRequest(ValueError):
    """The caller's request is over a limit or malformed; `parameter` names what, the text says how."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter
        self.message = message


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What a caller asks. `filters` maps a facet's name to the values selected in it: OR inside a facet,
    AND between facets. `now` is the time the `updated` windows count back from. Without `hints` nobody is
    told what searches close by would find where this one finds nothing, which costs a count each; a caller
    who `offers_ways` tells that himself of those with less filters or words."""

    now: datetime
    q: str = ""
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    match: Match = "auto"
    sort: Sort = "relevance"
    limit: int = 20
    offset: int = 0
    facets: bool = True
    facet_limit: int = 10
    hints: bool = True
    offers_ways: bool = False


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet: what to send, what to show, and the total it would give."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Copy:
    """Another record of the same cluster."""

    id: str
    source: str


@dataclass(frozen=True, slots=True)
class Result:
    """One result: a cluster, shown by its canonical record.

    `partial` marks a result that lacks some of the words. `snippet` and `title_marks` hold the text in
    pieces: (text, is_match), so that every caller escapes and marks in its own way.
    """

    id: str
    title: str
    publisher: str | None
    source: str
    url: str
    modified: str | None
    popularity: int | None
    score: float
    partial: bool
    also_at: list[Copy] = field(default_factory=list)
    type: str = "dataset"
    formats: list[str] = field(default_factory=list)
    license: str | None = None
    access_level: str | None = None
    snippet: list[tuple[str, bool]] = field(default_factory=list)
    title_marks: list[tuple[str, bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """The answer. `total` and `facets` count the set that is shown, `all_total` those with every word.
    `match` says which of `all` and `any` was used. `hints` are sentences for the person who asked."""

    total: int
    match: Literal["all", "any"]
    all_total: int
    results: list[Result]
    facets: dict[str, list[FacetValue]] = field(default_factory=dict)
    hints: list[str] = field(default_factory=list)
    suggestion: str | None = None
