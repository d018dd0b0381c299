"""Due harvests, as many at a time as have room, each in a thread with a fetching child process."""

import time
from collections import deque
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress

from harvesters.leash import CalledBack
from harvesters.portal import Portal
from hubsearch.hub import Hub
from hubsearch.work.landing_order import LandingOrder
from hubsearch.work.lanes import Lanes
from hubsearch.work.source_job import SourceJob, Watcher, not_run
from index.store import Run, StoreError
from index.store.errors import Fenced, StoreAway

REMEMBERED = 1_000
"""Runs a worker that goes on for ever can tell about at its end."""

LOOK_SECONDS = 0.1
"""Between two looks whether there is room for one more."""

AWAY_SECONDS = 1.0
"""Between two attempts to land a spool while the store is away; each has the ingest's own patience."""


class Harvests:
    """Claims due jobs and carries them out. Used by one thread; `runs` are what came of them."""

    def __init__(self, hub: Hub, number: int, watcher: Watcher, *, remember: int | None = REMEMBERED) -> None:
        self._hub = hub
        self._lanes = Lanes(number)
        self._watcher = watcher
        self._pool = ThreadPoolExecutor(max_workers=number, thread_name_prefix="harvest")
        self._landings = LandingOrder()
        self._active: dict[Future[Run], SourceJob] = {}
        self._unfinished: deque[tuple[SourceJob, Run]] = deque()
        self.runs: deque[Run] = deque(maxlen=remember)

    def busy(self) -> bool:
        """Whether a harvest is under way."""
        return bool(self._active)

    def start(self, portals: Mapping[str, Portal]) -> int:
        """Begin harvests that are due, as many as there is room for; how many. Raises StoreError."""
        self._finish()
        started = 0
        while len(self._active) < self._lanes.total and self._lanes.has_room():
            held = self._hub.leases.claim(self._claimable(portals), self._hub.settings.now())
            if held is None:
                break
            job = SourceJob(self._hub, portals[held.name], held)
            attempt = f", attempt {held.lease.attempts}" if held.lease.attempts > 1 else ""
            self._watcher.said(f"{job.portal.id}: begins (lease {held.lease.token}{attempt})")
            self._active[self._pool.submit(self._carry_out, job)] = job
            started += 1
        return started

    def _claimable(self, portals: Mapping[str, Portal]) -> list[str]:
        """All jobs; without those that failed the last time where enough of these are under way."""
        troubled = sum(job.held.lease.attempts > 1 for job in self._active.values())
        if troubled < self._lanes.troubled:
            return list(portals)
        failed = {job.name for job in self._hub.store.jobs.every() if job.attempts}
        return [name for name in portals if name not in failed]

    def settle(self, seconds: float) -> None:
        """Wait up to so long for one of them to end or to make room, and give back what has ended."""
        deadline = time.monotonic() + seconds
        full = not self._lanes.has_room()
        done: set[Future[Run]] = set()
        while (
            not done and (left := deadline - time.monotonic()) > 0 and not (full and self._lanes.has_room())
        ):
            done, _ = wait(self._active, timeout=min(left, LOOK_SECONDS), return_when=FIRST_COMPLETED)
        for future in done:
            self._settle(self._active.pop(future), future)

    def call_back(self, reason: str) -> None:
        """End what is under way: fetches at once, landings after the batch they are at."""
        for job in self._active.values():
            job.held.call_back(reason)

    def close(self) -> None:
        """No more; what is under way was settled or is left to its lease's end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _carry_out(self, job: SourceJob) -> Run:
        """In a thread of its own."""
        with self._lanes.place() as lane:
            job.held.leash.onlooker = lane.look
            job.fetch(self._watcher)
        while True:
            try:
                return job.land(self._landings)
            except StoreAway as error:
                self._watcher.said(f"{job.portal.id}: waits with what it fetched: {error}")
                time.sleep(AWAY_SECONDS)
                job.held.check()

    def _settle(self, job: SourceJob, future: Future[Run]) -> None:
        error = future.exception()
        if error is None:
            run = future.result()
        elif isinstance(error, CalledBack | Fenced):
            self._watcher.said(f"{job.portal.id}: stopped, to be done again: {error}")
            with suppress(StoreError):
                job.give_up()
            return
        else:
            # Whatever it was, the other sources are none the worse, and this one is tried again later.
            run = not_run(job.portal, job.begun, "crashed", f"{type(error).__name__}: {error}")
        self.runs.append(run)
        self._watcher.landed(run)
        self._unfinished.append((job, run))
        with suppress(StoreError):  # it is away, or its disk is full: tried again at the next look
            self._finish()

    def _finish(self) -> None:
        """Write down what came of those that have ended, and when they are due again. Raises StoreError."""
        while self._unfinished:
            job, run = self._unfinished[0]
            job.finish(run)
            self._unfinished.popleft()
