"""Which values a facet has."""

from collections.abc import Sequence
from typing import Any

from index.engines.elasticsearch.asking import ask
from index.engines.elasticsearch.client import Cluster
from index.engines.forms import facet_field
from index.fields import FACETS_BY_NAME, UPDATED_DAYS

_PAGE = 10_000
"""Values in one answer; most facets have fewer."""


def facet_values(cluster: Cluster, index: str, facet: str) -> frozenset[str]:
    """Every value that some document has."""
    if FACETS_BY_NAME[facet].kind == "updated":
        return frozenset(UPDATED_DAYS)
    found: set[str] = set()
    sources = [{"value": {"terms": {"field": facet_field(facet)}}}]
    composite: dict[str, Any] = {"size": _PAGE, "sources": sources}
    while True:
        body = {"size": 0, "track_total_hits": False, "aggs": {"values": {"composite": composite}}}
        buckets = ask(cluster, body, index=index)["aggregations"]["values"]["buckets"]
        found |= {bucket["key"]["value"] for bucket in buckets}
        if len(buckets) < _PAGE:
            return frozenset(found)
        composite["after"] = buckets[-1]["key"]


def known_values(cluster: Cluster, index: str, facet: str, values: Sequence[str]) -> frozenset[str]:
    """Those of these values that some document has."""
    if FACETS_BY_NAME[facet].kind == "updated":
        return frozenset(values) & UPDATED_DAYS.keys()
    if not values:
        return frozenset()
    terms = {"field": facet_field(facet), "size": len(values), "include": list(values)}
    body = {"size": 0, "track_total_hits": False, "aggs": {"values": {"terms": terms}}}
    answer = ask(cluster, body, index=index)
    return frozenset(bucket["key"] for bucket in answer["aggregations"]["values"]["buckets"])
