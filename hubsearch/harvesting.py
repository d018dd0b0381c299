"""Harvest: fetch each portal in a child process, land what it spooled, let the index follow, publish.

A few children fetch at once; the parent alone writes the store, one run after the other.
"""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from harvesters.portal import Portal
from harvesters.spool import SpoolReader
from harvesters.supervise import fetch
from hubsearch.hub import Hub
from hubsearch.secrets import provide
from hubsearch.settings import Settings
from index.ingest import ingest
from index.store import Run, Source
from index.store.errors import Fenced

FETCHES_AT_ONCE = 2
"""Children fetching at the same time. They wait for the network most of the time, but each may take a core
while it parses, so as many as the smallest machine has."""


class Watcher(Protocol):
    """Who is told how a harvest goes: a progress bar, a log, nobody."""

    def fetching(self, source: str, records: int, received: int) -> None: ...
    def fetched(self, source: str) -> None: ...
    def landed(self, run: Run) -> None: ...
    def said(self, message: str) -> None: ...


def source_of(portal: Portal) -> Source:
    """What the store keeps of a portal's entry."""
    return Source(
        id=portal.id,
        type=portal.type,
        url=portal.url,
        title=portal.title or portal.id,
        jurisdiction=portal.jurisdiction,
        level=portal.level,
        expected_minimum=portal.expected_minimum,
        max_delete=portal.max_delete,
        grace_days=portal.grace_days,
        contact_name=portal.options.get("contact_name"),
        contact_email=portal.options.get("contact_email"),
    )


def harvest(hub: Hub, portals: Sequence[Portal], watcher: Watcher, *, dry_run: bool = False) -> list[Run]:
    """Harvest these portals; one Run each, in the order given. A portal's failure is its own run's status."""
    provide(hub.settings, os.environ)
    runs: dict[str, Run] = {}
    with ThreadPoolExecutor(max_workers=FETCHES_AT_ONCE, thread_name_prefix="fetch") as pool:
        fetches = {pool.submit(fetch_portal, hub.settings, portal, watcher): portal for portal in portals}
        for done in as_completed(fetches):
            portal = fetches[done]
            runs[portal.id] = _land(hub, portal, done.result(), dry_run=dry_run)
            watcher.landed(runs[portal.id])
    if not dry_run:
        hub.follow()
        if held := hub.publish():
            watcher.said(held)
    return [runs[portal.id] for portal in portals]


def fetch_portal(settings: Settings, portal: Portal, watcher: Watcher) -> Path:
    """Fetch one portal in a child process; where its spool is. Whatever happened, the spool says it."""
    # The clock itself: a stated now would give two fetches the same file.
    spool = settings.spool / portal.id / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}.spool"
    spool.parent.mkdir(parents=True, exist_ok=True)
    fetch(
        portal,
        spool,
        user_agent=settings.user_agent,
        progress=lambda records, received: watcher.fetching(portal.id, records, received),
    )
    watcher.fetched(portal.id)
    return spool


def _land(hub: Hub, portal: Portal, spool: Path, *, dry_run: bool) -> Run:
    source = source_of(portal)
    if not dry_run:
        hub.store.put_source(source)
    now = hub.settings.now()
    try:
        run = ingest(hub.store, source, SpoolReader(spool), now=now, dry_run=dry_run, spool_path=spool)
    except Fenced as error:  # another process harvests the same portal; the others are none the worse
        run = Run(id="", source=portal.id, status="failed", started=now, slug="fenced", reason=str(error))
    if run.status != "held" or dry_run:
        drop_spool(spool)
    drop_spent_spools(hub, portal.id)
    return run


def drop_spent_spools(hub: Hub, source: str) -> None:
    """Remove the spools of a source's runs that are over and wait for no decision: landed, rejected,
    overtaken, failed. A spool of a run that another process is at stays."""
    for run in hub.store.runs(source=source):
        if run.spool and run.status != "running" and (run.status != "held" or run.decision):
            drop_spool(Path(run.spool))


def drop_spool(spool: Path) -> None:
    """Remove a spool that nobody will read again, and the log beside it."""
    for path in (spool, spool.with_suffix(".log")):
        path.unlink(missing_ok=True)


def worst(runs: Iterable[Run]) -> int:
    """The exit status of a harvest: 0 all ok, 3 a source failed or is incomplete, 4 a run is held."""
    statuses = {run.status for run in runs}
    if "held" in statuses:
        return 4
    return 3 if statuses & {"failed", "incomplete"} else 0
