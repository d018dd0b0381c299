"""What tells one state of a record from another, read without its content."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from index.store.database import BATCH
from index.store.schema import clusters, records


class RecordVersion(NamedTuple):
    """While all of it is the same, so is the record's content and what its feed entry is called.

    `sequence` is the last number of its cluster, which moves with every change; the others tell states apart
    that have the same number, in a store that was restored.
    """

    source: str
    sequence: int
    digest: str
    mapping_version: int
    identifier: str
    feed_identifier: str | None


def of_live(connection: Connection, ids: Sequence[str]) -> dict[str, RecordVersion]:
    """The versions of the live records among these ids, in the ids' order."""
    columns = (
        records.c.id,
        records.c.source,
        clusters.c.sequence,
        records.c.digest,
        records.c.mapping_version,
        records.c.identifier,
        records.c.feed_identifier,
    )
    joined = select(*columns).join_from(records, clusters, clusters.c.id == records.c.cluster_id)
    found: dict[str, RecordVersion] = {}
    for start in range(0, len(ids), BATCH):
        wanted = records.c.id.in_(ids[start : start + BATCH]), records.c.deleted_at.is_(None)
        found.update((id_, RecordVersion(*rest)) for id_, *rest in connection.execute(joined.where(*wanted)))
    return {id_: found[id_] for id_ in ids if id_ in found}
