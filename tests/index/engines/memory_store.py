"""A record store in memory: what following needs, with changes made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.engines.protocol import Refused
from index.store.model import Change, Source, StoredRecord
from tests.index.catalogue import records, sources


@dataclass
class MemoryStore:
    """Clusters of one record each, in the order of their last change."""

    live: dict[str, StoredRecord] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    sequence: int = 0
    refused: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of_sample(cls, size: int) -> "MemoryStore":
        store = cls()
        for record in records()[:size]:
            store.put(record)
        return store

    def put(self, record: StoredRecord) -> None:
        """Add or change a record."""
        self.live[record.cluster_id] = record
        self._touch(record.cluster_id)

    def retitle(self, cluster_id: str, title: str) -> None:
        """Change a record's title."""
        record = self.live[cluster_id]
        self.put(replace(record, dataset=replace(record.dataset, title=title)))

    def delete(self, cluster_id: str) -> None:
        """Remove a record; its cluster stays in the sequence."""
        del self.live[cluster_id]
        self._touch(cluster_id)

    def sources(self) -> list[Source]:
        return list(sources().values())

    def last_sequence(self) -> int:
        return self.sequence

    def changes_after(self, sequence: int, limit: int) -> list[Change]:
        later = sorted((number, key) for key, number in self.numbers.items() if number > sequence)
        return [
            Change(key, number, [self.live[key]] if key in self.live else []) for number, key in later[:limit]
        ]

    def note_refused(self, refused: Sequence[Refused], taken: Sequence[str]) -> None:
        for cluster_id in taken:
            self.refused.pop(cluster_id, None)
        self.refused.update((one.id, one.reason) for one in refused)

    def _touch(self, cluster_id: str) -> None:
        self.sequence += 1
        self.numbers[cluster_id] = self.sequence
