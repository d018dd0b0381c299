"""Ingest one run: plan, judge, land, account.

plan ──> guard ──> failed, held: nothing is written but the run
              └──> ok, incomplete: land what changed ──> ok: then what is missing
                                                     └──> incomplete: most of it could not be taken

A dry run goes the same way, and rehearses the landing (`index.ingest.rehearsal`).

A run whose portal said that nothing has changed has no records to plan for (`index.ingest.not_modified`).
"""

import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from index.ingest.account import finished, page_errors, write_account
from index.ingest.counts import PlanCounts
from index.ingest.errors import NoMapping, UnreadableInput
from index.ingest.guard import judge, reconsider
from index.ingest.landing import Landing
from index.ingest.mapper import Mapper
from index.ingest.not_modified import is_not_modified, land_not_modified
from index.ingest.plan import make_plan
from index.ingest.rehearsal import Onlooker, Rehearsal
from index.ingest.run_input import RunInput
from index.ingest.writes import AtEnd, RunWrites
from index.store import Run, Source, Store, StoreError, runs
from index.store.retry import PATIENCE


def ingest(  # noqa: PLR0913  # all but three are for callers who need them
    store: Store,
    source: Source,
    run_input: RunInput,
    *,
    now: datetime,
    mapper: Mapper | None = None,
    dry_run: bool = False,
    onlooker: Onlooker | None = None,
    spool_path: Path | None = None,
    at_end: AtEnd | None = None,
) -> Run:
    """Bring one finished fetch of a source into the store; the run says what became of it.

    The source must be in the store. `spool_path` is noted for a held run, so that it can be approved later.
    A dry run judges, maps and counts, and writes nothing; its `onlooker` is told the details, also of a run
    that would be held. Input that cannot be read, or mapped, makes a failed run.
    `at_end` is carried out in the transaction that stores a run's verdict: both are true or neither is.
    Raises StoreError, and Fenced when another run of the source took over.
    """
    statement = run_input.statement
    run = Run(
        id="",
        source=source.id,
        status="running",
        started=now,
        complete=statement.is_whole,
        requests=statement.requests,
        bytes=statement.bytes,
        seconds=statement.seconds,
        spool=str(spool_path) if spool_path and not dry_run else None,
    )
    writes = None if dry_run else RunWrites.begin(store.database, run, at_end)
    try:
        return _ingest(store, source, run_input, run, writes, mapper or Mapper.standard(), onlooker)
    except UnreadableInput as error:
        return _fail(run, writes, "unreadable-input", str(error))
    except NoMapping as error:
        return _fail(run, writes, "no-mapping", str(error))
    except BaseException as error:
        with suppress(StoreError):
            patience = 0.0 if isinstance(error, StoreError) else PATIENCE
            reason = f"{runs.INTERRUPTED} ({type(error).__name__}: {error})"
            _fail(run, writes, "interrupted", reason, patience)
        raise


def _ingest(  # what `ingest` was given
    store: Store,
    source: Source,
    run_input: RunInput,
    run: Run,
    writes: RunWrites | None,
    mapper: Mapper,
    onlooker: Onlooker | None,
) -> Run:
    begun = time.monotonic()
    statement = run_input.statement
    if is_not_modified(statement):
        return land_not_modified(store, source, run, writes)
    if statement.failed:
        verdict = judge(PlanCounts(), statement, source)
        done = finished(run, verdict, PlanCounts(), seconds=time.monotonic() - begun)
        if writes:
            write_account(writes, done, page_errors(statement))
        return done
    plan = make_plan(store.database, source, run_input, now=run.started, mapper=mapper)
    with closing(plan):
        verdict = judge(plan.counts(), statement, source)
        landing: Landing | Rehearsal
        if writes:
            landing = Landing(writes, source, plan, mapper, now=run.started)
        else:
            landing = Rehearsal(source, plan, mapper, onlooker)
        if verdict.lands:
            landing.land(run_input)
            verdict = reconsider(verdict, plan.counts(), plan.spoiled())
        if verdict.status == "ok":
            landing.leave_out()
        if verdict.removes:
            landing.remove(at_once=False)
        done = finished(run, verdict, plan.counts(), landing, seconds=time.monotonic() - begun)
        if writes:
            write_account(writes, done, chain(page_errors(statement), plan.errors()))
        elif onlooker is not None:
            if not verdict.lands:
                landing.land(run_input)  # what a person would decide on
            onlooker.planned(plan, removes=run.complete and verdict.absence_counts)
    return done


def _fail(run: Run, writes: RunWrites | None, slug: str, reason: str, patience: float = PATIENCE) -> Run:
    """End a run that could not be finished; what it wrote stays, what it called missing is forgotten."""
    failed = replace(run, status="failed", slug=slug, reason=reason, finished=run.started)
    if writes:
        writes.write(lambda connection: runs.cut_off(connection, failed), patience)
        failed.step = writes.run.step
    return failed
