"""Removals stay reversible for thirty days; then what a tombstone held is given up, and the tombstone stays.

What was there is still said under its public id (title, publisher, source, when), and a portal that brings
the record back gets the same id: its emptied digest makes whatever comes new content.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row, select

from index.store.codec import Encoder, decode_dataset
from index.store.database import BATCH, Database
from index.store.schema import contents, records, runs, sources
from index.store.upsert import update_all, upsert
from mappings.dataset import Dataset

KEPT = timedelta(days=30)
"""How long a removed record can come back as it was, and be looked into."""

PURGED = ""
"""The digest of a record whose content was given up; no content has it."""


def purge(database: Database, now: datetime, busy: Collection[str] = ()) -> int:
    """Give up the contents of tombstones that are older than `KEPT`; of how many.

    Sources that are `busy` or have a run under way wait for the next time: what their run has planned may
    count on what is there. Raises StoreError.
    """
    before = now - KEPT
    with database.read() as connection:
        named = connection.execute(select(sources.c.id)).scalars().all()
        waiting = [source for source in named if source not in busy and _old(connection, source, before, 1)]
    purged = 0
    for source in waiting:
        while went := database.transact(partial(_some, source=source, before=before)):
            purged += went
    return purged


def _some(connection: Connection, source: str, before: datetime) -> int:
    # Whoever begins a run takes this row first, so none begins before this is committed.
    connection.execute(select(sources.c.id).where(sources.c.id == source).with_for_update(key_share=True))
    running = select(runs.c.id).where(runs.c.source == source, runs.c.status == "running").limit(1)
    if connection.execute(running).first() is not None:
        return 0
    found = _old(connection, source, before, BATCH)
    encoder = Encoder()
    upsert(connection, contents, [_emptied(encoder, row) for row in found])
    update_all(connection, records, [{"key": row.id, "digest": PURGED} for row in found])
    return len(found)


def _old(connection: Connection, source: str, before: datetime, limit: int) -> list[Row[Any]]:
    """Tombstones whose time is over and whose content is still there."""
    query = select(records.c.id, contents.c.dataset).join_from(records, contents)
    over = records.c.source == source, records.c.deleted_at <= before, records.c.digest != PURGED
    return list(connection.execute(query.where(*over).limit(limit)))


def _emptied(encoder: Encoder, row: Row[Any]) -> dict[str, Any]:
    dataset = decode_dataset(row.dataset)
    left = Dataset(title=dataset.title, type=dataset.type, publisher=dataset.publisher)
    return {"record": row.id, "dataset": encoder.json(left), "issues": encoder.json([]), "raw": b""}
