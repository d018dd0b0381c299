"""The rows of any table of the store, in batches, and a digest of them that is the same in every database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, Table, insert, select

from index.store import arrays
from index.store.database import BATCH
from index.store.schema import jobs
from index.store.texts import storable

Rows = list[dict[str, Any]]

MOST_BYTES = 8 << 20
"""Of large values in one batch: a few records may be as large as all others together."""

FETCHED = 50
"""Rows the driver holds at a time."""

_ENCODE = msgspec.msgpack.Encoder(order="sorted")


@dataclass(slots=True)
class Digest:
    """Counts rows and adds up their hashes, whatever order they come in."""

    rows: int = 0
    total: int = 0

    def add(self, rows: Sequence[dict[str, Any]]) -> None:
        """Take in rows."""
        for row in rows:
            digest = blake2b(_ENCODE.encode(row), digest_size=16).digest()
            self.total = (self.total + int.from_bytes(digest, "big")) % (1 << 128)
        self.rows += len(rows)

    @property
    def hexadecimal(self) -> str:
        """The sum as 32 digits."""
        return f"{self.total:032x}"


def batches(connection: Connection, table: Table) -> Iterator[Rows]:
    """All rows of a table, in no order."""
    batch: Rows = []
    size = 0
    for row in connection.execute(select(table), execution_options={"yield_per": FETCHED}):
        batch.append(dict(row._mapping))
        size += sum(len(value) for value in row if isinstance(value, bytes))
        if len(batch) == BATCH or size > MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def changed_for(dialect: Dialect, table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row as it is kept in the new place: leases end with the move, PostgreSQL knows no NUL in texts."""
    if table is jobs:
        row = row | {"owner": None, "leased_at": None, "lease_until": None}
    if dialect.name != "postgresql":
        return row
    return {name: storable(value) if isinstance(value, str) else value for name, value in row.items()}


def put(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows as they are."""
    if connection.dialect.name == "postgresql":
        arrays.insert(connection, table, rows)
    else:
        connection.execute(insert(table), rows)
