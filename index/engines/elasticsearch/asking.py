"""One search request: how it is sent, and what makes its answer whole.

A search answers in time and of all shards, or it is an error: half an answer is never shown.
"""

from collections.abc import Mapping
from typing import Any

from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.mapping import ID, MODIFIED, POPULARITY, TITLE_KEY
from index.engines.protocol import EngineUnavailable
from index.fields import Sort

ANSWER = (
    "timed_out,_shards.failed,pit_id,hits.total.value,"
    "hits.hits.sort,hits.hits.fields,hits.hits.matched_queries,aggregations"
)
"""What of an answer is sent; all else of a hit is known or not kept."""

_SORTS: dict[Sort, Any] = {
    "relevance": {"_score": "desc"},
    "modified": {MODIFIED: {"order": "desc", "missing": "_last"}},
    "title": {TITLE_KEY: "asc"},
    "popular": {POPULARITY: {"order": "desc", "missing": "_last"}},
}


def order(sort: Sort) -> list[Any]:
    """The order of a sort, ties by id."""
    return [_SORTS[sort], {ID: "asc"}]


def ask(
    cluster: Cluster,
    body: Mapping[str, Any],
    *,
    index: str | None = None,
    preference: str | None = None,
    doing: str = "searching",
) -> Mapping[str, Any]:
    """The answer to a search. Raises EngineUnavailable when it did not come in time or lacks a shard.

    `index` is None for a point in time, which names it. `preference` keeps requests that belong together at
    the same copies of a shard, whose statistics may differ from the others' a little. Word frequencies are
    taken over all shards (`dfs_query_then_fetch`; with one shard Elasticsearch leaves that step out).
    """
    given: dict[str, Any] = {
        "timeout": f"{cluster.access.timeout * 1000:.0f}ms",
        "source": False,
        "stored_fields": "_none_",
        **body,
    }
    if index is not None:
        given |= {"index": index, "allow_partial_search_results": False}
        given |= {"preference": preference} if preference is not None else {}
    with cluster.searching(doing) as client:
        answer: Mapping[str, Any] = client.search(
            search_type="dfs_query_then_fetch", filter_path=ANSWER, **given
        ).body
    if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
        raise EngineUnavailable(
            f"{doing} at {cluster.where} failed: the answer would lack a part of the index (out of time, or "
            "a shard is away); look at the cluster's health with `hubsearch doctor`"
        )
    return answer


def hits(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The hits; each has its sort values, of which the id is the second (`order`)."""
    found: list[Mapping[str, Any]] = answer.get("hits", {}).get("hits", [])
    return found


def total(answer: Mapping[str, Any]) -> int:
    """How many there are, exactly."""
    return int(answer["hits"]["total"]["value"])
