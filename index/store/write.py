"""Write records: one batch in one transaction, with the numbers of the clusters it changes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select

from index.store import changes, renames
from index.store.codec import Content
from index.store.ids import longer_id, own_cluster, public_id
from index.store.schema import contents, facet_labels, records
from index.store.texts import storable
from index.store.upsert import insert_all, insert_missing, update_all, upsert

Label = tuple[str, str, str]
"""Facet, value, and what a person reads for that value."""


@dataclass(slots=True)
class RecordWrite:
    """A record whose content is new. `id` is None for one the store never had; `former` is what a renamed one
    was called, None for one that keeps its name."""

    id: str | None
    identifier: str
    schema: str
    source_url: str | None
    title: str
    digest: str
    content: Content
    views: int | None = None
    downloads: int | None = None
    former: str | None = None


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who writes, when, and under which version of the mappings and which rules of the portal (a digest)."""

    source: str
    run: int
    now: datetime
    mapping_version: int
    rules: str = ""


def write_records(
    connection: Connection, writes: Sequence[RecordWrite], labels: Collection[Label], stamp: Stamp
) -> None:
    """Insert and update records and the labels of their facets' values; a tombstone that comes back lives
    again under its old id.

    The change numbers come last, for which everybody else waits until the commit.
    """
    added = sorted((write for write in writes if write.id is None), key=attrgetter("identifier"))
    updated = {write.id: write for write in writes if write.id is not None}
    new = dict(zip(_mint_ids(connection, stamp.source, added), added, strict=True))
    changes.defer_links(connection)
    _insert(connection, new, stamp)
    _update(connection, updated, stamp)
    upsert(connection, contents, [_content(id_, write.content) for id_, write in (new | updated).items()])
    write_labels(connection, labels)
    changes.touch(connection, {own_cluster(id_) for id_ in new} | _clusters(connection, list(updated)))


def write_labels(connection: Connection, labels: Collection[Label]) -> None:
    """Keep what a person reads for a facet's value; the first label of a value stays."""
    rows = [
        {"facet": facet, "value": storable(value), "label": storable(label)}
        for facet, value, label in sorted(labels)
    ]
    insert_missing(connection, facet_labels, rows)


def _insert(connection: Connection, new: dict[str, RecordWrite], stamp: Stamp) -> None:
    free = _free_feed_identifiers(connection, new.values())
    rows = [
        _columns(write, stamp) | _first_sight(id_, write, stamp, write.identifier in free)
        for id_, write in new.items()
    ]
    insert_all(connection, records, rows)


def _update(connection: Connection, updated: dict[str, RecordWrite], stamp: Stamp) -> None:
    emptied = ("missing_since", "last_seen", "deleted_at")
    same = {id_: write for id_, write in updated.items() if write.former is None}
    renamed = {id_: write for id_, write in updated.items() if write.former is not None}
    rows = [{"key": id_, **_columns(write, stamp)} for id_, write in same.items()]
    update_all(connection, records, rows, emptied=emptied)
    rows = [
        {"key": id_, "identifier": write.identifier, **_columns(write, stamp)}
        for id_, write in renamed.items()
    ]
    update_all(connection, records, rows, emptied=emptied)
    former = [(id_, write.former) for id_, write in renamed.items() if write.former is not None]
    renames.note(connection, stamp.source, stamp.run, former)


def _columns(write: RecordWrite, stamp: Stamp) -> dict[str, Any]:
    return {
        "schema": write.schema,
        "source_url": storable(write.source_url),
        "title": storable(write.title),
        "digest": write.digest,
        "mapping_version": stamp.mapping_version,
        "rules": stamp.rules,
        "changed_run": stamp.run,
        "changed_at": stamp.now,
        "views": write.views,
        "downloads": write.downloads,
    }


def _first_sight(id_: str, write: RecordWrite, stamp: Stamp, feed_identifier_is_free: bool) -> dict[str, Any]:
    return {
        "id": id_,
        "cluster_id": own_cluster(id_),
        "source": stamp.source,
        "identifier": write.identifier,
        "first_identifier": write.identifier,
        "feed_identifier": write.identifier if feed_identifier_is_free else None,
        "first_run": stamp.run,
        "first_seen": stamp.now,
    }


def _content(id_: str, content: Content) -> dict[str, Any]:
    return {"record": id_, "dataset": content.dataset, "issues": content.issues, "raw": content.raw}


def _mint_ids(connection: Connection, source: str, added: Sequence[RecordWrite]) -> list[str]:
    usual = [public_id(source, write.identifier) for write in added]
    taken = set(connection.execute(select(records.c.id).where(records.c.id.in_(usual))).scalars())

    def is_taken(candidate: str) -> bool:
        query = select(records.c.id).where(records.c.id == candidate)
        return candidate in taken or connection.execute(query).first() is not None

    minted = []
    for id_, write in zip(usual, added, strict=True):
        free = longer_id(source, write.identifier, is_taken) if id_ in taken else id_
        taken.add(free)
        minted.append(free)
    return minted


def _clusters(connection: Connection, ids: Sequence[str]) -> set[str]:
    query = select(records.c.cluster_id).where(records.c.id.in_(ids))
    return set(connection.execute(query).scalars())


def _free_feed_identifiers(connection: Connection, added: Collection[RecordWrite]) -> set[str]:
    wanted = {write.identifier for write in added}
    query = select(records.c.feed_identifier).where(records.c.feed_identifier.in_(wanted))
    return wanted - set(connection.execute(query).scalars())
