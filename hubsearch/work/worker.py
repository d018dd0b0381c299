"""A worker: takes due harvests, lets the index follow, publishes the feeds, until it is told to stop.

Any number of workers share a store on PostgreSQL; whoever dies, the others take its jobs over when its leases
end. A store on SQLite takes one: it has one writer, and the index beside it is on this machine alone.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from harvesters.leash import CalledBack
from hubsearch.hub import Hub
from hubsearch.secrets import provide
from hubsearch.settings import SettingsError
from hubsearch.work.attendants import Attendant, following, publishing, purging, remapping
from hubsearch.work.errors import WorkerRefused
from hubsearch.work.harvests import REMEMBERED, Harvests
from hubsearch.work.held import Held
from hubsearch.work.outages import Outages
from hubsearch.work.portals_watch import PortalsWatch, plan
from hubsearch.work.source_job import Watcher
from hubsearch.work.stopping import Stop
from index.store import Run
from index.store.errors import StoreError

WORKER = "worker"
"""The job that is to be the one worker of a store on SQLite."""

TICK_SECONDS = 1.0
"""Between two looks at what is due, at the portals file, and for dead neighbours."""

LONGEST_PAUSE = 10.0
"""Between two looks while the store is away."""

LAST_WORDS_SECONDS = 10.0
"""For the batch and the commit that are under way when the grace is over."""


@dataclass(frozen=True, slots=True)
class Order:
    """How to work: `harvests` at a time, `once` for what is due now; `grace` are the seconds that what is
    under way gets when the worker is told to stop."""

    harvests: int
    once: bool
    grace: float


class Worker:
    """One worker over an open hub. `watcher` is told what it does, `stop` says when to end."""

    def __init__(self, hub: Hub, order: Order, watcher: Watcher, stop: Stop) -> None:
        """Raises PortalsFileError for a portals file that cannot be used."""
        self._hub, self._order, self._watcher, self._stop = hub, order, watcher, stop
        self._watch = PortalsWatch(hub.settings.portals, watcher.said)
        self._planned = False
        self._outages = Outages(watcher.said)
        self._harvests = Harvests(hub, order.harvests, watcher, remember=None if order.once else REMEMBERED)
        self._attendants = [
            Attendant("index", following(hub, watcher.said), stop, self._outages),
            Attendant("feeds", publishing(hub, watcher.said), stop, self._outages),
            Attendant("tombstones", purging(hub, watcher.said), stop, self._outages),
            Attendant("mappings", remapping(hub, watcher.said, stop), stop, self._outages),
        ]

    def work(self) -> list[Run]:
        """Work until told to stop, or until nothing is due any more; the runs that were made.

        Raises WorkerRefused when the store takes one worker and another one has it, and StoreError when it is
        away, for a worker that works once.
        """
        provide(self._hub.settings, os.environ)
        with self._alone_on_sqlite() as alone:
            for attendant in self._attendants:
                attendant.start()
            try:
                self._until_told(alone)
            finally:
                self._stop.say()
                self._drain()
            if self._order.once:
                self._hub.catch_up(self._watcher.said)
        return list(self._harvests.runs)

    def _until_told(self, alone: Held | None) -> None:
        failures = 0
        while not self._stop.wanted():
            pause = TICK_SECONDS
            try:
                if not self._take_what_is_due(alone) and self._order.once and not self._harvests.busy():
                    return
            except StoreError as error:
                if self._order.once:
                    raise
                self._outages.hit("harvests", error)
                failures += 1
                pause = min(LONGEST_PAUSE, TICK_SECONDS * 2.0 ** min(failures - 1, 10))
            else:
                self._outages.passed("harvests")
                failures = 0
            self._rest(pause)

    def _take_what_is_due(self, alone: Held | None) -> int:
        """How many harvests were begun."""
        if alone is not None:
            self._check(alone)
        self._hub.leases.bury_the_dead()
        if self._watch.changed():
            self._planned = False
            self._provide_again()
        if not self._planned:
            plan(self._hub, self._watch.portals)
            self._planned = True
        return self._harvests.start(self._watch.portals)

    def _provide_again(self) -> None:
        """A new portal may have brought a password of its own."""
        try:
            provide(self._hub.settings, os.environ)
        except SettingsError as error:
            self._watcher.said(f"THE SECRETS CANNOT BE READ, those read before stay in force: {error}")

    def _rest(self, seconds: float) -> None:
        if self._harvests.busy():
            self._harvests.settle(seconds)
        else:
            self._stop.wait(seconds)

    def _drain(self) -> None:
        """Let what is under way end within its grace, then end it. What cannot even be ended is left to the
        others, as if this process had been killed."""
        if self._harvests.busy():
            self._watcher.said(
                f"Stopping: what is under way has {self._order.grace:g} s to end; a second signal ends it now"
            )
        deadline = time.monotonic() + self._order.grace
        self._settle_until(deadline)
        self._harvests.call_back("the worker stops")
        self._settle_until(time.monotonic() + LAST_WORDS_SECONDS)
        ended = self._joined(deadline - time.monotonic())
        # Of a worker that works once nobody wants index and feeds to end before their time.
        while self._order.once and not self._stop.signalled and not all(ended):
            ended = self._joined(TICK_SECONDS)
        if not all(ended):
            self._hub.leases.call_back("the worker stops")
            ended = self._joined(LAST_WORDS_SECONDS)
        if self._harvests.busy() or not all(ended):
            self._watcher.said("Something did not end in time; others take it over when its lease ends")
            os._exit(1)
        self._harvests.close()

    def _joined(self, seconds: float) -> list[bool]:
        return [attendant.join(seconds) for attendant in self._attendants]

    def _settle_until(self, deadline: float) -> None:
        while self._harvests.busy() and (left := deadline - time.monotonic()) > 0:
            self._harvests.settle(min(left, TICK_SECONDS))

    @contextmanager
    def _alone_on_sqlite(self) -> Iterator[Held | None]:
        if self._hub.store.database.is_postgres:
            yield None
            return
        held = self._hub.leases.take(WORKER)
        if held is None:
            raise WorkerRefused(
                f"{self._hub.settings.home} has a worker already ({self._hub.leases.holder(WORKER)}), and a "
                "store on SQLite takes one. Stop that one first; for several, move the store to PostgreSQL: "
                "hubsearch migrate-store URL, then set HUBSEARCH_STORE"
            )
        with self._hub.leases.until_given_back(held):
            yield held

    def _check(self, alone: Held) -> None:
        try:
            alone.check()
        except CalledBack as error:
            self._order = replace(self._order, grace=0.0)
            raise WorkerRefused(
                f"another worker of {self._hub.settings.home} has taken over: this one did not answer for "
                f"longer than its lease ({error}). It writes nothing more; start it again if the other ends"
            ) from error
