"""Clusters whose document the engine would not take: kept with the reason until they are taken."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, delete, select

from index.engines.protocol import Refused
from index.store.schema import index_refusals
from index.store.texts import storable
from index.store.upsert import upsert


def note(connection: Connection, refused: Sequence[Refused], taken: Collection[str]) -> None:
    """Forget the refusals of the clusters `taken`, then keep the new ones."""
    if taken:
        connection.execute(delete(index_refusals).where(index_refusals.c.cluster.in_(taken)))
    rows = [{"cluster": one.id, "sequence": one.sequence, "reason": storable(one.reason)} for one in refused]
    upsert(connection, index_refusals, rows)


def every(connection: Connection, limit: int | None) -> list[Refused]:
    """All of them, by cluster."""
    query = select(index_refusals).order_by(index_refusals.c.cluster).limit(limit)
    return [Refused(row.cluster, row.sequence, row.reason) for row in connection.execute(query)]
