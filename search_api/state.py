"""A search as its URL says it: the state of the search page, of `/search.json` and of narrowed feeds."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from index.fields import Sort
from index.query.model import Match, SearchRequest

DEFAULT_LIMIT = 20
DEFAULT_FACET_LIMIT = 10

Filters = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SearchState:
    """What was asked. `filters` holds case-folded values, sorted, no facet without a value; `page` counts
    from 1. Links to neighbouring states come from the `with_…` and `without` methods."""

    q: str = ""
    filters: Filters = field(default_factory=dict)
    match: Match = "auto"
    sort: Sort = "relevance"
    page: int = 1
    limit: int = DEFAULT_LIMIT
    facet_limit: int = DEFAULT_FACET_LIMIT
    facets: bool = True

    def pairs(self) -> list[tuple[str, str]]:
        """The canonical parameters: keys and values sorted, empties and defaults dropped."""
        found = [(name, value) for name, values in self.filters.items() for value in values]
        found += [
            (name, str(value))
            for name, value, default in (
                ("q", self.q, ""),
                ("match", self.match, "auto"),
                ("sort", self.sort, "relevance"),
                ("page", self.page, 1),
                ("limit", self.limit, DEFAULT_LIMIT),
                ("facet_limit", self.facet_limit, DEFAULT_FACET_LIMIT),
            )
            if value != default
        ]
        if not self.facets:
            found.append(("facets", "false"))
        return sorted(found)

    def query_string(self) -> str:
        """The canonical query string, without the question mark."""
        return urlencode(self.pairs())

    def url(self, path: str = "/search") -> str:
        """A path with this state behind it."""
        query = self.query_string()
        return f"{path}?{query}" if query else path

    def request(self, now: datetime) -> SearchRequest:
        """The same search as the engine side understands it."""
        return SearchRequest(
            now=now,
            q=self.q,
            filters=self.filters,
            match=self.match,
            sort=self.sort,
            limit=self.limit,
            offset=(self.page - 1) * self.limit,
            facets=self.facets,
            facet_limit=self.facet_limit,
        )

    def with_(self, **changes: Any) -> "SearchState":
        """The state with other values, back on the first page unless `page` is among them."""
        return replace(self, **{"page": 1, **changes})

    def without(self, facet: str, value: str) -> "SearchState":
        """The state with one selected value taken off."""
        kept = tuple(one for one in self.filters.get(facet, ()) if one != value)
        return self.with_(filters=_filled({**self.filters, facet: kept}))

    def without_facet(self, facet: str) -> "SearchState":
        """The state with nothing selected in a facet."""
        return self.with_(filters={name: values for name, values in self.filters.items() if name != facet})

    @property
    def selected(self) -> list[tuple[str, str]]:
        """(facet, value) of everything selected."""
        return [(facet, value) for facet, values in self.filters.items() for value in values]


def _filled(filters: Filters) -> Filters:
    return {name: values for name, values in filters.items() if values}
