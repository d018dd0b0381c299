"""Where a live index differs from the one this version would make with these settings."""

from collections.abc import Iterator, Mapping
from typing import Any

from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.mapping import mappings, settings


def drift(cluster: Cluster, index: str) -> list[str]:
    """Each difference in a sentence: fields and settings somebody changed, and those an operator's settings
    have changed since the index was made."""
    with cluster.managing("reading the mapping of the index") as client:
        live = client.indices.get(index=index, features="mappings,settings").body[index]
    wanted = settings(cluster.access)
    return [
        *of_mapping(live["mappings"]),
        *_differences("setting", _flat(wanted), _flat(_of_ours(live["settings"]["index"], wanted))),
    ]


def of_mapping(live: Mapping[str, Any]) -> list[str]:
    """Each difference between a live mapping and ours."""
    return list(_differences("mapping", _flat(mappings()), _flat(_without_facts(live))))


def blocks(cluster: Cluster, index: str) -> list[str]:
    """What keeps an index from being read or written, as its settings name it."""
    with cluster.managing("reading the settings of the index") as client:
        live = client.indices.get_settings(index=index, name="index.blocks.*").body
    found = live.get(index, {}).get("settings", {}).get("index", {}).get("blocks", {})
    return sorted(name for name, value in found.items() if str(value) == "true")


def _differences(what: str, wanted: Mapping[str, str], live: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(wanted.keys() | live.keys()):
        if wanted.get(name) != live.get(name):
            is_now, should = live.get(name, "missing"), wanted.get(name)
            yield f"{what} {name} is {is_now}" + (
                f", should be {should}" if should is not None else ", should not be there"
            )


def _without_facts(live: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in live.items() if name != "_meta"}


def _of_ours(live: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The settings we make, as they are: Elasticsearch adds some of its own."""
    return {name: live[name] for name in wanted if name in live}


def _flat(tree: Mapping[str, Any], above: str = "") -> dict[str, str]:
    """The leaves by their dotted names, as text: the cluster gives numbers and switches back as text."""
    found: dict[str, str] = {}
    for name, value in tree.items():
        dotted = f"{above}{name}"
        if isinstance(value, Mapping):
            found |= _flat(value, f"{dotted}.")
        else:
            found[dotted] = str(value).lower() if isinstance(value, bool) else str(value)
    return found
