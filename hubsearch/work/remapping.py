"""Stored records brought under the present mappings, by command or by a worker on the side: one process at a
time, under the lease `remap`, beside whatever harvests are under way."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from harvesters.leash import CalledBack
from harvesters.portal import Portal
from hubsearch.hub import Hub
from hubsearch.work.held import Held
from hubsearch.work.source_job import source_of
from hubsearch.work.stopping import Stop
from index.ingest import Mapper
from index.ingest.errors import IngestError
from index.ingest.remap import Onlooker, Remapped, remap
from index.store import remapping

REMAP = "remap"
"""Name of the job."""

TOLD_SECONDS = 5.0
"""Between two words about a source that takes long."""

Said = Callable[[str], None]


def behind(hub: Hub) -> list[str]:
    """The sources with records that an older version of the mappings made. Raises StoreError."""
    version = Mapper.standard().version
    return hub.store.database.reading(partial(remapping.sources_behind, version=version))


def remap_in_turn(
    hub: Hub, ids: Sequence[str], portals: Mapping[str, Portal], *, again: bool, said: Said
) -> list[Remapped]:
    """Map the stored records of these sources; then the index follows and the feeds are published. What a
    source's entry among the `portals` says by now (its level, its jurisdiction) holds.

    Raises IngestError when a second process is at it that took over, StoreError, and NoMapping.
    """
    done = []
    with hub.leases.turn(REMAP, lambda holder: said(f"Waiting for {holder}, which maps records …")) as held:
        try:
            for source_id in ids:
                if source_id in portals:
                    hub.store.fenced(held.fence).put_source(source_of(portals[source_id]))
                done.append(_remap_under(hub, held, source_id, _Teller(held, said), again=again))
        except CalledBack as error:
            raise IngestError(f"the remap stopped: {error}; what it wrote stays, begin it again") from error
    hub.catch_up(said)
    return done


def remap_aside(hub: Hub, held: Held, source: str, stop: Stop) -> Remapped:
    """The same for a worker, which has more urgent things to do: in one process, at most half of the time.
    Raises CalledBack after the batch it is at when the worker is told to stop."""
    begun = time.monotonic()

    def give_way(remapped: Remapped) -> None:
        nonlocal begun
        held.check()
        if stop.wait(time.monotonic() - begun):
            raise CalledBack("the worker stops")
        begun = time.monotonic()

    return _remap_under(hub, held, source, give_way, processes=1)


def _remap_under(
    hub: Hub,
    held: Held,
    source_id: str,
    onlooker: Onlooker,
    *,
    again: bool = False,
    processes: int | None = None,
) -> Remapped:
    store = hub.store.patient().fenced(held.fence)
    source = store.source(source_id)
    if source is None:
        return Remapped(source_id)
    mapper = replace(Mapper.standard(), processes=processes)
    return remap(store, source, mapper=mapper, again=again, onlooker=onlooker)


class _Teller:
    """Says now and then how far it is, and stops where somebody else has taken over."""

    def __init__(self, held: Held, said: Said) -> None:
        self._held, self._said = held, said
        self._told = time.monotonic()

    def __call__(self, remapped: Remapped) -> None:
        self._held.check()
        if time.monotonic() - self._told >= TOLD_SECONDS:
            self._told = time.monotonic()
            so_far = remapped.current + remapped.remapped + remapped.failed
            self._said(f"{remapped.source}: {so_far:,} of {remapped.records:,} records …")
