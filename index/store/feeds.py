"""Published feeds, for hubs whose web processes share no disk: the compressed file in parts, one version of it.

A new version is written beside the present one, part by part, and takes its place in one transaction; a reader in
the middle of the old one finds a part missing and begins again.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO

from sqlalchemy import Connection, delete, insert, select, update

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
    """A published version: `size` of the compressed file in bytes, 0 for a feed that was taken away; `report`
    is the publisher's own."""

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
        query = select(feed_parts.c.data).where(*_part(name, version.version), feed_parts.c.position == position)
        with database.read() as connection:
            data = connection.execute(query).scalar()
        if data is None:
            raise FeedReplaced(f"another version of {name} was published meanwhile; read that one")
        yield data


def put(
    database: Database, name: str, file: BinaryIO, report: dict[str, Any], *, now: datetime, before: int | None
) -> FeedVersion:
    """Publish a compressed file, empty to take the feed away, in the place of the version `before` (None: the
    first one).

    Raises FeedReplaced, changing nothing, when another version is the published one by now; StoreError.
    """
    version = time.time_ns()  # no two publishers have the same; only equality is ever asked
    size = 0
    for position, data in enumerate(iter(lambda: file.read(PART), b"")):
        row = {"feed": name, "version": version, "position": position, "data": data}
        with database.write() as connection:
            connection.execute(insert(feed_parts), [row])
        size += len(data)
    made = FeedVersion(version, size, now, report)
    try:
        with database.write() as connection:
            _switch(connection, name, made, before)
    except StoreError:
        _sweep(database, name, feed_parts.c.version == version)
        raise
    _sweep(database, name, feed_parts.c.version != version)
    return made


def note(database: Database, name: str, version: int, report: dict[str, Any]) -> None:
    """Change the report of a version that stays the published one."""
    with database.write() as connection:
        this = feeds.c.name == name, feeds.c.version == version
        connection.execute(update(feeds).where(*this).values(report=report))


def _switch(connection: Connection, name: str, made: FeedVersion, before: int | None) -> None:
    query = select(feeds.c.version).where(feeds.c.name == name).with_for_update()
    if connection.execute(query).scalar() != before:
        raise FeedReplaced(f"another process published {name} meanwhile; its version stays")
    row = {"name": name, "version": made.version, "size": made.size}
    upsert(connection, feeds, [{**row, "published_at": made.published_at, "report": made.report}])


def _sweep(database: Database, name: str, which: Any) -> None:
    with database.write() as connection:
        connection.execute(delete(feed_parts).where(feed_parts.c.feed == name, which))


def _part(name: str, version: int) -> tuple[Any, Any]:
    return feed_parts.c.feed == name, feed_parts.c.version == version
