"""An operator's answer to a held run, and what follows from it."""

from pathlib import Path

from harvesters.spool import SpoolReader, SpoolTruncated
from hubsearch.harvesting import drop_spent_spools
from hubsearch.hub import Hub
from index.ingest import approve, reject
from index.ingest.errors import IngestError
from index.store import Run


def approve_run(hub: Hub, run_id: str) -> Run:
    """Land the held run from its spool; the index follows and the feeds are published.

    Raises IngestError when the run is not held or its spool is gone.
    """
    held = hub.store.run(run_id)
    if held is None:
        raise IngestError(f"there is no run {run_id}; `hubsearch runs` lists them")
    if held.status != "held" or held.decision is not None:
        raise IngestError(
            f"run {run_id} is not waiting for a decision (status {held.status}, {held.decision or 'none'})"
        )
    spool = Path(held.spool or "")
    try:
        reader = SpoolReader(spool)
    except (OSError, SpoolTruncated) as error:
        raise IngestError(
            f"run {run_id} cannot land: its spool {spool} is gone ({error}); harvest again"
        ) from error
    run = approve(hub.store, run_id, reader, now=hub.settings.now())
    drop_spent_spools(hub, run.source)
    hub.follow()
    hub.publish(allow_shrink=True)
    return run


def reject_run(hub: Hub, run_id: str) -> Run:
    """Drop the held run and its spool. Raises IngestError when the run is not held."""
    run = reject(hub.store, run_id, now=hub.settings.now())
    drop_spent_spools(hub, run.source)
    return run
