"""Harvest by command: fetch each portal in a child process, land what it spooled, then index and publish.

As many children fetch at once as have room; runs land one at a time, in this process. Each source is
harvested under its lease, so that commands and workers are never at the same source.
"""

import os
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field

from harvesters.leash import CalledBack
from harvesters.portal import Portal
from hubsearch.hub import Hub
from hubsearch.secrets import provide
from hubsearch.work.due import job_of
from hubsearch.work.landing_order import LandingOrder
from hubsearch.work.lanes import Lane, Lanes, fetches_by_memory
from hubsearch.work.source_job import SourceJob, Watcher, not_run
from index.engines.protocol import EngineError
from index.ingest.rehearsal import Onlooker
from index.store import Run, StoreError
from index.store.errors import Fenced

FOLLOW_SECONDS = 30.0
"""After which what has landed is brought to the index although other portals are still being fetched: one
that hangs takes its whole budget, an hour unless its entry says otherwise."""


def harvest(
    hub: Hub,
    portals: Sequence[Portal],
    watcher: Watcher,
    *,
    dry_run: bool = False,
    full: bool = False,
    onlooker: Onlooker | None = None,
) -> list[Run]:
    """Harvest these portals; one Run each, in the order given. A portal's failure is its own run's status,
    and so is a harvest of it by somebody else. `full` reads also what has not changed. Those that failed the
    last time are asked last. The `onlooker` is told the details of a dry run."""
    provide(hub.settings, os.environ)
    runs: dict[str, Run] = {}
    order = _Order(hub, watcher, dry_run, full, onlooker)
    failed = {job.name for job in hub.store.jobs.every() if job.attempts}
    in_turn = sorted(portals, key=lambda portal: job_of(portal.id) in failed)
    with ThreadPoolExecutor(max_workers=order.lanes.total, thread_name_prefix="harvest") as pool:
        harvests = [pool.submit(order.carry_out, portal) for portal in in_turn]
        with ExitStack() as unless_whole:
            unless_whole.callback(pool.shutdown, wait=False, cancel_futures=True)
            unless_whole.callback(order.end)
            for run in _as_they_land(hub, watcher, harvests, follow=not dry_run):
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


def _as_they_land(
    hub: Hub, watcher: Watcher, harvests: Sequence[Future[Run]], *, follow: bool
) -> Iterator[Run]:
    """Each run as it ends; the index follows meanwhile, so that nobody's datasets wait for the slowest."""
    under_way = set(harvests)
    followed, landed = time.monotonic(), False
    while under_way:
        done, under_way = wait(under_way, timeout=FOLLOW_SECONDS, return_when=FIRST_COMPLETED)
        for future in done:
            yield future.result()
            landed = True
        if follow and landed and under_way and time.monotonic() - followed > FOLLOW_SECONDS:
            with suppress(EngineError):  # the end of the harvest tries again, and says what is wrong
                hub.follow(watcher.said)
            followed, landed = time.monotonic(), False


@dataclass(frozen=True, slots=True)
class _Order:
    """What was ordered, and what the threads that carry it out share."""

    hub: Hub
    watcher: Watcher
    dry_run: bool
    full: bool
    onlooker: Onlooker | None
    lanes: Lanes = field(init=False)
    landings: LandingOrder = field(default_factory=LandingOrder)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lanes", Lanes(self.hub.settings.fetches or fetches_by_memory()))

    def end(self) -> None:
        """Begin nothing more; what is under way ends after the batch it is at."""
        self.ended.set()
        self.hub.leases.call_back("the harvest was ended")

    def carry_out(self, portal: Portal) -> Run:
        """Fetch and land one portal; the run says what became of it."""
        with self.lanes.place() as lane:
            fetched = self._fetch(portal, lane)
        return self._land(fetched) if isinstance(fetched, SourceJob) else fetched

    def _fetch(self, portal: Portal, lane: Lane) -> SourceJob | Run:
        """A job whose spool is there; or the run that says why there is none."""
        if self.ended.is_set():
            raise CalledBack("the harvest was ended")
        held = self.hub.leases.take(job_of(portal.id))
        if held is None:
            holder = self.hub.leases.holder(job_of(portal.id)) or "another process"
            reason = (
                f"{portal.id} is being harvested by {holder}; wait for that run (hubsearch jobs shows it)"
            )
            return not_run(portal, self.hub.settings.now(), "busy", reason)
        held.leash.onlooker = lane.look
        job = SourceJob(self.hub, portal, held, self.full)
        try:
            with _given_back_on_trouble(job):
                job.fetch(self.watcher)
        except CalledBack as error:
            return _stopped(job, error)
        except OSError as error:  # the disk is full or cannot be written: nothing of the source is touched
            reason = (
                f"what {portal.id} sends cannot be kept ({error.strerror or error}); make room on the disk"
            )
            return not_run(portal, job.begun, "no-room", reason)
        return job

    def _land(self, job: SourceJob) -> Run:
        try:
            with _given_back_on_trouble(job):
                run = job.land(self.landings, dry_run=self.dry_run, onlooker=self.onlooker)
        except (
            CalledBack,
            Fenced,
        ) as error:  # another process took over; the other sources are none the worse
            return _stopped(job, error)
        if self.dry_run:
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
