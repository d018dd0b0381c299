"""An operator's answer to a held run."""

import time
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import chain

from index.ingest.account import finished, page_errors, write_account
from index.ingest.errors import IngestError
from index.ingest.guard import Verdict
from index.ingest.landing import Landing
from index.ingest.mapper import Mapper
from index.ingest.plan import make_plan
from index.ingest.run_input import RunInput
from index.ingest.writes import RunWrites
from index.store import Run, Source, Store, runs


def approve(
    store: Store, run_id: str, run_input: RunInput, *, now: datetime, mapper: Mapper | None = None
) -> Run:
    """Land a held run whole, planned anew against what is stored now.

    What a complete run lacks becomes a tombstone at once: the operator's word stands for the second run. One
    that was not complete stays so, and removes nothing. Cut off, a run stays held and can be approved again.
    Raises IngestError when the run does not wait for a decision.
    """
    run, source = held_run(store, run_id)
    mapper = mapper or Mapper.standard()
    begun = time.monotonic()
    writes = RunWrites(store.database, run)
    writes.write(lambda connection: runs.forget_errors(connection, run))
    plan = make_plan(store.database, source, run_input, now=now, mapper=mapper)
    with closing(plan):
        landing = Landing(writes, source, plan, mapper, now=now)
        landing.land(run_input)
        if run.complete:
            landing.leave_out()
            landing.remove(at_once=True)
        verdict = Verdict("ok" if run.complete else "incomplete", run.slug, run.reason, removes=run.complete)
        done = finished(run, verdict, plan.counts(), landing, seconds=time.monotonic() - begun)
        done = replace(done, decision="approved", finished=now, spool=run.spool)
        write_account(writes, done, chain(page_errors(run_input.statement), plan.errors()))
    return done


def reject(store: Store, run_id: str, *, now: datetime) -> Run:
    """Drop a held run. Raises IngestError when the run does not wait for a decision."""
    run, _ = held_run(store, run_id)
    done = replace(run, decision="rejected", finished=now)
    writes = RunWrites(store.database, run)
    writes.write(lambda connection: runs.save(connection, done))
    done.step = run.step
    return done


def held_run(store: Store, run_id: str) -> tuple[Run, Source]:
    """The run that waits for a decision, and its source. Raises IngestError when it does not wait."""
    run = store.run(run_id)
    if run is None:
        raise IngestError(f"there is no run {run_id}; `hubsearch runs` lists them")
    if run.status != "held" or run.decision is not None:
        state = f"{run.status}, {run.decision}" if run.decision else run.status
        raise IngestError(f"run {run_id} does not wait for a decision (it is {state}); only a held run does")
    source = store.source(run.source)
    if source is None:
        raise IngestError(f"run {run_id} is of {run.source}, which is no longer a source")
    return run, source
