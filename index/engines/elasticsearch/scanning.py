"""Read everything a query finds, page by page, all of one state of the index (a point in time)."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from index.engines.elasticsearch.asking import ask, sort_values
from index.engines.elasticsearch.client import Cluster
from index.engines.protocol import EngineError

PAGE = 10_000
"""As much as Elasticsearch gives in one answer."""

_DOING = "reading the index"

_KEPT = "5m"
"""How long the point in time waits for the next page: as long as the slowest reader of an export may take."""


def scan(cluster: Cluster, index: str, body: Mapping[str, Any], order: list[Any]) -> Iterator[Sequence[Any]]:
    """The sort values of every hit, in this order. The point in time is let go at the end, however that
    comes: also when the caller stops half way."""
    with _point_in_time(cluster, index) as point:
        after: Sequence[Any] | None = None
        while True:
            asked = {
                **body,
                "pit": {"id": point[-1], "keep_alive": _KEPT},
                "sort": order,
                "size": PAGE,
                "track_total_hits": False,
            }
            if after is not None:
                asked["search_after"] = after
            answer = ask(cluster, asked, doing=_DOING)
            point.append(answer.get("pit_id", point[-1]))
            found = sort_values(answer)
            yield from found
            if len(found) < PAGE:
                return
            after = found[-1]


@contextmanager
def _point_in_time(cluster: Cluster, index: str) -> Iterator[list[str]]:
    """The name of a point in time; the answers give later names, of which the last holds."""
    with cluster.searching(_DOING) as client:
        names = [str(client.open_point_in_time(index=index, keep_alive=_KEPT)["id"])]
    try:
        yield names
    finally:
        _close(cluster, names[-1])


def _close(cluster: Cluster, name: str) -> None:
    """A point in time that cannot be closed ends by itself, so that is no reason to fail."""
    try:
        with cluster.searching("closing a point in time") as client:
            client.close_point_in_time(id=name)
    except EngineError:
        return
