"""What the hub needs of a search engine. One contract test suite runs against every implementation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Literal, Protocol, Self

from index.engines.report import EngineReport
from index.fields import Sort
from index.query.syntax import ParsedQuery


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """One cluster of copies as an engine indexes it.

    `texts` holds the searched text by `index.fields.TEXT_FIELDS` name, as `index.analysis.prepare` gives it:
    an engine splits at white space and stems, nothing else. A line feed separates parts; no phrase crosses
    it. "all" contains the words of the other texts. `facets` holds the values by facet name (case-folded
    identifiers, never labels). `modified` is epoch seconds, None when unknown; `title_key` sorts titles
    (case and accents folded); `popularity` is a count, None when unknown. `sequence` is the change number
    of this state of the cluster: an engine that knows a later one keeps that.
    """

    id: str
    texts: dict[str, str]
    facets: dict[str, list[str]]
    title_key: str
    modified: int | None = None
    popularity: int | None = None
    bbox: tuple[float, float, float, float] | None = None
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Deletion:
    """A cluster that is gone, by the change number that says so."""

    id: str
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """A document an engine will not take, whatever is tried, and why."""

    id: str
    sequence: int
    reason: str


@dataclass(frozen=True, slots=True)
class EngineRequest:
    """A search an engine can carry out: parsed words, validated filters (facet → values, lower case).

    `query.filters` is no part of it (the caller merged it into `filters`), `query.excluded_filters` is.
    `facets` names the facets to count and how many values of each; a facet's counts ignore that facet's
    own filter. `sort` is final: what `relevance` means without words is decided before. `limit` may be 0.
    """

    query: ParsedQuery
    filters: dict[str, tuple[str, ...]]
    match: Literal["all", "any"]
    sort: Sort
    limit: int
    offset: int
    now: datetime
    facets: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """A cluster found; `partial` when it lacks some of the words."""

    id: str
    score: float
    partial: bool


@dataclass(frozen=True, slots=True)
class EngineResult:
    """Hits of the window, the exact total, and exact counts.

    `facets` maps a facet to (value, count): the most frequent ones by count, then value (the `updated`
    windows in their own order), and after them selected values that are not among these, also with 0.
    By relevance, hits with every word come before partial ones; equal scores and sort values go by id.
    """

    total: int
    hits: list[Hit]
    facets: dict[str, list[tuple[str, int]]] = field(default_factory=dict)


class Writer(Protocol):
    """The one writer of an index. Nothing is visible or durable before `commit`.

    Applying a document again replaces it, deleting an unknown id does nothing. `apply` answers what is known
    to be refused, of this batch or earlier ones; `flush` waits for the rest and answers it. Other documents
    of a batch are none the worse. `commit` raises IndexReplaced when a new index
    took the place of this one meanwhile. Raises EngineUnavailable when the engine is away or takes nothing
    for now; what was committed stays, and following again does the rest.
    """

    def apply(self, upserts: Sequence[IndexDocument], deletes: Sequence[Deletion]) -> list[Refused]: ...
    def flush(self) -> list[Refused]: ...
    def commit(self, watermark: int) -> None: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Build(Protocol):
    """A new index made aside; nobody sees it before `swap`. Left without one, it is discarded."""

    def writer(self) -> Writer: ...
    def swap(self) -> None: ...
    def discard(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Engine(Protocol):
    """A search engine holding one document per cluster, following the store's change sequence."""

    name: str

    def watermark(self) -> int:
        """The change sequence the visible index has reached; 0 when there is no index yet."""
        ...

    def generation(self) -> str:
        """Names the state a search sees now, for caches. Costs next to nothing, and may be half a second
        behind."""
        ...

    def writer(self) -> Writer:
        """The writer of the current index, made if there is none. Raises EngineBusy when another has it."""
        ...

    def build(self) -> Build: ...
    def search(self, request: EngineRequest) -> EngineResult: ...
    def count(self, request: EngineRequest) -> int: ...
    def scan(self, request: EngineRequest) -> Iterator[str]:
        """The ids of everything a request finds, in the order of its sort, all of one state of the index and
        without a limit. `offset` and `limit` mean nothing here."""
        ...

    def suggest(self, text: str, limit: int) -> list[str]:
        """Ids of documents whose title begins with a text (folded as `title_key`), A–Z; of equal titles
        the first."""
        ...

    def ids(self) -> Sequence[str]: ...
    def fingerprints(self) -> dict[str, int]:
        """What each document was indexed from (`index.engines.fingerprint`), by id."""
        ...

    def facet_values(self, facet: str) -> frozenset[str]:
        """Every value of a facet that some document has."""
        ...

    def known_values(self, facet: str, values: Sequence[str]) -> frozenset[str]:
        """Those of these values that some document has."""
        ...

    def needs_build(self) -> str | None:
        """Why the index cannot be used before it is built anew; None when it can (or there is none yet)."""
        ...

    def refresh(self) -> None:
        """See what other processes committed or swapped."""
        ...

    def healthy(self) -> bool: ...
    def report(self) -> EngineReport:
        """Version, health and what a person should mend, for `hubsearch doctor`. Raises EngineUnavailable
        when the engine does not answer."""
        ...

    def close(self) -> None: ...


class EngineError(Exception):
    """An engine cannot do what it was asked; the message says what to do next."""


class EngineBusy(EngineError):
    """Another process writes this index."""


class IndexReplaced(EngineError):
    """The index being written is no longer the visible one; follow again to bring the new one up to date."""


class EngineUnavailable(EngineError):
    """The engine does not answer; searches get 503, dataset pages still work from the store."""
