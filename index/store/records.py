"""Read records. Long readings go page by page, so that none holds a transaction open while others write."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from index.store.codec import decode_dataset, decode_issues, decode_raw
from index.store.database import BATCH, Database
from index.store.model import RecordHead, StoredRecord
from index.store.schema import contents, records, runs


def by_ids(connection: Connection, ids: Sequence[str]) -> dict[str, StoredRecord]:
    """The records of these ids, those the store does not have left out."""
    found: dict[str, StoredRecord] = {}
    for start in range(0, len(ids), BATCH):
        query = _whole().where(records.c.id.in_(ids[start : start + BATCH]))
        found.update((row.id, _record(row)) for row in connection.execute(query))
    return found


def live_of_clusters(connection: Connection, cluster_ids: Sequence[str]) -> dict[str, list[StoredRecord]]:
    """The live records of these clusters by id; a cluster without any is left out."""
    found: dict[str, list[StoredRecord]] = {}
    for start in range(0, len(cluster_ids), BATCH):
        wanted = cluster_ids[start : start + BATCH]
        query = _whole().where(records.c.cluster_id.in_(wanted), records.c.deleted_at.is_(None))
        for row in connection.execute(query):
            found.setdefault(row.cluster_id, []).append(_record(row))
    for members in found.values():
        members.sort(key=attrgetter("id"))  # here: a database would carry the contents through its sorter
    return found


def live(database: Database) -> Iterator[StoredRecord]:
    """Every record that is no tombstone, by id."""
    query = _whole().where(records.c.deleted_at.is_(None))
    return (_record(row) for row in _pages(database, query))


def heads(database: Database, source: str | None, limit: int | None) -> Iterator[RecordHead]:
    """Records in a list, by id, tombstones included."""
    columns = (records.c.id, records.c.title, records.c.source, records.c.identifier, records.c.deleted_at)
    query = select(*columns) if source is None else select(*columns).where(records.c.source == source)
    rows = islice(_pages(database, query), limit)
    return (RecordHead(r.id, r.title, r.source, r.identifier, r.deleted_at is not None) for r in rows)


def counts(connection: Connection) -> dict[str, int]:
    """Live records by source."""
    query = select(records.c.source, func.count().label("live")).where(records.c.deleted_at.is_(None))
    return {row.source: row.live for row in connection.execute(query.group_by(records.c.source))}


def raw(connection: Connection, record_id: str) -> bytes | None:
    """The record as received; None also for one removed so long ago that it was given up."""
    data = connection.execute(select(contents.c.raw).where(contents.c.record == record_id)).scalar()
    return decode_raw(data) if data else None


def _whole() -> Select[Any]:
    """A record with its content and the moment of its source's last complete run."""
    landed = select(func.max(runs.c.landed_at)).where(runs.c.source == records.c.source).scalar_subquery()
    return select(records, contents.c.dataset, contents.c.issues, landed.label("landed")).join_from(
        records, contents, contents.c.record == records.c.id
    )


def _record(row: Row[Any]) -> StoredRecord:
    return StoredRecord(
        id=row.id,
        cluster_id=row.cluster_id,
        source=row.source,
        identifier=row.identifier,
        first_identifier=row.first_identifier,
        feed_identifier=row.feed_identifier,
        dataset=decode_dataset(row.dataset),
        issues=decode_issues(row.issues),
        schema=row.schema,
        source_url=row.source_url,
        first_seen=row.first_seen,
        last_seen=row.last_seen or max(row.landed or row.changed_at, row.changed_at),
        run=str(row.changed_run),
        missing_since=row.missing_since,
        deleted_at=row.deleted_at,
        views=row.views,
        downloads=row.downloads,
    )


def _all(connection: Connection, query: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(query).all()


def _pages(database: Database, query: Select[Any]) -> Iterator[Row[Any]]:
    last = ""
    while True:
        following = query.where(records.c.id > last).order_by(records.c.id).limit(BATCH)
        page = database.reading(partial(_all, query=following))
        yield from page
        if len(page) < BATCH:
            return
        last = page[-1].id
