"""Facet counts beside the hits of one request, exact: a facet's counts ignore that facet's own selection.

What is selected in counted facets narrows the hits by `post_filter`, after the counting; each facet is
counted under the selections of the others. The counts of selected values beyond the most frequent ones come
along.

With several shards, what each reports as its most frequent values need not add up to those of all.
Elasticsearch says by how much a count may be short; where it may, longer lists are asked for, and the values
that could be among the most frequent are counted once more by name.
"""

from collections.abc import Container, Iterable, Mapping
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

LONG_LIST = 500
"""Values each shard reports of a facet that has too many: enough for the tenth to be far above the last."""

EVERY_VALUE = 2**31 - 1
"""Values each shard reports where the counts are so even that a long list settles nothing."""

_SHORT_BY = "doc_count_error_upper_bound"


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

    def aggregations(self, wide: Container[str]) -> dict[str, Any]:
        """The counts to ask for; of facets in `wide` a long list."""
        return self._grouped(
            {name: self._wanted(name, size, name in wide) for name, size in self.facets.items()}
        )

    def inexact(self, answer: Mapping[str, Any]) -> frozenset[str]:
        """Facets of which a shard held back values that might count."""
        found = _flat(answer)
        return frozenset(name for name in self.facets if found[name].get(_SHORT_BY))

    def recount(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """The counts to ask for once more, of the facets that are inexact in an answer with long lists."""
        found = _flat(answer)
        wanted = {}
        for name in self.inexact(answer):
            terms = {"field": facet_field(name)} | _settling(found[name], self.facets[name])
            wanted[name] = {name: {"terms": terms}}
        return self._grouped(wanted)

    def _grouped(self, wanted: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """What is wanted by facet, each under the selections of the others."""
        asked: dict[str, Any] = {}
        for name, its in wanted.items():
            others = tuple(one for one in self.inside if one.facet != name)
            if others:
                asked.setdefault(_group(others), {"filter": _all_of(others), "aggs": {}})["aggs"].update(its)
            else:
                asked.update(its)
        return asked

    def counts(self, *answers: Mapping[str, Any]) -> dict[str, Counts]:
        """The counts answered, in the order asked for; a later answer holds over an earlier one."""
        found: dict[str, Any] = {}
        for answer in answers:
            found |= _flat(answer)
        return {name: self._counts(name, found) for name in self.facets}

    def _wanted(self, name: str, size: int, wide: bool) -> dict[str, Any]:
        if FACETS_BY_NAME[name].kind == "updated":
            return {name: _windows(self.now)}
        field = facet_field(name)
        terms = {"field": field, "size": max(size, LONG_LIST) if wide else size}
        wanted: dict[str, Any] = {name: {"terms": terms}}
        if selected := self._selected(name):
            among = {"field": field, "size": len(selected), "include": list(selected)}
            wanted[_selected_name(name)] = {"terms": among}
        return wanted

    def _counts(self, name: str, found: Mapping[str, Any]) -> Counts:
        if FACETS_BY_NAME[name].kind == "updated":
            return [(window, found[name]["buckets"][window]["doc_count"]) for window in by_width()]
        top = _buckets(found[name])[: self.facets[name]]
        there, selected = {value for value, _ in top}, self._selected(name)
        known = dict(_buckets(found[_selected_name(name)])) if selected else {}
        return top + [(value, known.get(value, 0)) for value in selected if value not in there]

    def _selected(self, name: str) -> tuple[str, ...]:
        return next((one.values for one in self.inside if one.facet == name), ())


def _settling(answer: Mapping[str, Any], size: int) -> dict[str, Any]:
    """How to find the most frequent values for certain, after a long list of them in which a count may be
    short by some: by name, when nothing outside the list can be among them; else with every value."""
    listed, short_by = _buckets(answer), answer[_SHORT_BY]
    least = listed[size - 1][1] if len(listed) > size else 0
    if listed[-1][1] + short_by >= least:
        return {"size": size, "shard_size": EVERY_VALUE}
    possible = [value for value, number in listed if number + short_by >= least]
    return {"size": len(possible), "include": possible}


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
