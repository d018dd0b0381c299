"""What a cluster tells about itself and the hub's index in it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.drift import blocks, drift
from index.engines.elasticsearch.indexes import Found, listed
from index.engines.report import EngineReport, Fact, Trouble

FEATURES = "nothing beyond the free licence (aliases, bulk, point in time, aggregations, security)"
"""What the hub uses of Elasticsearch: all of it is in the licence `basic`."""

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_DRIFT_SHOWN = 5
_VERSIONS = "nodes.*.version"


def report(cluster: Cluster, visible: Found | None, needs_build: str | None) -> EngineReport:
    """The cluster, and its index of this version if there is one. Raises EngineUnavailable, EngineError."""
    health = _health(cluster, None)
    facts: dict[str, Fact] = {
        "engine": f"Elasticsearch {_version(cluster)}, cluster {health['cluster_name']}",
        "address": cluster.where,
        "encrypted": cluster.encrypted,
        "health": health["status"],
        "nodes": health["number_of_nodes"],
        "licence": _licence(cluster),
        "needs": FEATURES,
        "fields": cluster.names.version,
    }
    troubles = list(_open_way(cluster))
    if needs_build is not None:
        troubles.append(Trouble(needs_build, "make one: hubsearch index build"))
    if visible is not None:
        kept = _health(cluster, visible.index)
        facts |= _of_index(cluster, visible, kept)
        troubles += [*_of_copies(visible, kept), *_of_visible(cluster, visible)]
    others = [one.index for one in listed(cluster) if visible is None or one.index != visible.index]
    if others:
        facts["other indexes"] = ", ".join(others)
    return EngineReport(facts, tuple(troubles))


def _health(cluster: Cluster, index: str | None) -> dict[str, Any]:
    """The health of an index, or of the whole cluster, which may hold more than a hub."""
    with cluster.managing("asking for the cluster's health") as client:
        return dict(client.cluster.health(index=index).body)


def _version(cluster: Cluster) -> str:
    """The versions of all nodes: in the middle of an upgrade there are two."""
    with cluster.managing("asking for the cluster's version") as client:
        nodes = client.nodes.info(node_id="_all", metric="_none", filter_path=_VERSIONS).body["nodes"]
    return " and ".join(sorted({node["version"] for node in nodes.values()}))


def _licence(cluster: Cluster) -> str:
    with cluster.managing("asking for the cluster's licence") as client:
        licence = client.license.get().body["license"]
    return f"{licence['type']}, {licence['status']}"


def _of_copies(visible: Found, kept: dict[str, Any]) -> Iterator[Trouble]:
    if kept["status"] == "red":
        yield Trouble(
            f"a shard of the index {visible.index} is away, so searches cannot be answered",
            "bring the missing node back, or make the index anew: hubsearch index build",
        )
    elif kept["status"] == "yellow":
        yield Trouble(
            f"{kept['unassigned_shards']} copies of shards of the index {visible.index} are missing: losing "
            "a node may lose it",
            "bring the missing node back, or let Elasticsearch finish copying",
        )


def _open_way(cluster: Cluster) -> Iterator[Trouble]:
    remote = [url for url in cluster.where.split(", ") if urlsplit(url).hostname not in _LOOPBACK]
    if remote and not cluster.encrypted:
        yield Trouble(
            f"the way to {', '.join(remote)} is not encrypted, the password goes over it",
            "turn on TLS in the cluster and write https:// in HUBSEARCH_ENGINE",
        )


def _of_index(cluster: Cluster, visible: Found, kept: dict[str, Any]) -> dict[str, Fact]:
    with cluster.managing("asking for the size of the index") as client:
        told = client.indices.stats(index=visible.index, metric=["docs", "store"]).body
    return {
        "index": visible.index,
        "documents": told["_all"]["primaries"]["docs"]["count"],
        "bytes": told["_all"]["total"]["store"]["size_in_bytes"],
        "shards": kept["active_primary_shards"],
        "copies": kept["active_shards"] - kept["active_primary_shards"],
    }


def _of_visible(cluster: Cluster, visible: Found) -> Iterator[Trouble]:
    for block in blocks(cluster, visible.index):
        advice = (
            "a disk is full: free space or add a node, Elasticsearch lifts the block by itself"
            if block == "read_only_allow_delete"
            else f"lift it: PUT /{visible.index}/_settings with index.blocks.{block} null"
        )
        yield Trouble(f"the index {visible.index} is blocked ({block})", advice)
    found = drift(cluster, visible.index)
    if found:
        shown = "; ".join(found[:_DRIFT_SHOWN])
        more = f"; and {len(found) - _DRIFT_SHOWN} more" if len(found) > _DRIFT_SHOWN else ""
        says = f"the index {visible.index} is not as hubsearch makes it: {shown}{more}"
        yield Trouble(says, "make it anew: hubsearch index build")
