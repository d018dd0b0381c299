"""Harvest by command: fetch each portal in a child process, land what it spooled, then index and publish.

As many children fetch at once as have room; the parent alone writes the store, one run after the other. Each
source is harvested under its lease, so that commands and workers are never at the same source.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager, suppress

from harvesters.leash import CalledBack
from harvesters.portal import Portal
from hubsearch.hub import Hub
from hubsearch.secrets import provide
from hubsearch.work.due import job_of
from hubsearch.work.lanes import Lane, Lanes, fetches_by_memory
from hubsearch.work.source_job import SourceJob, Watcher, not_run
from index.store import Run, StoreError
from index.store.errors import Fenced


def harvest(
    hub: Hub, portals: Sequence[Portal], watcher: Watcher, *, dry_run: bool = False, full: bool = False
) -> list[Run]:
    """Harvest these portals; one Run each, in the order given. A portal's failure is its own run's status,
    and so is a harvest of it by somebody else. `full` reads also what has not changed. Those that failed the
    last time are asked last."""
    provide(hub.settings, os.environ)
    runs: dict[str, Run] = {}
    lanes = Lanes(hub.settings.fetches or fetches_by_memory())
    failed = {job.name for job in hub.store.jobs.every() if job.attempts}
    in_order = sorted(portals, key=lambda portal: job_of(portal.id) in failed)
    with ThreadPoolExecutor(max_workers=lanes.total, thread_name_prefix="fetch") as pool:
        fetches = [pool.submit(_fetch, hub, portal, watcher, lanes, full=full) for portal in in_order]
        with ExitStack() as unless_whole:
            unless_whole.callback(hub.leases.call_back, "the harvest was ended")
            unless_whole.callback(pool.shutdown, wait=False, cancel_futures=True)
            for done in as_completed(fetches):
                fetched = done.result()
                run = _land(fetched, dry_run=dry_run) if isinstance(fetched, SourceJob) else fetched
                runs[run.source] = run
                watcher.landed(run)
            unless_whole.pop_all()
    if not dry_run:
        hub.catch_up(watcher.said)
    return [runs[portal.id] for portal in portals]


def worst(runs: Iterable[Run]) -> int:
    """The exit status of a harvest: 0 all ok, 3 a source failed or is incomplete, 4 a run is held."""
    statuses = {run.status for run in runs}
    if "held" in statuses:
        return 4
    return 3 if statuses & {"failed", "incomplete"} else 0


def _fetch(hub: Hub, portal: Portal, watcher: Watcher, lanes: Lanes, *, full: bool) -> SourceJob | Run:
    """A job whose spool is there; or the run that says why there is none."""
    with lanes.place() as lane:
        return _fetch_now(hub, portal, watcher, lane, full=full)


def _fetch_now(hub: Hub, portal: Portal, watcher: Watcher, lane: Lane, *, full: bool) -> SourceJob | Run:
    held = hub.leases.take(job_of(portal.id))
    if held is None:
        holder = hub.leases.holder(job_of(portal.id)) or "another process"
        reason = f"{portal.id} is being harvested by {holder}; wait for that run (hubsearch jobs shows it)"
        return not_run(portal, hub.settings.now(), "busy", reason)
    held.leash.onlooker = lane.look
    job = SourceJob(hub, portal, held, full)
    try:
        with _given_back_on_trouble(job):
            job.fetch(watcher)
    except CalledBack as error:
        return _stopped(job, error)
    except OSError as error:  # the disk is full or cannot be written: nothing of the source is touched
        reason = f"what {portal.id} sends cannot be kept ({error.strerror or error}); make room on the disk"
        return not_run(portal, job.begun, "no-room", reason)
    return job


def _land(job: SourceJob, *, dry_run: bool) -> Run:
    try:
        with _given_back_on_trouble(job):
            run = job.land(dry_run=dry_run)
    except (CalledBack, Fenced) as error:  # another process took over; the other sources are none the worse
        return _stopped(job, error)
    if dry_run:
        job.give_up()
    else:
        job.finish(run)
    return run


@contextmanager
def _given_back_on_trouble(job: SourceJob) -> Iterator[None]:
    with ExitStack() as on_trouble:
        on_trouble.callback(_give_up, job)
        yield
        on_trouble.pop_all()


def _give_up(job: SourceJob) -> None:
    with suppress(StoreError):  # then its lease runs out
        job.give_up()


def _stopped(job: SourceJob, error: Exception) -> Run:
    return not_run(job.portal, job.begun, "fenced", f"the harvest of {job.portal.id} stopped: {error}")
