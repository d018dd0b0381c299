"""The sources table: what the operator states about each portal, and what a change of it moves."""

from dataclasses import asdict, replace
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Row, delete, select

from index.store import changes
from index.store.database import BATCH
from index.store.model import Source
from index.store.schema import (
    contents,
    facet_labels,
    former_identifiers,
    quarantine,
    records,
    run_errors,
    runs,
    sources,
    validators,
)
from index.store.texts import storable
from index.store.upsert import insert_missing, upsert
from mappings.text import slugify

INDEXED = ("title", "level", "jurisdiction")
"""What index documents take from the source of a record."""


def put(connection: Connection, source: Source) -> bool:
    """Insert or update; whether its clusters have to be indexed anew, for which they are renumbered."""
    source = _storable(source)
    before = get(connection, source.id)
    if before == source:
        return False
    upsert(connection, sources, [asdict(source)])
    _label(connection, source)
    moved = before is not None and any(getattr(before, name) != getattr(source, name) for name in INDEXED)
    if moved:
        query = select(records.c.cluster_id).distinct().where(records.c.source == source.id)
        changes.touch(connection, list(connection.execute(query).scalars()))
    return moved


def get(connection: Connection, source_id: str) -> Source | None:
    """One source."""
    row = connection.execute(select(sources).where(sources.c.id == source_id)).one_or_none()
    return None if row is None else _source(row)


def every(connection: Connection) -> list[Source]:
    """All sources by id."""
    found = [_source(row) for row in connection.execute(select(sources))]
    return sorted(found, key=attrgetter("id"))  # here: a database's own order of texts depends on its locale


def remove_some(connection: Connection, source_id: str) -> int:
    """Delete up to a batch of the source's records; their clusters get new numbers, so that the index drops
    them. How many were deleted: 0 when there were none left, and then the source is gone itself, with its
    runs and its quarantine.

    A harvest that is under way is kept off by the lock on its run, and finds itself fenced when that is gone.
    """
    connection.execute(select(sources.c.id).where(sources.c.id == source_id).with_for_update(key_share=True))
    of_source = select(runs.c.id).where(runs.c.source == source_id)
    connection.execute(of_source.order_by(runs.c.id).with_for_update())
    query = select(records.c.id, records.c.cluster_id).where(records.c.source == source_id).limit(BATCH)
    found = connection.execute(query).all()
    if found:
        ids = [row.id for row in found]
        connection.execute(delete(contents).where(contents.c.record.in_(ids)))
        connection.execute(delete(former_identifiers).where(former_identifiers.c.record.in_(ids)))
        connection.execute(delete(records).where(records.c.id.in_(ids)))
        changes.touch(connection, {row.cluster_id for row in found})
        return len(ids)
    connection.execute(delete(run_errors).where(run_errors.c.run.in_(of_source)))
    for table in (runs, quarantine, validators):
        connection.execute(delete(table).where(table.c.source == source_id))
    connection.execute(delete(sources).where(sources.c.id == source_id))
    return 0


def _label(connection: Connection, source: Source) -> None:
    """What people read for the facet values a source gives its records, which need not change themselves.
    The values are made as `index.document` makes them."""
    title = {"facet": "source", "value": source.id.casefold(), "label": source.title or source.id}
    upsert(connection, facet_labels, [title])
    if source.jurisdiction:
        value = slugify(source.jurisdiction) or source.jurisdiction.casefold()
        label = {"facet": "jurisdiction", "value": value, "label": source.jurisdiction}
        insert_missing(connection, facet_labels, [label])


def _storable(source: Source) -> Source:
    texts: dict[str, Any] = {
        name: storable(value) for name, value in asdict(source).items() if isinstance(value, str)
    }
    return replace(source, **texts)


def _source(row: Row[tuple[object, ...]]) -> Source:
    return Source(**row._mapping)
