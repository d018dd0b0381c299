"""The account of a run: every number, every record it could not take, and what it means for held runs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from index.ingest.batches import batches
from index.ingest.counts import PlanCounts
from index.ingest.guard import Verdict
from index.ingest.landing import Landing
from index.ingest.rehearsal import Rehearsal
from index.ingest.writes import AtEnd, RunWrites
from index.store import Run, RunError, runs
from index.store.schema import COUNTERS
from mappings.source_record import RunStatement


def finished(
    run: Run,
    verdict: Verdict,
    counts: PlanCounts,
    landing: Landing | Rehearsal | None = None,
    *,
    seconds: float,
) -> Run:
    """The run as it ended. Records count as missing only where it was complete and the verdict lets absence
    mean something."""
    numbers = {name: getattr(counts, name) for name in COUNTERS if name != "deleted"}
    if not (run.complete and verdict.absence_counts):
        numbers["missing"] = 0
    return replace(
        run,
        status=verdict.status,
        slug=verdict.slug,
        reason=verdict.reason,
        **numbers,
        deleted=landing.deleted if landing else 0,
        issues=dict(sorted(landing.issues.items())) if landing else {},
        seconds=run.seconds + seconds,
        finished=run.started + timedelta(seconds=seconds),
        landed_at=run.started if verdict.status == "ok" and run.complete else None,
        spool=run.spool if verdict.status == "held" else None,
    )


def write_account(writes: RunWrites, after: Run, errors: Iterable[RunError]) -> None:
    """Store how a run ended. A run that passed takes the decision off earlier held ones. Raises StoreError
    and Fenced."""
    position = 0
    for batch in batches(errors):
        writes.write(partial(runs.add_errors, run_id=after.id, first=position, errors=batch))
        position += len(batch)
    writes.write(partial(_end, run=after, at_end=writes.at_end))
    after.step = writes.run.step


def _end(connection: Connection, run: Run, at_end: AtEnd | None) -> None:
    runs.save(connection, run)
    if run.status == "ok":
        runs.overtake(connection, run)
    if at_end is not None:
        at_end(connection, run)


def page_errors(statement: RunStatement) -> Iterator[RunError]:
    """The pages that could not be fetched or read."""
    return (RunError(None, page.slug, f"{page.url}: {page.message}") for page in statement.failures)
