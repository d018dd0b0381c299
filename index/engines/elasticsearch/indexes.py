"""Find, make, show and clear away the indexes of a hub in the cluster."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from elasticsearch import BadRequestError, NotFoundError

from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.drift import of_mapping
from index.engines.elasticsearch.mapping import template
from index.engines.elasticsearch.meta import Meta, new_meta, read_meta
from index.engines.protocol import EngineError

_META = "*.mappings._meta"
_EACH = "*.settings.index.uuid"
"""Asked for with it, so that an index without our facts is seen, too."""


@dataclass(frozen=True, slots=True)
class Found:
    """An index of the hub, and what it says of itself."""

    index: str
    meta: Meta


@dataclass(frozen=True, slots=True)
class Listed:
    """An index of any version; `meta` is None where hubsearch did not write it."""

    index: str
    version: str
    meta: Meta | None
    aliases: frozenset[str]


def current(cluster: Cluster) -> Found | None:
    """The visible index of this version, with its watermark, in one request; None when there is none.

    Raises EngineError when our alias leads to something else.
    """
    alias = cluster.names.read
    found = look(cluster, alias)
    if not found:
        return None
    if len(found) == 1:
        ((index, meta),) = found.items()
        if meta is not None and meta.version == cluster.names.version:
            return Found(index, meta)
    raise EngineError(
        f"{alias} at {cluster.where} leads to {', '.join(sorted(found))}, which this version of hubsearch "
        "did not make; `hubsearch index build` makes a new index and moves the alias there, or "
        "HUBSEARCH_ENGINE_INDEX names another prefix"
    )


def look(cluster: Cluster, name: str) -> dict[str, Meta | None]:
    """The indexes a name or an alias leads to, and what they say of themselves; none when there is none."""
    with cluster.searching("reading the state of the index") as client:
        try:
            answer = client.indices.get(index=name, filter_path=f"{_META},{_EACH}").body
        except NotFoundError:
            return {}
    return {index: read_meta(facts.get("mappings", {}).get("_meta")) for index, facts in answer.items()}


def create(cluster: Cluster, aside: dict[str, Any]) -> Found:
    """A new, empty index which nobody sees; `aside` are settings it has until it is shown.

    Raises EngineError when a template of somebody else, of a higher priority than ours, made it another one.
    """
    moment = datetime.now(UTC)
    made = Found(cluster.names.new_index(moment), new_meta(cluster.names.version, moment.timestamp()))
    body = template(cluster.names.pattern, cluster.access)
    with cluster.managing("making an index") as client:
        client.indices.put_index_template(
            name=cluster.names.template,
            index_patterns=body["index_patterns"],
            priority=body["priority"],
            allow_auto_create=body["allow_auto_create"],
            template=body["template"],
            meta=body["_meta"],
        )
        client.indices.create(
            index=made.index, settings={"index": aside}, mappings={"_meta": made.meta.as_dict()}
        )
        got = client.indices.get_mapping(index=made.index).body[made.index]["mappings"]
    if differences := of_mapping(got):
        remove(cluster, made.index)
        raise EngineError(
            f"an index template of somebody else at {cluster.where} changes what hubsearch makes "
            f"({'; '.join(differences[:3])}); GET /_index_template shows which; give it a lower priority "
            "than 500, or name another prefix in HUBSEARCH_ENGINE_INDEX"
        )
    return made


def mark(cluster: Cluster, index: str, meta: Meta) -> None:
    """Write what an index says of itself. Raises IndexGone when it is not there."""
    with cluster.managing("noting the state of the index") as client:
        client.indices.put_mapping(index=index, meta=meta.as_dict())


def show(cluster: Cluster, index: str) -> None:
    """Make an index the visible one: both aliases move in one step, from wherever they were."""
    names = cluster.names
    actions: list[dict[str, Any]] = []
    with cluster.managing("swapping in the new index") as client:
        for alias in (names.read, names.write):
            try:
                holders = client.indices.get_alias(name=alias).body
            except NotFoundError:
                holders = {}
            actions += [
                {"remove": {"index": holder, "alias": alias}} for holder in holders if holder != index
            ]
        actions.append({"add": {"index": index, "alias": names.read}})
        actions.append({"add": {"index": index, "alias": names.write, "is_write_index": True}})
        try:
            client.indices.update_aliases(actions=actions)
        except BadRequestError as error:
            if "same name as the alias" not in str(error):
                raise
            raise EngineError(
                f"at {cluster.where} an index is called {names.read} or {names.write}, as the aliases of "
                "hubsearch are; remove it, or name another prefix in HUBSEARCH_ENGINE_INDEX"
            ) from error


def listed(cluster: Cluster) -> list[Listed]:
    """All indexes of this hub, of every version, by name."""
    names = cluster.names
    with cluster.managing("listing the indexes") as client:
        answer = client.indices.get(
            index=names.every_version, filter_path=f"{_META},*.aliases", expand_wildcards="all"
        ).body
    found = []
    for index, facts in sorted(answer.items()):
        if (version := names.version_of(index)) is not None:
            meta = read_meta(facts.get("mappings", {}).get("_meta"))
            found.append(Listed(index, version, meta, frozenset(facts.get("aliases", ()))))
    return found


def remove(cluster: Cluster, index: str) -> None:
    """Delete an index, if it is still there."""
    with cluster.managing("removing an index") as client:
        client.indices.delete(index=index, ignore_unavailable=True)


def remove_template(cluster: Cluster, version: str) -> None:
    """Delete the template of a version nobody uses any more."""
    name = cluster.names.with_version(version).template
    with cluster.managing("removing an index template") as client:
        try:
            client.indices.delete_index_template(name=name)
        except NotFoundError:
            return
