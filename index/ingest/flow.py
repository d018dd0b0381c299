"""Ingest one run: plan, judge, land, account.

plan ──> guard ──> failed, held: nothing is written but the run
              └──> ok, incomplete: land what changed, then (ok only) what is missing
"""

import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from index.ingest.account import finished, page_errors, write_account
from index.ingest.counts import PlanCounts
from index.ingest.errors import UnreadableInput
from index.ingest.guard import judge
from index.ingest.landing import Landing
from index.ingest.mapper import Mapper
from index.ingest.plan import make_plan
from index.ingest.run_input import RunInput
from index.store import Run, Source, Store, StoreError, runs


def ingest(
    store: Store,
    source: Source,
    run_input: RunInput,
    *,
    now: datetime,
    mapper: Mapper | None = None,
    dry_run: bool = False,
    spool_path: Path | None = None,
) -> Run:
    """Bring one finished fetch of a source into the store; the run says what became of it.

    The source must be in the store. `spool_path` is noted for a held run, so that it can be approved later.
    A dry run judges and counts, and writes nothing. Input that cannot be read makes a failed run.
    Raises StoreError, and Fenced when another run of the source took over.
    """
    statement = run_input.statement
    run = Run(
        id="",
        source=source.id,
        status="running",
        started=now,
        complete=statement.complete and not statement.failed,
        requests=statement.requests,
        bytes=statement.bytes,
        seconds=statement.seconds,
        spool=str(spool_path) if spool_path and not dry_run else None,
    )
    if not dry_run:
        with store.database.write() as connection:
            run.id = runs.begin(connection, run)
    try:
        return _ingest(store, source, run_input, run, mapper or Mapper.standard())
    except UnreadableInput as error:
        return fail(store, run, "unreadable-input", str(error))
    except BaseException as error:
        with suppress(StoreError):
            fail(store, run, "interrupted", f"{runs.INTERRUPTED} ({type(error).__name__}: {error})")
        raise


def _ingest(store: Store, source: Source, run_input: RunInput, run: Run, mapper: Mapper) -> Run:
    begun = time.monotonic()
    statement = run_input.statement
    if statement.failed:
        verdict = judge(PlanCounts(), statement, source)
        done = finished(run, verdict, PlanCounts(), seconds=time.monotonic() - begun)
        if run.id:
            write_account(store.database, run, done, page_errors(statement))
        return done
    plan = make_plan(store.database, source, run_input, now=run.started, mapping_version=mapper.version)
    with closing(plan):
        verdict = judge(plan.counts(), statement, source)
        landing = Landing(store.database, source, run, plan, mapper, now=run.started)
        if verdict.lands and run.id:
            landing.land(run_input, "after-grace" if verdict.removes else "never")
        done = finished(run, verdict, plan.counts(), landing, seconds=time.monotonic() - begun)
        if run.id:
            write_account(store.database, run, done, chain(page_errors(statement), plan.errors()))
    return done


def fail(store: Store, run: Run, slug: str, reason: str) -> Run:
    """End a run that could not be finished; what it wrote stays, what it called missing is forgotten."""
    failed = replace(run, status="failed", slug=slug, reason=reason, finished=run.started)
    if run.id:
        with store.database.write() as connection:
            runs.hold_on(connection, run)
            runs.cut_off(connection, failed)
    return failed
