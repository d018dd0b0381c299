"""The account of a run: every number, every record it could not take, and what it means for held runs."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from index.ingest.chunks import batches
from index.ingest.counts import PlanCounts
from index.ingest.guard import Verdict
from index.ingest.landing import Landing
from index.store import Run, RunError, runs
from index.store.database import Database
from index.store.schema import COUNTERS
from mappings.source_record import RunStatement


def finished(
    run: Run, verdict: Verdict, counts: PlanCounts, landing: Landing | None = None, *, seconds: float
) -> Run:
    """The run as it ended. Records count as missing only where the verdict lets absence mean something."""
    numbers = {name: getattr(counts, name) for name in COUNTERS if name != "deleted"}
    if not verdict.absence_counts:
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
        landed_at=run.started if verdict.status == "ok" else None,
        spool=run.spool if verdict.status == "held" else None,
    )


def write_account(database: Database, before: Run, after: Run, errors: Iterable[RunError]) -> None:
    """Store how a run ended. `before` is the run as the store has it, by which it is fenced.

    A run that passed takes the decision off earlier held ones. Raises StoreError and Fenced.
    """
    position = 0
    for batch in batches(errors):
        with database.write() as connection:
            runs.hold_on(connection, before)
            runs.add_errors(connection, after.id, position, batch)
        position += len(batch)
    with database.write() as connection:
        runs.hold_on(connection, before)
        runs.save(connection, after)
        if after.status == "ok":
            runs.overtake(connection, after)


def page_errors(statement: RunStatement) -> Iterator[RunError]:
    """The pages that could not be fetched or read."""
    return (RunError(None, page.slug, f"{page.url}: {page.message}") for page in statement.failures)
