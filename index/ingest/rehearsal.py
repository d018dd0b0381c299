"""What a run would do, mapped and counted like a landing, and written nowhere."""

from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from index.ingest.chunks import chunks
from index.ingest.known import State
from index.ingest.mapper import FILTERED, Job, Mapper, Outcome
from index.ingest.plan import Plan
from index.ingest.run_input import RunInput
from index.ingest.workers import mapped
from index.store.model import Source


class Onlooker(Protocol):
    """Who wants to know more of a dry run than its numbers."""

    def mapped(self, jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> None:
        """Records that would be added, updated or renamed, or were refused."""

    def planned(self, plan: Plan, *, removes: bool) -> None:
        """The whole plan, after all was mapped; `removes`: what it lacks counts as missing."""


class Rehearsal:
    """A landing (`index.ingest.landing`) without its writes."""

    def __init__(self, source: Source, plan: Plan, mapper: Mapper, onlooker: Onlooker | None) -> None:
        self._source, self._plan, self._mapper = source, plan, mapper
        self._onlooker = onlooker
        self.issues: Counter[str] = Counter()
        self.deleted = 0

    def land(self, run_input: RunInput) -> None:
        """Map what came, so that what would be refused is known. Raises UnreadableInput, NoMapping."""
        counts = self._plan.counts()
        changed = counts.added + counts.updated + counts.renamed
        for jobs, outcomes in mapped(self._mapper, self._source, changed, chunks(self._plan, run_input)):
            pairs = list(zip(jobs, outcomes, strict=True))
            refused = [
                (job.position, o.slug, o.message)
                for job, o in pairs
                if o.slug and o.slug != FILTERED and job.trouble is None
            ]
            self._plan.refuse(refused)
            self._plan.leave_out([job.position for job, o in pairs if o.slug == FILTERED])
            for _, outcome in pairs:
                self.issues.update(outcome.issue_slugs)
            if self._onlooker is not None:
                self._onlooker.mapped(jobs, outcomes)

    def leave_out(self) -> None:
        """Count what the portal's rules would remove."""
        self.deleted += sum(1 for _ in self._plan.left_out())

    def remove(self, *, at_once: bool) -> None:
        """Count what would be removed."""
        gone = (at_once or state is State.OVERDUE for _, state in self._plan.missing())
        self.deleted += sum(gone)
