"""Facet counts beside the hits of one request, exact: a facet's counts ignore that facet's own selection.

What is selected in counted facets narrows the hits by `post_filter`, after the counting; each facet is
counted under the selections of the others. The counts of selected values beyond the most frequent ones come
along.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from index.engines.elasticsearch.mapping import MODIFIED
from index.engines.elasticsearch.query_builder import Query, narrowing
from index.engines.forms import facet_field
from index.engines.selection import Narrowing, Selection
from index.fields import FACETS_BY_NAME
from index.query.windows import bounds, by_width

Counts = list[tuple[str, int]]

EVERY_VALUE = 2**31 - 1
"""Values a shard reports, where a facet has more than the shards report by themselves."""


@dataclass(frozen=True, slots=True)
class Counting:
    """What of a search is done where: `query` selects what is counted, `post_filter` what is found of it."""

    selection: Selection
    inside: tuple[Narrowing, ...]
    facets: Mapping[str, int]
    now: datetime

    @classmethod
    def of(cls, selection: Selection, facets: Mapping[str, int], now: datetime) -> "Counting":
        """How to count these facets (name → how many values) of a selection."""
        inside = tuple(one for one in selection.narrowings if one.facet in facets)
        outside = tuple(one for one in selection.narrowings if one.facet not in facets)
        return cls(replace(selection, narrowings=outside), inside, facets, now)

    def post_filter(self) -> Query | None:
        """What narrows the hits and not the counts."""
        return _all_of(self.inside) if self.inside else None

    def aggregations(self, wide: Iterable[str]) -> dict[str, Any]:
        """The counts to ask for; of facets in `wide` the shards report every value."""
        asked: dict[str, Any] = {}
        for name, size in self.facets.items():
            wanted = self._wanted(name, size, wide=name in wide)
            others = tuple(one for one in self.inside if one.facet != name)
            if others:
                group = asked.setdefault(_group(others), {"filter": _all_of(others), "aggs": {}})["aggs"]
            else:
                group = asked
            group.update(wanted)
        return asked

    def counts(self, answer: Mapping[str, Any]) -> dict[str, Counts]:
        """The counts answered, in the order asked for."""
        found = _flat(answer)
        return {name: self._counts(name, found) for name in self.facets}

    def inexact(self, answer: Mapping[str, Any]) -> set[str]:
        """Facets of which a shard held back values that might count."""
        found = _flat(answer)
        return {name for name in self.facets if found[name].get("doc_count_error_upper_bound")}

    def _wanted(self, name: str, size: int, *, wide: bool) -> dict[str, Any]:
        if FACETS_BY_NAME[name].kind == "updated":
            return {name: _windows(self.now)}
        field = facet_field(name)
        terms = {"field": field, "size": size} | ({"shard_size": EVERY_VALUE} if wide else {})
        wanted: dict[str, Any] = {name: {"terms": terms}}
        if selected := self._selected(name):
            among = {"field": field, "size": len(selected), "include": list(selected)}
            wanted[_selected_name(name)] = {"terms": among}
        return wanted

    def _counts(self, name: str, found: Mapping[str, Any]) -> Counts:
        if FACETS_BY_NAME[name].kind == "updated":
            return [(window, found[name]["buckets"][window]["doc_count"]) for window in by_width()]
        top = _buckets(found[name])
        there, selected = {value for value, _ in top}, self._selected(name)
        known = dict(_buckets(found[_selected_name(name)])) if selected else {}
        return top + [(value, known.get(value, 0)) for value in selected if value not in there]

    def _selected(self, name: str) -> tuple[str, ...]:
        return next((one.values for one in self.inside if one.facet == name), ())


def _windows(now: datetime) -> dict[str, Any]:
    """The windows, nested as they are."""
    spans = ((name, bounds(name, now)) for name in by_width())
    ranges = [{"key": name, "from": start, "to": end} for name, (start, end) in spans]
    return {"range": {"field": MODIFIED, "keyed": True, "ranges": ranges}}


def _all_of(narrowings: Iterable[Narrowing]) -> Query:
    return {"bool": {"filter": [narrowing(one) for one in narrowings]}}


def _group(others: Iterable[Narrowing]) -> str:
    return "under:" + ",".join(one.facet for one in others)


def _selected_name(facet: str) -> str:
    return f"selected:{facet}"


def _flat(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Each facet's own answer, whatever it was counted under."""
    found: dict[str, Any] = {}
    for name, value in answer.items():
        found |= value if name.startswith("under:") else {name: value}
    return found


def _buckets(answer: Mapping[str, Any]) -> Counts:
    return [(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]
