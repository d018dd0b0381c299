"""What a worker does beside its harvests: let the index follow the store, publish the feeds, map anew what an
older version mapped, and give up what was removed long ago.

Each is a thread that looks now and then whether there is something to do, whoever changed the store, and that
waits with growing pauses while the store or the engine is away.
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress

from dcat.errors import FeedError
from harvesters.leash import CalledBack
from hubsearch.hub import PUBLISH_ANYWAY, Hub
from hubsearch.work.outages import Outages
from hubsearch.work.remapping import REMAP, behind, remap_aside
from hubsearch.work.stopping import Stop
from hubsearch.work.upkeep import BUILD, PUBLISH, follow_under, needed, publish_under, purge_tombstones
from index.engines.protocol import EngineBusy, EngineError
from index.ingest.errors import NoMapping
from index.store import Source
from index.store.errors import LeaseLost, StoreError
from index.store.leases import Outcome

LOOK_SECONDS = 1.0
"""Between two looks. A change is found by everybody a second or two after its commit."""

PURGE_SECONDS = 600.0
"""Between two looks for tombstones whose time is over, which is counted in days."""

REMAP_SECONDS = 600.0
"""Between two looks for records that an older version mapped: there are some after an upgrade, and as long as
a worker of the older version goes on."""

LONGEST_PAUSE = 30.0
"""Between two attempts while something is away."""

Said = Callable[[str], None]


class Attendant:
    """A thread that carries out a step again and again. `step` says in how many seconds it wants to be asked
    again; `name` is for people."""

    def __init__(self, name: str, step: Callable[[], float], stop: Stop, outages: Outages) -> None:
        self._name, self._step, self._stop, self._outages = name, step, stop, outages
        self._thread = threading.Thread(target=self._attend, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self, seconds: float) -> bool:
        """Wait for its end, which comes after the step it is at; whether it came."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _attend(self) -> None:
        failures = 0
        pause = 0.0
        while not self._stop.wait(pause):
            try:
                pause = self._step()
            except (CalledBack, LeaseLost):
                pause = LOOK_SECONDS  # somebody else is at it, or the worker ends
            except (StoreError, EngineError, FeedError, OSError) as error:
                self._outages.hit(self._name, error)
                failures += 1
                pause = min(LONGEST_PAUSE, LOOK_SECONDS * 2.0 ** min(failures - 1, 10))
            else:
                self._outages.passed(self._name)
                failures = 0


def following(hub: Hub, said: Said) -> Callable[[], float]:
    """The step of the index: follow what was committed since, or build anew after an upgrade."""

    def step() -> float:
        job = needed(hub)
        held = hub.leases.take(job) if job is not None else None
        if held is None:
            return LOOK_SECONDS
        if job == BUILD:
            said("index: it was made by another version; building it anew")
        begun = time.monotonic()
        with suppress(EngineBusy):
            with hub.leases.until_given_back(held):
                applied = follow_under(hub, held)
            said(f"index: {applied:,} changed datasets taken in")
        return max(LOOK_SECONDS, min(10.0, 2 * (time.monotonic() - begun)))

    return step


def publishing(hub: Hub, said: Said) -> Callable[[], float]:
    """The step of the feeds: publish when records have changed or sources, whose contacts stand in it, and
    rest nine times as long as that took: they are written whole, and harvests are under way."""
    published: tuple[int, list[Source]] | None = None

    def step() -> float:
        nonlocal published
        present = hub.store.last_sequence(), hub.store.sources()
        held = hub.leases.take(PUBLISH) if present != published else None
        if held is None:
            return LOOK_SECONDS
        begun = time.monotonic()
        with hub.leases.until_given_back(held):
            reason = publish_under(hub, held)
        published = present
        if reason is not None:
            said(f"feeds: held back: {reason} {PUBLISH_ANYWAY}")
        return max(LOOK_SECONDS, 9 * (time.monotonic() - begun))

    return step


def purging(hub: Hub, said: Said) -> Callable[[], float]:
    """The step of the tombstones: what they held is given up after thirty days."""

    def step() -> float:
        purged = purge_tombstones(hub)
        if purged:
            said(f"store: gave up what {purged:,} records held that were removed more than 30 days ago")
        return PURGE_SECONDS

    return step


def remapping(hub: Hub, said: Said, stop: Stop) -> Callable[[], float]:
    """The step of the mappings: after an upgrade, what is stored is mapped anew, on the side."""

    def step() -> float:
        waiting = behind(hub)
        held = hub.leases.take(REMAP) if waiting else None
        if held is None:
            return REMAP_SECONDS
        said(f"mappings: records of {', '.join(waiting)} were mapped by an older version; mapping them anew")
        with hub.leases.until_given_back(held):
            try:
                for source in waiting:
                    done = remap_aside(hub, held, source, stop)
                    failed = (
                        f", {done.failed:,} cannot be mapped and stay as they were" if done.failed else ""
                    )
                    said(f"mappings: {source}: {done.remapped:,} records, {done.changed:,} changed{failed}")
            except NoMapping as error:
                said(f"mappings: {error}")
            else:
                hub.leases.finish(held, Outcome(done_at=hub.settings.now()))
        return REMAP_SECONDS

    return step
