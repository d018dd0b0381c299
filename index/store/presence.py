"""Marks on records that change nothing of their content: missing, back again, removed, popularity."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, bindparam, case, func, select, update

from index.store import changes
from index.store.schema import records, runs
from index.store.types import UtcTime
from index.store.upsert import update_all


def last_landing(connection: Connection, source: str) -> datetime | None:
    """When the source's last complete run landed."""
    return connection.execute(select(func.max(runs.c.landed_at)).where(runs.c.source == source)).scalar()


def mark_missing(connection: Connection, ids: Sequence[str], now: datetime, landed: datetime | None) -> None:
    """Note that a complete run lacked these records; `landed` is when the run before it did."""
    connection.execute(
        update(records).where(records.c.id.in_(ids)).values(missing_since=now, last_seen=_last_seen(landed))
    )


def bury(connection: Connection, ids: Sequence[str], now: datetime, landed: datetime | None) -> None:
    """Make these records tombstones; the index drops them."""
    connection.execute(
        update(records)
        .where(records.c.id.in_(ids))
        .values(
            deleted_at=now,
            missing_since=func.coalesce(records.c.missing_since, now),
            last_seen=func.coalesce(records.c.last_seen, _last_seen(landed)),
        )
    )
    changes.touch(connection, _clusters(connection, ids))


def found_again(connection: Connection, ids: Sequence[str]) -> None:
    """Forget that these records were missing."""
    connection.execute(
        update(records).where(records.c.id.in_(ids)).values(missing_since=None, last_seen=None)
    )


def revive(connection: Connection, ids: Sequence[str]) -> None:
    """Make tombstones live again, as they were; the index takes them in."""
    connection.execute(
        update(records)
        .where(records.c.id.in_(ids))
        .values(missing_since=None, last_seen=None, deleted_at=None)
    )
    changes.touch(connection, _clusters(connection, ids))


def recount(connection: Connection, rows: Sequence[tuple[str, int | None, int | None]]) -> None:
    """Set views and downloads: (id, views, downloads). Moves no sequence."""
    update_all(
        connection,
        records,
        [{"key": id_, "views": views, "downloads": downloads} for id_, views, downloads in rows],
    )


def _last_seen(landed: datetime | None) -> ColumnElement[datetime]:
    """A present record was seen when its source last landed, or changed in an incomplete run since."""
    if landed is None:
        return records.c.changed_at
    moment = bindparam("landed", landed, type_=UtcTime())
    return case((records.c.changed_at > moment, records.c.changed_at), else_=moment)


def _clusters(connection: Connection, ids: Sequence[str]) -> set[str]:
    return set(connection.execute(select(records.c.cluster_id).where(records.c.id.in_(ids))).scalars())
