"""Apply the present mappings to what is stored as received, without a new harvest.

stored records of an older version ──> map, in processes of their own ──> what differs is written, with the
numbers of its clusters

Batch by batch, each one short transaction. Every record carries the version that made it, so what was cut off
goes on where it was, and a harvest of the same source at the same time goes first: it maps with the same
mappings, and what it has written is left alone.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy import Connection

from index.ingest.batches import portions
from index.ingest.mapper import FILTERED, Job, Mapper, Outcome
from index.ingest.workers import mapped
from index.store import Store, remapping, stamps
from index.store.codec import Encoder, decode_raw
from index.store.database import BATCH
from index.store.model import Source
from index.store.remapping import Remap, Written
from index.store.run import RunError
from index.store.write import Label
from mappings.issue import MESSAGE_LIMIT, NOT_REMAPPED, Issue

AT_ONCE = 50
"""Contents read with one question: the largest records have 16 MB each."""

FAILURES = 1_000
"""Failures listed; their number is counted whole, and each stands among the issues of its record."""


@dataclass(slots=True)
class Remapped:
    """One source's records under the present mappings, so far.

    `records` are all that can be mapped, `current` those that the present version had made before. Of the
    others `remapped` were taken, `failed` were refused and stay what they were, `filtered` are left out by
    the portal's rules, and the rest somebody else changed meanwhile. `changed` counts those that are others
    now than before.
    """

    source: str
    records: int = 0
    current: int = 0
    remapped: int = 0
    changed: int = 0
    failed: int = 0
    filtered: int = 0
    seconds: float = 0.0
    failures: list[RunError] = field(default_factory=list)


Onlooker = Callable[[Remapped], None]
"""Told after each batch; what it raises ends the remap there."""


def remap(
    store: Store,
    source: Source,
    *,
    mapper: Mapper | None = None,
    again: bool = False,
    onlooker: Onlooker = lambda remapped: None,
) -> Remapped:
    """Map the stored records of a source that an older version of the mappings made, or other rules of the
    portal; with `again` all.

    What the rules leave out now stays until the next harvest: only that has a guard, and removes. A record
    that is refused now keeps its former dataset, and the reason among its issues. What is mapped depends on
    the source's level, jurisdiction and rules as the store knows them. Raises StoreError, and NoMapping where
    one mapping process after the other dies.
    """
    mapper = mapper or Mapper.standard()
    version = None if again else mapper.version
    count = partial(remapping.counts, source=source.id, version=version, rules=source.rules_digest)
    total, wanted = store.database.reading(count)
    work = _Work(store, source, mapper, Remapped(source.id, total, total - wanted))
    begun = time.monotonic()
    jobs = _jobs(store, source, version, work.read)
    for portion, outcomes in mapped(mapper, source, wanted, portions(jobs)):
        work.write(portion, outcomes)
        work.done.seconds = time.monotonic() - begun
        onlooker(work.done)
    return work.done


@dataclass(frozen=True, slots=True)
class _Read:
    """What a record's writing goes by, beside what its mapping does."""

    mapping_version: int
    issues: bytes


class _Work:
    def __init__(self, store: Store, source: Source, mapper: Mapper, done: Remapped) -> None:
        self._store, self._source, self._mapper = store, source, mapper
        self._encoder = Encoder()
        self.read: dict[str, _Read] = {}
        self.done = done

    def write(self, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
        pairs = [(job, o) for job, o in zip(jobs, outcomes, strict=True) if o.slug != FILTERED]
        left_out = [job.id or "" for job, o in zip(jobs, outcomes, strict=True) if o.slug == FILTERED]
        for id_ in left_out:
            self.read.pop(id_)
        remaps = [self._remap(job, outcome) for job, outcome in pairs]
        labels: set[Label] = {label for outcome in outcomes for label in outcome.labels}

        def write(connection: Connection) -> Written:
            stamps.leave_to_harvest(connection, left_out, self._mapper.version)
            return remapping.write(
                connection, remaps, labels, self._mapper.version, self._source.rules_digest
            )

        written = self._store.database.transact(write)
        refused = [
            RunError(job.identifier, outcome.slug, outcome.message)
            for job, outcome in pairs
            if outcome.slug and job.id in written.ids
        ]
        self.done.failed += len(refused)
        self.done.remapped += len(written.ids) - len(refused)
        self.done.changed += written.changed
        self.done.filtered += len(left_out)
        self.done.failures += refused[: FAILURES - len(self.done.failures)]

    def _remap(self, job: Job, outcome: Outcome) -> Remap:
        id_ = job.id or ""
        read = self.read.pop(id_)
        if not outcome.slug:
            return Remap(
                id_, job.digest, read.mapping_version, outcome.title, outcome.dataset, outcome.issues
            )
        told = f"it is shown as an earlier version mapped it ({outcome.slug}: {outcome.message})"
        issues = [*remapping.without_refusal(read.issues), Issue(NOT_REMAPPED, "", told[:MESSAGE_LIMIT])]
        return Remap(id_, job.digest, read.mapping_version, "", None, self._encoder.json(issues))


def _jobs(store: Store, source: Source, version: int | None, read: dict[str, _Read]) -> Iterator[Job]:
    """Every record to be mapped, by identifier. `read` gets what else is needed of those under way."""
    position, last = 0, ""
    while names := store.database.reading(
        partial(
            remapping.page,
            source=source.id,
            version=version,
            rules=source.rules_digest,
            after=last,
            limit=BATCH,
        )
    ):
        last = names[-1][0]
        for start in range(0, len(names), AT_ONCE):
            ids = [id_ for _, id_ in names[start : start + AT_ONCE]]
            for row in store.database.reading(partial(remapping.as_received, ids=ids)):
                if not row.raw:
                    continue  # its content was given up meanwhile
                read[row.id] = _Read(row.mapping_version, row.issues)
                position += 1
                yield Job(
                    position,
                    row.id,
                    row.identifier,
                    row.schema,
                    row.source_url,
                    row.digest,
                    decode_raw(row.raw),
                    None,
                    None,
                    None,
                )
