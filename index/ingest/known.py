"""What the store knows of a source, in the few columns a plan compares."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import Connection, select

from index.store.model import Source
from index.store.schema import quarantine, records

_STREAMED = {"yield_per": 2_000}


class State(IntEnum):
    """Where a stored record stands; one that is overdue is removed by the next complete run without it."""

    PRESENT = 0
    MISSING = 1
    OVERDUE = 2
    TOMBSTONE = 3


def stored_rows(connection: Connection, source: Source, now: datetime) -> Iterator[tuple[Any, ...]]:
    """(identifier, id, schema, digest, views, downloads, state, rules) of every record, tombstones
    included."""
    query = select(
        records.c.identifier,
        records.c.id,
        records.c.schema,
        records.c.digest,
        records.c.views,
        records.c.downloads,
        records.c.rules,
        records.c.missing_since,
        records.c.deleted_at,
    ).where(records.c.source == source.id)
    for *columns, rules, missing_since, deleted_at in connection.execute(query, execution_options=_STREAMED):
        if missing_since is None and deleted_at is None:
            state = State.PRESENT
        elif deleted_at is not None:
            state = State.TOMBSTONE
        else:
            state = _absent(missing_since, source, now)
        yield (*columns, int(state), rules)


def absent_rows(connection: Connection, source: Source, now: datetime) -> Iterator[tuple[str, State]]:
    """(id, state) of every record that the last complete run lacked, tombstones left out."""
    query = select(records.c.id, records.c.missing_since).where(
        records.c.source == source.id, records.c.missing_since.is_not(None), records.c.deleted_at.is_(None)
    )
    for id_, missing_since in connection.execute(query, execution_options=_STREAMED):
        yield id_, _absent(missing_since, source, now)


def refused_rows(connection: Connection, source: Source, mapping_version: int) -> Iterator[tuple[Any, ...]]:
    """(identifier, digest, slug, message, still) of the quarantine; `still`: these mappings and rules refused
    it."""
    query = select(quarantine).where(quarantine.c.source == source.id)
    for row in connection.execute(query, execution_options=_STREAMED):
        still = row.mapping_version == mapping_version and row.rules == source.rules_digest
        yield (row.identifier, row.digest, row.slug, row.message, int(still))


def _absent(missing_since: datetime, source: Source, now: datetime) -> State:
    return State.OVERDUE if now - missing_since >= timedelta(days=source.grace_days) else State.MISSING
