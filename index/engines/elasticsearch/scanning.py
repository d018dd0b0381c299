"""Read everything a query finds, page by page, all of one state of the index (a point in time)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from index.engines.elasticsearch.asking import ask, hits
from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.mapping import FINGERPRINT, ID
from index.engines.protocol import EngineError

PAGE = 10_000
"""As much as Elasticsearch gives in one answer."""

_DOING = "reading the index"

_KEPT = "30m"
"""How long the point in time waits for the next page: as long as a slow reader of an export may take for the
datasets of the one before."""


def scan(cluster: Cluster, index: str, body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every hit, in the order of the body's `sort`. The point in time is let go at the end, however that
    comes: also when the caller stops half way."""
    with _point_in_time(cluster, index) as point:
        asked = {**body, "size": PAGE, "track_total_hits": False}
        while True:
            asked["pit"] = {"id": point[-1], "keep_alive": _KEPT}
            answer = ask(cluster, asked, doing=_DOING)
            point.append(answer.get("pit_id", point[-1]))
            found = hits(answer)
            yield from found
            if len(found) < PAGE:
                return
            asked["search_after"] = found[-1]["sort"]


def fingerprints(cluster: Cluster, index: str) -> dict[str, int]:
    """What each document was indexed from, by id. In the index's own order, which costs the least."""
    body = {"sort": ["_shard_doc"], "docvalue_fields": [ID, FINGERPRINT]}
    read = (hit["fields"] for hit in scan(cluster, index, body))
    return {fields[ID][0]: fields[FINGERPRINT][0] for fields in read}


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
