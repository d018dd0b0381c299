"""Published feeds, for hubs whose web processes share no disk: one version of each, compressed, in parts.

A new version is written beside the present one, part by part, and takes its place in one transaction. Who
reads the old one meanwhile finds a part missing and begins again.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

from sqlalchemy import Connection, delete, select, update

from index.store.database import Database
from index.store.errors import StoreError
from index.store.schema import feed_parts, feeds
from index.store.upsert import upsert

PART = 1 << 20
"""Bytes in a part: what is held in memory, of a feed of any size."""


class FeedReplaced(StoreError):
    """Another version of the feed was published meanwhile."""


@dataclass(frozen=True, slots=True)
class FeedVersion:
    """A published version: `version` is the moment it was written, in nanoseconds, and its name; `size` that
    of the compressed file in bytes, 0 for a feed that was taken away; `report` the publisher's own."""

    version: int
    size: int
    published_at: datetime
    report: dict[str, Any]


def present(database: Database, name: str) -> FeedVersion | None:
    """The version that is published; None before the first. Raises StoreError."""
    with database.read() as connection:
        row = connection.execute(select(feeds).where(feeds.c.name == name)).one_or_none()
    return None if row is None else FeedVersion(row.version, row.size, row.published_at, row.report)


def parts(database: Database, name: str, version: FeedVersion) -> Iterator[bytes]:
    """The compressed file of a version, part by part, each read by itself so that nobody is hindered.

    Raises FeedReplaced when it is no longer the published one, StoreError.
    """
    for position in range(-(-version.size // PART)):
        query = select(feed_parts.c.data).where(
            *_part(name, version.version), feed_parts.c.position == position
        )
        with database.read() as connection:
            data = connection.execute(query).scalar()
        if data is None:
            raise FeedReplaced(f"another version of {name} was published meanwhile; read that one")
        yield data


def put(
    database: Database,
    name: str,
    file: BinaryIO,
    report: dict[str, Any],
    *,
    now: datetime,
    before: int | None,
) -> FeedVersion:
    """Publish a compressed file, empty to take the feed away, in the place of the version `before` (None: the
    first one).

    Raises FeedReplaced, changing nothing, when another version is the published one by now; StoreError.
    """
    version = time.time_ns()  # no two publishers have the same; only equality is ever asked
    size = 0
    for position, data in enumerate(iter(partial(file.read, PART), b"")):
        row = {"feed": name, "version": version, "position": position, "data": data}
        database.transact(partial(upsert, table=feed_parts, rows=[row]))
        size += len(data)
    made = FeedVersion(version, size, now, report)
    try:
        database.transact(partial(_switch, name=name, made=made, before=before))
    except FeedReplaced:
        _sweep(database, name, feed_parts.c.version == version)
        raise
    _sweep(database, name, feed_parts.c.version != version)
    return made


def note(database: Database, name: str, version: int, report: dict[str, Any]) -> None:
    """Change the report of a version that stays the published one."""
    this = feeds.c.name == name, feeds.c.version == version
    statement = update(feeds).where(*this).values(report=report)
    database.transact(lambda connection: connection.execute(statement))


def forget(database: Database, name: str) -> None:
    """Remove a feed with all its parts: it is kept elsewhere."""

    def work(connection: Connection) -> None:
        connection.execute(delete(feeds).where(feeds.c.name == name))
        connection.execute(delete(feed_parts).where(feed_parts.c.feed == name))

    database.transact(work)


def _switch(connection: Connection, name: str, made: FeedVersion, before: int | None) -> None:
    query = select(feeds.c.version).where(feeds.c.name == name).with_for_update()
    found = connection.execute(query).scalar()
    if found == made.version:
        return  # done before, when the answer to the commit was lost
    if found != before:
        raise FeedReplaced(f"another process published {name} meanwhile; its version stays")
    row = {"name": name, "version": made.version, "size": made.size}
    upsert(connection, feeds, [{**row, "published_at": made.published_at, "report": made.report}])


def _sweep(database: Database, name: str, which: Any) -> None:
    statement = delete(feed_parts).where(feed_parts.c.feed == name, which)
    database.transact(lambda connection: connection.execute(statement))


def _part(name: str, version: int) -> tuple[Any, Any]:
    return feed_parts.c.feed == name, feed_parts.c.version == version
