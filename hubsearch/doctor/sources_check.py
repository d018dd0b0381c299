"""Sources and their runs: failed, held, cut off, never harvested, overdue, more of them refused."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from harvesters.portal import Portal
from harvesters.schedule import period
from hubsearch.doctor.findings import Check
from hubsearch.settings import Settings
from hubsearch.spools import find_spool, told_where
from index.store import Run, Store

CUT_OFF = timedelta(hours=24)
"""A run that still stands as running after this was killed: fetches have a budget of an hour, and the landing
of the largest catalogue known takes minutes."""

LATE = 2
"""A portal is overdue when its last whole run is this many periods old: one that failed is repeated at the
next."""

REFUSED = 0.10
"""Share of what a run fetched from which on a growing number of quarantined records is a finding: something
has changed at the portal."""


def sources(settings: Settings, store: Store, portals: Sequence[Portal]) -> list[Check]:
    """One check for each source there is something to say about; one for all when there is nothing."""
    known = {portal.id: portal for portal in portals}
    kept = [source.id for source in store.sources()]
    checks = [
        check
        for source in sorted({*known, *kept})
        for check in _source(settings, store, source, known.get(source))
    ]
    if checks:
        return checks
    if not kept:
        return [Check("sources", "note", "nothing has been harvested yet", "hubsearch harvest --all")]
    return [Check("sources", "ok", f"the last run of each of {len(kept):,} sources is well")]


def _source(settings: Settings, store: Store, source: str, portal: Portal | None) -> list[Check]:
    now = settings.now()
    runs = store.runs(source=source, limit=20)
    if not runs:
        advice = f"hubsearch harvest {source}"
        return [Check("sources", "note", f"{source} was never harvested", advice, {"source": source})]
    # It waits until it is decided or overtaken, however many followed.
    held = [_held(settings, run) for run in runs if run.status == "held" and run.decision is None][:1]
    return [*held, *_last_run(runs, now), *_overdue(runs, source, portal, now), *_refusing(runs)]


def _last_run(runs: Sequence[Run], now: datetime) -> list[Check]:
    """What the newest run says."""
    last = runs[0]
    facts = {"source": last.source, "run": last.id, "status": last.status, "slug": last.slug}
    if last.status in {"failed", "incomplete"}:
        says = f"the last run of {last.source} ({last.id}) is {last.status}: {last.reason}"
        return [Check("sources", "finding", says, f"hubsearch runs show {last.id}", facts)]
    if last.status == "running" and now - last.started > CUT_OFF:
        says = f"run {last.id} of {last.source} began at {last.started:%Y-%m-%d %H:%M} and never ended"
        return [Check("sources", "finding", says, f"hubsearch harvest {last.source}", facts)]
    if last.started > now + timedelta(minutes=5):
        says = f"run {last.id} of {last.source} began in the future, at {last.started:%Y-%m-%d %H:%M}"
        advice = "the clock was wrong then or is now; grace periods are counted by it"
        return [Check("clock", "finding", says, advice, facts)]
    return []


def _held(settings: Settings, run: Run) -> Check:
    says = f"run {run.id} of {run.source} waits for a decision: {run.reason}"
    spool = Path(run.spool or "")
    if find_spool(settings, run.source, spool) is None:
        says = f"{says.rstrip('.')}; {told_where(spool)}"
    advice = f"hubsearch runs show {run.id}, then hubsearch approve {run.id} or hubsearch reject {run.id}"
    return Check("sources", "finding", says, advice, {"source": run.source, "run": run.id, "status": "held"})


def _overdue(runs: Sequence[Run], source: str, portal: Portal | None, now: datetime) -> list[Check]:
    every = period(portal.schedule) if portal is not None else None
    whole = next((run for run in runs if run.status in {"ok", "held"}), None)
    if every is None or whole is None or now - whole.started <= LATE * every:
        return []
    says = f"{source} is overdue: its last whole run began at {whole.started:%Y-%m-%d %H:%M}"
    advice = f"let a timer or a worker harvest it: hubsearch harvest {source}"
    return [Check("sources", "finding", says, advice, {"source": source, "run": whole.id})]


def _refusing(runs: Sequence[Run]) -> list[Check]:
    """Whether the last run that landed quarantined many more than the one before it."""
    landed = [run for run in runs if run.status in {"ok", "incomplete"} and run.fetched][:2]
    last = landed[0] if landed else None
    if last is None or last.quarantined < REFUSED * last.fetched:
        return []
    before = landed[1].quarantined if len(landed) > 1 else 0
    if last.quarantined <= 2 * before:
        return []
    says = (
        f"{last.source} sent {last.quarantined:,} of {last.fetched:,} records that could not be taken, "
        f"{before:,} the time before"
    )
    facts = {"source": last.source, "run": last.id, "quarantined": last.quarantined, "before": before}
    return [Check("sources", "finding", says, f"hubsearch runs show {last.id} tells why", facts)]
