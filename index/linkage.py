"""Which records are copies of one dataset. A cluster is the unit of the index and of the change sequence.

At present every record stays in the cluster it starts in, its own; whatever joins clusters does it here, and
everything that reads the store already asks for clusters.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.store.model import StoredRecord


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a cluster, and why it belongs there: reason and score are None for the canonical one."""

    id: str
    source: str
    reason: str | None = None
    score: float | None = None


def canonical(records: Sequence[StoredRecord]) -> StoredRecord:
    """The record that stands for its cluster: the one first seen, by id among those of one moment."""
    return min(records, key=lambda record: (record.first_seen, record.id))


def members(records: Sequence[StoredRecord]) -> list[Member]:
    """The members of a cluster, the canonical one first."""
    first = canonical(records)
    ordered = sorted(records, key=lambda record: (record.id != first.id, record.id))
    return [Member(record.id, record.source) for record in ordered]
