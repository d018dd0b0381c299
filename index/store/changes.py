"""The change sequence: one ever-growing number, given to clusters in the transaction that changes them."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, select, update

from index.store.schema import change_counter, clusters
from index.store.upsert import upsert

COUNTER = "clusters"


def defer_links(connection: Connection) -> None:
    """Let records name clusters that `touch` makes later in this transaction."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET CONSTRAINTS fk_records_cluster_id DEFERRED")
    else:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def touch(connection: Connection, cluster_ids: Collection[str]) -> None:
    """Give each cluster the next number, making those that are new.

    A later number never becomes visible before an earlier one: SQLite has one writer, and elsewhere the
    counter's row stays locked from the update to the commit. So this is the last thing a transaction does:
    whatever came after it, everybody else would wait for, and holding the counter nobody waits for another.
    """
    if not cluster_ids:
        return
    ordered = sorted(cluster_ids)
    advance = (
        update(change_counter)
        .where(change_counter.c.name == COUNTER)
        .values(value=change_counter.c.value + len(ordered))
        .returning(change_counter.c.value)
    )
    first = connection.execute(advance).scalar_one() - len(ordered) + 1
    upsert(connection, clusters, [{"id": id_, "sequence": first + n} for n, id_ in enumerate(ordered)])


def last_sequence(connection: Connection) -> int:
    """The number given last; 0 in a new store."""
    return connection.execute(select(func.max(change_counter.c.value))).scalar() or 0


def after(connection: Connection, sequence: int, limit: int) -> Sequence[tuple[str, int]]:
    """(cluster id, number) of the changes after `sequence`, in order."""
    query = (
        select(clusters.c.id, clusters.c.sequence)
        .where(clusters.c.sequence > sequence)
        .order_by(clusters.c.sequence)
        .limit(limit)
    )
    return [(row.id, row.sequence) for row in connection.execute(query)]
