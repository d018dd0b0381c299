"""The index and the feeds, brought up to date under leases: one process at a time for each; old tombstones.

`index` is held by who follows, for one pass; `build` by who makes a new index aside, while others go on
following the old one; `publish` by who writes the feeds.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from harvesters.leash import CalledBack
from hubsearch.publishing import publish_feeds
from hubsearch.work.due import source_of_job
from hubsearch.work.held import Held
from index.engines.protocol import EngineBusy
from index.follow import build, follow, repair
from index.store.errors import LeaseLost
from index.store.leases import Outcome
from index.store.purging import purge

if TYPE_CHECKING:
    from hubsearch.hub import Hub

INDEX, BUILD, PUBLISH = "index", "build", "publish"
"""Names of the jobs."""

TURNS, TURN_SECONDS = 120, 0.5
"""How often and how long one waits for an index that is being written without a lease: by an older version
of hubsearch, or by a process that hangs."""

Said = Callable[[str], None]


def needed(hub: "Hub") -> str | None:
    """The job the index needs: to be built anew, to follow the store; None when it is up to date. One that is
    ahead was following a store that has been restored from a backup since."""
    reached = hub.engine.watermark()
    last = hub.store.last_sequence()
    if hub.engine.needs_build() is not None or reached > last:
        return BUILD
    return INDEX if reached < last else None


def follow_under(hub: "Hub", held: Held) -> int:
    """Bring the index up to the store, under the lease of what it needs; how many clusters were applied.
    Raises CalledBack between two batches when the lease is lost, and EngineBusy."""
    if held.name == BUILD:
        applied = _build(hub, held)
    else:
        store = hub.store.patient().fenced(held.fence)
        applied = follow(store, hub.engine, lambda applied: held.check())
    hub.leases.finish(held, Outcome(done_at=hub.settings.now()))
    return applied


def follow_in_turn(hub: "Hub", said: Said) -> int:
    """The same for a command, which waits for its turn, and then for what the other did not see. Raises
    EngineBusy when somebody writes the index without a lease and does not end."""
    applied = busy = 0
    while (job := needed(hub)) is not None:
        with hub.leases.turn(
            job, lambda holder: said(f"Waiting for {holder}, which writes the index …")
        ) as held:
            try:
                if needed(hub) == job:  # it may have been done while this one waited
                    applied += follow_under(hub, held)
            except EngineBusy:
                busy += 1
                if busy > TURNS:
                    raise
                time.sleep(TURN_SECONDS)
            except (CalledBack, LeaseLost):
                continue  # somebody else follows now; see what is left
    return applied


def build_in_turn(hub: "Hub", said: Said) -> int:
    """Make a new index aside and swap it in; how many documents it holds."""
    with hub.leases.turn(
        BUILD, lambda holder: said(f"Waiting for {holder}, which builds an index …")
    ) as held:
        documents = _build(hub, held)
        hub.leases.finish(held, Outcome(done_at=hub.settings.now()))
    with suppress(EngineBusy):
        hub.follow(said)  # what changed since, unless somebody is at it
    return documents


def repair_in_turn(hub: "Hub", said: Said) -> dict[str, int]:
    """Bring every document that differs to what the store says; what was found before."""
    with hub.leases.turn(
        INDEX, lambda holder: said(f"Waiting for {holder}, which writes the index …")
    ) as held:
        return repair(hub.store.patient().fenced(held.fence), hub.engine)


def publish_in_turn(hub: "Hub", *, allow_shrink: bool) -> str | None:
    """Write the feeds anew where something changed; why one was held back."""
    with hub.leases.turn(PUBLISH) as held:
        return publish_under(hub, held, allow_shrink=allow_shrink)


def publish_under(hub: "Hub", held: Held, *, allow_shrink: bool = False) -> str | None:
    """The same under a lease that is held already, which is then given back."""
    store = hub.store.patient().fenced(held.fence)
    report = publish_feeds(store, hub.settings, allow_shrink=allow_shrink)
    reason = report.held if report is not None else None
    hub.leases.finish(held, Outcome(done_at=hub.settings.now(), trouble=reason))
    return reason


def purge_tombstones(hub: "Hub") -> int:
    """Give up what records held that were removed more than thirty days ago; of how many. Sources that
    somebody is at wait. Raises StoreError."""
    busy = {source_of_job(job.name) or "" for job in hub.store.jobs.every() if job.leased}
    return purge(hub.store.database, hub.settings.now(), busy)


def _build(hub: "Hub", held: Held) -> int:
    return build(
        hub.store.patient().fenced(held.fence),
        hub.engine,
        lambda applied: held.check(),
        # Who follows the old index waits for the swap: what it shows by then is in the new one.
        alone=lambda: hub.leases.turn(INDEX),
    )
