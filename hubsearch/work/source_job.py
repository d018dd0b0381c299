"""One source's harvest under its lease: fetch, land, say when it is due next.

The command and the worker do it alike, so that a source is fetched by one of them at a time, and a harvest by
hand counts for the schedule.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from harvesters.host_locks import sweep
from harvesters.portal import Portal
from harvesters.portal_rules import contact_of, rules_text
from harvesters.spool import SpoolReader
from harvesters.supervise import fetch
from hubsearch.hub import Hub
from hubsearch.spools import drop_spent_spools, drop_spool, new_spool, sweep_spools
from hubsearch.work.due import LONGEST_WAIT, next_due, retry_due
from hubsearch.work.held import Held
from hubsearch.work.landing_order import LandingOrder, Turn
from hubsearch.work.unchanged import keep_validators, to_ask_with
from index.ingest import ingest
from index.ingest.rehearsal import Onlooker
from index.store import Run, Source, jobs
from index.store.leases import Outcome
from mappings.source_record import CHANGES_ONLY, RunStatement

AGAIN = ("failed", "incomplete")
"""Statuses of runs after which a source is asked again sooner than its schedule says; so it is after a held
run that was not complete, which a complete one settles."""


class Watcher(Protocol):
    """Who is told how a harvest goes: a progress bar, a log, nobody."""

    def fetching(self, source: str, records: int, received: int) -> None: ...
    def fetched(self, source: str) -> None: ...
    def landed(self, run: Run) -> None: ...
    def said(self, message: str) -> None: ...


@dataclass(slots=True)
class SourceJob:
    """A portal to harvest, and the lease that allows it. `begun` is by the hub's clock; `full` reads a
    document also where it has not changed."""

    hub: Hub
    portal: Portal
    held: Held
    full: bool = False
    begun: datetime = field(init=False)
    spool: Path | None = field(init=False, default=None)
    _statement: RunStatement = field(init=False, default_factory=lambda: RunStatement(complete=False))

    def __post_init__(self) -> None:
        self.begun = self.hub.settings.now()

    def fetch(self, watcher: Watcher) -> None:
        """Fetch the portal into a spool in a child process. Whatever the portal did, the spool says it.

        Raises CalledBack when the lease is lost or the job was called back; no spool is left then.
        """
        settings = self.hub.settings
        sweep_spools(self.hub, self.portal.id)
        sweep(settings.hosts)
        spool = new_spool(settings, self.portal.id)
        kept = settings.kept(self.portal.id)
        if self.full:
            kept.unlink(missing_ok=True)
        self._statement = fetch(
            self.portal,
            spool,
            user_agent=settings.user_agent,
            progress=lambda records, received: watcher.fetching(self.portal.id, records, received),
            leash=self.held.leash,
            hosts=settings.hosts,
            kept=kept,
            known=None if self.full else to_ask_with(self.hub.store, self.portal, self.begun),
        )
        self.spool = spool
        watcher.fetched(self.portal.id)

    def land(self, order: LandingOrder, *, dry_run: bool = False, onlooker: Onlooker | None = None) -> Run:
        """Bring the spool into the store when it is its turn. The job is given back in the transaction that
        stores the verdict, so that a harvest is never done again because somebody died between the two.

        Raises StoreError, Fenced when somebody else has the source now, and CalledBack after the batch it was
        at.
        """
        if self.spool is None:
            raise ValueError("land comes after fetch")
        with order.turn(self.spool.stat().st_size) as turn:
            self.held.check()
            self.held.finishing = False
            run = self._land(self.spool, turn, dry_run=dry_run, onlooker=onlooker)
        if run.status != "held" or dry_run:
            drop_spool(self.spool)
        drop_spent_spools(self.hub, self.portal.id)
        return run

    def _land(self, spool: Path, turn: Turn, *, dry_run: bool, onlooker: Onlooker | None) -> Run:
        store, source = self.hub.store.fenced(self.held.fence), source_of(self.portal)
        if not dry_run:
            store.put_source(source)
        return ingest(
            store,
            source,
            turn.reading(SpoolReader(spool)),
            now=self.hub.settings.now(),
            dry_run=dry_run,
            onlooker=onlooker,
            spool_path=spool,
            at_end=self._give_back,
        )

    def finish(self, run: Run) -> None:
        """Give the job back, unless that was done with the run's own verdict."""
        if self.held.finishing:
            self.hub.leases.finished(self.held)
        else:
            self.hub.leases.finish(self.held, self._outcome(run))

    def _give_back(self, connection: Connection, run: Run) -> None:
        keep_validators(connection, self.portal, self._statement.validators, run)
        self.held.finishing = True
        jobs.finish(connection, self.held.lease, self._outcome(run))

    def _outcome(self, run: Run) -> Outcome:
        """Due when the schedule says, or sooner where the run did not succeed, but never before the portal
        wants to be asked again."""
        now = self.hub.settings.now()
        if run.status not in AGAIN and (run.complete or run.slug == CHANGES_ONLY):
            return Outcome(next_due(self.portal, self.begun), done_at=now)
        attempts = self.held.lease.attempts
        asked_to_wait = timedelta(seconds=min(self._statement.retry_after, LONGEST_WAIT.total_seconds()))
        due_at = retry_due(self.portal, self.begun, now, attempts, asked_to_wait)
        return Outcome(due_at, attempts, trouble=run.reason or run.slug)

    def give_up(self) -> None:
        """Give the job back as it was, due when it was due, and drop what was fetched."""
        if self.spool is not None:
            drop_spool(self.spool)
        self.hub.leases.give_back(self.held)


def source_of(portal: Portal) -> Source:
    """What the store keeps of a portal's entry."""
    name, email = contact_of(portal)
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
        contact_name=name,
        contact_email=email,
        rules=rules_text(portal),
    )


def not_run(portal: Portal, now: datetime, slug: str, reason: str) -> Run:
    """A harvest that did not take place, told like one that failed; the store keeps nothing of it."""
    return Run(id="", source=portal.id, status="failed", started=now, slug=slug, reason=reason)
