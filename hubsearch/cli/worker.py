"""`hubsearch worker`: takes what is due; `hubsearch jobs`: what is due when, and who is at it."""

import sys
from contextlib import ExitStack
from datetime import UTC, datetime

import click

from hubsearch.cli.output import json_option, print_json, print_table, say
from hubsearch.cli.progress import sentence
from hubsearch.harvesting import worst
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import Settings
from hubsearch.work.lanes import fetches_by_memory
from hubsearch.work.stopping import Stop
from hubsearch.work.worker import Order, Worker
from index.owner import shown
from index.store import Run
from index.store.errors import StoreAway

AWAY_SECONDS = 10.0
"""Between two attempts to open a hub whose store is away."""


class LogLines:
    """One line an event, on stderr, with its time."""

    def fetching(self, source: str, records: int, received: int) -> None: ...
    def fetched(self, source: str) -> None: ...

    def landed(self, run: Run) -> None:
        self.said(sentence(run))

    def said(self, message: str) -> None:
        line = " ".join(message.split())
        say(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}")


@click.command()
@click.option(
    "--harvests",
    type=click.IntRange(1, 64),
    default=None,
    help="Portals fetched at the same time; HUBSEARCH_FETCHES otherwise, or as many as have room in memory.",
)
@click.option("--once", is_flag=True, help="Do all that is due now, then end like `harvest`.")
@click.option(
    "--grace",
    type=click.FloatRange(0, 86_400),
    default=20.0,
    show_default=True,
    metavar="SECONDS",
    help="For what is under way when the worker is told to stop.",
)
@json_option
@click.pass_obj
def worker(settings: Settings, *, harvests: int | None, once: bool, grace: float, as_json: bool) -> None:
    """Harvest what is due by its schedule, keep index and feeds up to date, until told to stop.

    SIGTERM and Ctrl-C let it end what it is at, the second one ends it at once. Exit status of --once: 3 a
    source failed or is incomplete, 4 a run is held (the worst wins).
    """
    log, stop = LogLines(), Stop()
    stop.listen()
    with ExitStack() as stack:
        hub = _opened(settings, stack, log, stop, patient=not once)
        if hub is None:
            return
        log.said(f"Working on {settings.home}, portals from {settings.portals} (Ctrl-C stops)")
        number = harvests or settings.fetches or fetches_by_memory()
        runs = Worker(hub, Order(number, once, grace), log, stop).work()
        log.said("Stopped")
    if as_json:
        print_json({"runs": [run.as_json() for run in runs]})
    sys.exit(worst(runs) if once else 0)


def _opened(settings: Settings, stack: ExitStack, log: LogLines, stop: Stop, *, patient: bool) -> Hub | None:
    """The hub, as soon as its store is there; None when the worker is told to stop before."""
    told = False
    while not stop.wanted():
        try:
            return stack.enter_context(open_hub(settings))
        except StoreAway as error:
            if not patient:
                raise
            if not told:
                log.said(f"store: waits and tries again: {error}")
            told = True
            stop.wait(AWAY_SECONDS)
    return None


@click.command()
@json_option
@click.pass_obj
def jobs(settings: Settings, as_json: bool) -> None:
    """What is due when, who is at it, and what went wrong the last time."""
    with open_hub(settings) as hub:
        found = hub.store.jobs.every()
    if as_json:
        print_json([job.as_json() for job in found])
        return
    print_table(
        ("job", "due", "held by", "since", "failures", "done", "trouble"),
        [
            (
                job.name,
                _minute(job.due_at),
                (shown(job.owner) if job.leased else f"{shown(job.owner)} (lost)") if job.owner else None,
                _minute(job.leased_at),
                job.attempts or None,
                _minute(job.done_at),
                job.trouble,
            )
            for job in found
        ],
        empty="No job yet. `hubsearch worker` makes one of every portal.",
    )


def _minute(moment: datetime | None) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else None
