"""An operator's answer to a held run, and what follows from it."""

from collections.abc import Callable
from pathlib import Path

from harvesters.spool import SpoolReader, SpoolTruncated
from hubsearch.hub import Hub
from hubsearch.settings import Settings
from hubsearch.spools import drop_spent_spools, find_spool, other_machine, told_where
from hubsearch.work.alone import alone_at
from index.ingest import approve, held_run, reject
from index.ingest.errors import IngestError
from index.store import Run


def approve_run(hub: Hub, run_id: str, said: Callable[[str], None]) -> Run:
    """Land the held run from its spool; the index follows and the feeds are published.

    Raises IngestError when the run is not held, its spool is elsewhere or gone, or its source is being
    harvested.
    """
    held, _ = held_run(hub.store, run_id)
    reader = _spool_of(hub.settings, held)
    with alone_at(hub, held.source) as lease:
        run = approve(hub.store.fenced(lease.fence), run_id, reader, now=hub.settings.now())
        drop_spent_spools(hub, run.source)
    hub.catch_up(said, allow_shrink=True)
    return run


def reject_run(hub: Hub, run_id: str) -> Run:
    """Drop the held run and its spool. Raises IngestError when the run is not held, or its source is being
    harvested."""
    held, _ = held_run(hub.store, run_id)
    with alone_at(hub, held.source) as lease:
        run = reject(hub.store.fenced(lease.fence), run_id, now=hub.settings.now())
        drop_spent_spools(hub, run.source)
    return run


def _spool_of(settings: Settings, held: Run) -> SpoolReader:
    """Raises IngestError, saying where the spool is to be found and what else can be done."""
    spool = Path(held.spool or "")
    found = find_spool(settings, held.source, spool)
    again = f"Harvest again: hubsearch harvest {held.source}"
    if found is None:
        folder = settings.spool / held.source
        there = f"Approve it there, or copy the file into {folder} and approve here. "
        said = f"{told_where(spool)}. {there if other_machine(spool) else ''}{again}"
        raise IngestError(f"run {held.id} cannot land from here: {said}")
    try:
        return SpoolReader(found)
    except (OSError, SpoolTruncated) as error:
        raise IngestError(
            f"run {held.id} cannot land: its spool {found} cannot be read ({error}). {again}"
        ) from error
