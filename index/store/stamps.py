"""Under which mappings and rules records stand, read and noted without touching their content."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from index.store.schema import contents, records
from index.store.write import Stamp


def mapped(connection: Connection, ids: Sequence[str]) -> Sequence[Any]:
    """(id, dataset, issues) of these records, as they are stored."""
    query = select(contents.c.record, contents.c.dataset, contents.c.issues)
    return connection.execute(query.where(contents.c.record.in_(ids))).all()


def restamp(connection: Connection, ids: Sequence[str], stamp: Stamp) -> None:
    """Note that these records come out the same under the mappings and rules of the stamp. Moves no
    sequence."""
    now = {"mapping_version": stamp.mapping_version, "rules": stamp.rules}
    connection.execute(update(records).where(records.c.id.in_(ids)).values(now))


def leave_to_harvest(connection: Connection, ids: Sequence[str], version: int) -> None:
    """Note that the portal's rules leave these records out: only a harvest removes, and it will look at them
    again, since they stand under no rules that it knows."""
    now = {"mapping_version": version, "rules": _UNDECIDED}
    connection.execute(update(records).where(records.c.id.in_(ids)).values(now))


_UNDECIDED = "?"
