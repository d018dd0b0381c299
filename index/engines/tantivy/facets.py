"""Facet counts, exact: a facet's counts are of the selection without that facet's own part.

Facets in which nothing is selected share one pass; each facet with a selection needs one of its own. The
counts of a selected value beyond the most frequent ones are fetched on top, so that it can be unselected.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

import tantivy

from index.engines.forms import facet_field
from index.engines.selection import Selection
from index.engines.tantivy.query_builder import QueryBuilder
from index.engines.tantivy.schema import MODIFIED
from index.fields import FACETS_BY_NAME
from index.query.windows import bounds, by_width

_EVERY_VALUE = 2**31
"""Values a segment reports. tantivy's default (ten times the values asked for) may miss one that is frequent
only in the sum of all segments; counting every value costs 40 % more with the keyword facet, nothing else."""

Counts = list[tuple[str, int]]


def facet_counts(
    searcher: tantivy.Searcher,
    builder: QueryBuilder,
    selection: Selection,
    facets: Mapping[str, int],
) -> dict[str, Counts]:
    """The most frequent values of each facet (name → how many), by count and value, and selected ones."""
    selected = {narrowing.facet for narrowing in selection.narrowings}
    passes = [([name for name in facets if name not in selected], selection)]
    passes += [([name], selection.without(name)) for name in facets if name in selected]
    found: dict[str, Counts] = {}
    for names, base in passes:
        if names:
            wanted = {name: _terms(facet_field(name), facets[name]) for name in names}
            answer = searcher.aggregate(builder.matching(base), wanted)
            found.update((name, _buckets(answer[name])) for name in names)
    for name in selected & found.keys():
        found[name] += _missing(searcher, builder, selection, name, found[name])
    return {name: found[name] for name in facets}


def window_counts(
    searcher: tantivy.Searcher, builder: QueryBuilder, selection: Selection, facet: str, now: datetime
) -> Counts:
    """Counts of the `updated` windows, the narrowest first. They are nested, tantivy counts disjoint ranges:
    the rings between two windows are counted, and summed up."""
    names = by_width()
    assert FACETS_BY_NAME[facet].kind == "updated"
    _, end = bounds(names[0], now)
    edges = [end, *(bounds(name, now)[0] for name in names)]
    ranges = [{"from": start, "to": stop} for stop, start in pairwise(edges)]
    wanted = {facet: {"range": {"field": MODIFIED, "ranges": ranges}}}
    answer = searcher.aggregate(builder.matching(selection.without(facet)), wanted)
    by_start = {
        int(bucket["from"]): bucket["doc_count"] for bucket in answer[facet]["buckets"] if "from" in bucket
    }
    total, counts = 0, []
    for name, start in zip(names, edges[1:], strict=True):
        total += by_start.get(start, 0)
        counts.append((name, total))
    return counts


def _terms(field: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": field, "size": size, "segment_size": _EVERY_VALUE}}


def _buckets(answer: dict[str, Any]) -> Counts:
    return [(bucket["key"], bucket["doc_count"]) for bucket in answer["buckets"]]


def _missing(
    searcher: tantivy.Searcher, builder: QueryBuilder, selection: Selection, facet: str, found: Counts
) -> Counts:
    """Counts of the selected values that are not among those found: one pass, however many are selected."""
    there = {value for value, _ in found}
    lacking = [value for value in selection.selected(facet) if value not in there]
    if not lacking:
        return []
    terms = {"field": facet_field(facet), "size": len(lacking), "include": lacking}
    answer = searcher.aggregate(builder.matching(selection.without(facet)), {facet: {"terms": terms}})
    counted = dict(_buckets(answer[facet]))
    return [(value, counted.get(value, 0)) for value in lacking]
