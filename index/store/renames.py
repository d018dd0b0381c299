"""What a portal called its records before: written when one is renamed, read to know it again.

The name a record has now stands in `records.identifier`, unique at its source. Where records swap names, or
one takes the name another gives up, those whose name is wanted are parked first under one that no portal can
use: an identifier never begins with a space.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, select

from index.store import changes
from index.store.schema import contents, former_identifiers, records
from index.store.upsert import update_all, upsert


def note(connection: Connection, source: str, run: int, rows: Sequence[tuple[str, str]]) -> None:
    """Remember (id, identifier) of records that are called otherwise from now on. A name that had been
    another record's is now this one's, which had it last."""
    upsert(
        connection,
        former_identifiers,
        [
            {"source": source, "identifier": identifier, "record": id_, "run": run}
            for id_, identifier in rows
            if not identifier.startswith(" ")
        ],
    )


def park(connection: Connection, source: str, run: int, rows: Sequence[tuple[str, str]]) -> None:
    """Take the names away from (id, identifier), for others that have them now."""
    note(connection, source, run, rows)
    update_all(connection, records, [{"key": id_, "identifier": f" {id_}"} for id_, _ in rows])
    ids = [id_ for id_, _ in rows]
    query = select(records.c.cluster_id).where(records.c.id.in_(ids))
    changes.touch(connection, set(connection.execute(query).scalars()))


def former_rows(connection: Connection, source: str) -> Iterator[tuple[Any, ...]]:
    """(identifier, id, run) of every name that a record of the source had before."""
    table = former_identifiers
    query = select(table.c.identifier, table.c.record, table.c.run).where(table.c.source == source)
    return (tuple(row) for row in connection.execute(query, execution_options={"yield_per": 2_000}))


def titles(connection: Connection, source: str, ids: Sequence[str] | None) -> Iterator[tuple[str, str]]:
    """(id, title) of the records of these ids, or of all of the source."""
    query = select(records.c.id, records.c.title)
    query = query.where(records.c.source == source) if ids is None else query.where(records.c.id.in_(ids))
    for row in connection.execute(query, execution_options={"yield_per": 2_000}):
        yield row.id, row.title


def whole(connection: Connection, ids: Sequence[str]) -> Sequence[Any]:
    """(id, schema, source_url, mapping_version, rules, dataset, raw) of these records, the last two as
    stored."""
    query = select(
        records.c.id,
        records.c.schema,
        records.c.source_url,
        records.c.mapping_version,
        records.c.rules,
        contents.c.dataset,
        contents.c.raw,
    ).join_from(records, contents, contents.c.record == records.c.id)
    return connection.execute(query.where(records.c.id.in_(ids))).all()
