"""Apply a plan: what it says becomes true in the store, batch by batch.

Each batch is one short transaction, with the numbers of the clusters it changes. A kill between two leaves
both halves true; the next run of the source does the rest.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from index.ingest.batches import batches
from index.ingest.chunks import chunks
from index.ingest.known import State
from index.ingest.mapper import FILTERED, Job, Mapper, Outcome
from index.ingest.plan import Plan
from index.ingest.run_input import RunInput
from index.ingest.workers import mapped
from index.ingest.writes import RunWrites
from index.store import presence, refusals, renames, stamps
from index.store.codec import Content
from index.store.model import Source
from index.store.refusals import Refusal
from index.store.write import Label, RecordWrite, Stamp, write_records

LABELS_REMEMBERED = 50_000
"""Labels not written again in one run, some 10 MB of them: most labels of a record were its neighbour's."""


@dataclass
class Landing:
    """One plan being applied. `writes` are those of the run it belongs to; `now` is when a removal happens,
    which for an approved run is later than when its records were seen."""

    writes: RunWrites
    source: Source
    plan: Plan
    mapper: Mapper
    now: datetime
    issues: Counter[str] = field(default_factory=Counter)
    deleted: int = 0
    _labelled: set[Label] = field(default_factory=set)

    def land(self, run_input: RunInput) -> None:
        """Write what came. Raises UnreadableInput, StoreError, and Fenced when another run took over."""
        for rows in batches(self.plan.in_the_way()):
            self.writes.write(
                partial(renames.park, source=self.source.id, run=int(self.writes.run.id), rows=rows)
            )
        counts = self.plan.counts()
        changed = counts.added + counts.updated + counts.renamed
        for jobs, outcomes in mapped(self.mapper, self.source, changed, chunks(self.plan, run_input)):
            self._write(jobs, outcomes)
        self._mark_the_present()
        self._release(complete=self.writes.run.complete)

    def _write(self, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
        stamp = self._stamp()
        pairs = [
            (job, outcome) for job, outcome in zip(jobs, outcomes, strict=True) if outcome.slug != FILTERED
        ]
        refused = [(job, outcome) for job, outcome in pairs if outcome.slug]
        taken = [(job, outcome) for job, outcome in pairs if not outcome.slug]
        labels = {label for _, outcome in taken for label in outcome.labels} - self._labelled
        records = [_record_write(job, outcome) for job, outcome in taken]
        kept = [_refusal(job, outcome) for job, outcome in refused]

        def write(connection: Connection) -> None:
            refusals.keep(connection, kept, stamp)
            write_records(connection, records, labels, stamp)

        self.writes.write(write)
        self.plan.refuse([(job.position, o.slug, o.message) for job, o in refused if job.trouble is None])
        self.plan.leave_out(
            [job.position for job, o in zip(jobs, outcomes, strict=True) if o.slug == FILTERED]
        )
        if len(self._labelled) > LABELS_REMEMBERED:
            self._labelled.clear()
        self._labelled.update(labels)
        for _, outcome in taken:
            self.issues.update(outcome.issue_slugs)

    def _stamp(self) -> Stamp:
        run = self.writes.run
        return Stamp(self.source.id, int(run.id), run.started, self.mapper.version, self.source.rules_digest)

    def _mark_the_present(self) -> None:
        for ids in batches(self.plan.same()):
            self.writes.write(partial(stamps.restamp, ids=ids, stamp=self._stamp()))
        for ids in batches(self.plan.revived()):
            self.writes.write(partial(presence.revive, ids=ids))
        for ids in batches(self.plan.returned()):
            self.writes.write(partial(presence.found_again, ids=ids))
        for rows in batches(self.plan.recounted()):
            self.writes.write(partial(presence.recount, rows=rows))

    def _release(self, *, complete: bool) -> None:
        for keys in batches(self.plan.resolved(complete=complete)):
            self.writes.write(partial(refusals.release, source=self.source.id, keys=keys))

    def leave_out(self) -> None:
        """Bury what the portal's rules leave out, at once: it is there, so waiting would tell nothing. Raises
        as `land`."""
        for ids in batches(self.plan.left_out()):
            self.writes.write(partial(self._mark_the_absent, newly=(), over=ids))
            self.deleted += len(ids)

    def remove(self, *, at_once: bool) -> None:
        """Mark what is missing, and bury what has been for long, or all of it at once. Raises as `land`."""
        for batch in batches(self.plan.missing()):
            newly = [id_ for id_, state in batch if state is State.PRESENT and not at_once]
            over = [id_ for id_, state in batch if state is State.OVERDUE or at_once]
            if newly or over:
                self.writes.write(partial(self._mark_the_absent, newly=newly, over=over))
                self.deleted += len(over)

    def _mark_the_absent(self, connection: Connection, newly: Sequence[str], over: Sequence[str]) -> None:
        landed = presence.last_landing(connection, self.source.id)
        presence.mark_missing(connection, newly, self.writes.run.started, landed)
        presence.bury(connection, over, self.now, landed)


def _record_write(job: Job, outcome: Outcome) -> RecordWrite:
    return RecordWrite(
        id=job.id,
        identifier=job.identifier,
        schema=job.schema,
        source_url=job.url,
        title=outcome.title,
        digest=job.digest,
        content=Content(outcome.dataset, outcome.issues, outcome.raw),
        views=job.views,
        downloads=job.downloads,
        former=job.former,
    )


def _refusal(job: Job, outcome: Outcome) -> Refusal:
    return Refusal(
        identifier=job.identifier,
        digest=job.digest,
        schema=job.schema,
        slug=outcome.slug,
        message=outcome.message,
        raw=outcome.raw,
        mapped=job.trouble is None,
    )
