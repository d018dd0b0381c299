"""One state of the index, opened for searching: everything in it is of the same commit."""

from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import tantivy

from index.engines.forms import facet_field
from index.engines.protocol import EngineUnavailable
from index.engines.selection import Selection
from index.engines.tantivy.facets import Counts, facet_counts
from index.engines.tantivy.layout import State
from index.engines.tantivy.query_builder import QueryBuilder
from index.engines.tantivy.ranking import count
from index.engines.tantivy.schema import register, version
from index.fields import FACETS_BY_NAME, UPDATED_DAYS
from index.query.syntax import Clause

_CACHED_COUNTS = 256
"""Facet counts kept for a commit: the start page and searches everybody makes."""

_CACHED_FREQUENCIES = 4096
"""Clauses whose frequency is kept for a commit: words come back in many queries."""


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An index folder, opened."""

    folder: Path
    index: tantivy.Index


def open_index(folder: Path) -> OpenIndex:
    """Open an index to read it. Raises EngineUnavailable when its files cannot be read."""
    try:
        index = tantivy.Index.open(str(folder))
        register(index)
        index.config_reader("manual")
    except (ValueError, OSError) as error:
        raise EngineUnavailable(
            f"the index in {folder} cannot be opened ({error}); make it anew with `hubsearch index build`"
        ) from error
    return OpenIndex(folder, index)


class Snapshot:
    """The searcher of one commit, with the queries and counts made for it. Safe to share between threads.

    `written` is when its state was (a repair commits again what the sequence had reached)."""

    def __init__(self, opened: OpenIndex, state: State, written: int = 0) -> None:
        self.opened = opened
        self.watermark = state.watermark
        self.written = written
        self.builder = QueryBuilder(opened.index.schema)
        try:
            opened.index.reload()
            self.searcher = opened.index.searcher()
        except (ValueError, OSError) as error:
            raise EngineUnavailable(f"the index in {opened.folder} cannot be read: {error}") from error
        # The caches hold no reference to the snapshot, so that it and its files go as soon as it is replaced.
        self.frequency = lru_cache(maxsize=_CACHED_FREQUENCIES)(
            partial(_frequency, self.searcher, self.builder)
        )
        self.facet_values = lru_cache(maxsize=None)(partial(_facet_values, self.searcher))
        self.facet_counts = lru_cache(maxsize=_CACHED_COUNTS)(
            partial(_facet_counts, self.searcher, self.builder)
        )


def outdated(state: State) -> bool:
    """Whether an index was made for another table of fields."""
    return state.version != version()


def _frequency(searcher: tantivy.Searcher, builder: QueryBuilder, clause: Clause) -> int:
    return count(searcher, builder.clause(clause))


def _facet_values(searcher: tantivy.Searcher, facet: str) -> frozenset[str]:
    if FACETS_BY_NAME[facet].kind == "updated":
        return frozenset(UPDATED_DAYS)
    everything = tantivy.Query.all_query()
    terms = searcher.terms_with_prefix(facet_field(facet), "", filter_query=everything)
    return frozenset(value for value, documents in terms if documents)


def _facet_counts(
    searcher: tantivy.Searcher,
    builder: QueryBuilder,
    selection: Selection,
    facets: tuple[tuple[str, int], ...],
) -> dict[str, Counts]:
    return facet_counts(searcher, builder, selection, dict(facets))
