"""A run whose portal said that nothing has changed: all that the last run read counts as unchanged.

What was missing then is missing now, so a record whose grace is over becomes a tombstone, as it would after
the same document read again.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from sqlalchemy import Connection

from index.ingest.account import finished, write_account
from index.ingest.counts import PlanCounts
from index.ingest.guard import Verdict
from index.ingest.known import State, absent_rows
from index.ingest.writes import RunWrites
from index.store import Run, Source, Store, presence, runs, validators
from index.store.database import BATCH
from mappings.source_record import NOT_MODIFIED, RunStatement


def is_not_modified(statement: RunStatement) -> bool:
    """Whether the portal was asked for changes and said that there are none."""
    return statement.complete and not statement.failed and statement.slug == NOT_MODIFIED


def land_not_modified(store: Store, source: Source, run: Run, writes: RunWrites | None) -> Run:
    """Account for a run without records by the one that read the document. Raises StoreError, Fenced."""
    begun = time.monotonic()
    before = store.database.reading(lambda connection: _run_that_read(connection, source.id))
    if before is None:
        done = finished(run, Verdict("failed", NOT_MODIFIED, _NOTHING), PlanCounts(), seconds=0.0)
        if writes:
            write_account(writes, done, ())
        return done
    absent = store.database.reading(lambda connection: list(absent_rows(connection, source, run.started)))
    over = [id_ for id_, state in absent if state is State.OVERDUE]
    counts = replace(_all_unchanged(before), missing=len(absent))
    counts.check()
    verdict = Verdict("ok", NOT_MODIFIED, f"{_SAID} since run {before.id}", removes=True)
    done = finished(run, verdict, counts, seconds=time.monotonic() - begun)
    done = replace(done, deleted=len(over))
    if writes:
        _remove(writes, source, over)
        writes.write(partial(runs.copy_errors, of=before.id, to=run.id))
        write_account(writes, done, ())
    return done


def _run_that_read(connection: Connection, source: str) -> Run | None:
    number = validators.run_of(connection, source)
    return None if number is None else runs.get(connection, number)


def _all_unchanged(before: Run) -> PlanCounts:
    return PlanCounts(
        fetched=before.fetched,
        unchanged=before.added + before.updated + before.unchanged + before.renamed,
        duplicate=before.duplicate,
        filtered=before.filtered,
        quarantined=before.quarantined,
    )


def _remove(writes: RunWrites, source: Source, over: Sequence[str]) -> None:
    for start in range(0, len(over), BATCH):
        ids = over[start : start + BATCH]
        writes.write(partial(_bury, source=source.id, ids=ids, run=writes.run))


def _bury(connection: Connection, source: str, ids: Sequence[str], run: Run) -> None:
    presence.bury(connection, ids, run.started, presence.last_landing(connection, source))


_SAID = "the portal answered that nothing has changed"
_NOTHING = f"{_SAID}, but there is no run it could mean; harvest again with --full"
