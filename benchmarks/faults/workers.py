"""Kill workers, again and again, and count what was done, done twice, or lost.

    python -m benchmarks.faults.workers [--number 50] [--workers 4] [--store URL]
        [--engine tantivy|URL]

Loopback portals are due over and over, each time with more records, while several workers share a PostgreSQL
store and one of them is killed (SIGKILL) at a random moment, then another, … In the end every harvest that
was due must have been done once, no portal asked by two at once, every fetched record accounted for, and the
index must be what the store says. Without --store and --engine it starts the servers the tests use.
Prints one JSON object; exit status 1 when a promise was broken.
"""

import argparse
import json
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.hubsearch.workers import Hub, Worker, accounts
from tests.portals import FeedsPortal
from tests.servers.elasticsearch import ElasticsearchServer
from tests.servers.postgres import PostgresServer, newest

PORTALS = 12
GROWTH = (1, 120)
"""Records by which a feed grows each time it is due again."""
HANGS = 5
"""One victim in so many hangs (SIGSTOP) instead, wakes up when its leases have run out, and is killed."""
LEASE_SECONDS = 5
PAUSE = (0.1, 6.0)
"""Seconds from one kill until the next victim is looked for, among those who are at work by then."""
STOPS_WITHIN = 900.0
"""Seconds after the last kill until everything due is done; a failed harvest is due after 5 minutes."""


@dataclass
class Round:
    """What was due so far, as seen from outside."""

    hub: Hub
    portal: FeedsPortal
    chance: random.Random
    due: Counter[str]

    def look(self, *, again: bool) -> bool:
        """Make the portals due `again` that were harvested since; whether nothing is left to do."""
        now = datetime.now(UTC)
        over = [name for name in self.due if self._is_over(name, now)]
        for name in over if again else ():
            self.portal.sizes[name] += self.chance.randint(*GROWTH)
            self.hub.store.jobs.plan({f"harvest:{name}": now})
            self.due[name] += 1
        return len(over) == len(self.due)

    def _is_over(self, name: str, now: datetime) -> bool:
        job = self.hub.store.jobs.get(f"harvest:{name}")
        if job is None or job.owner is not None or job.due_at is None or job.done_at is None:
            return False
        return job.due_at > now + timedelta(hours=1)


def kill_and_count(
    hub: Hub, portal: FeedsPortal, *, kills: int, workers: int, seed: int
) -> dict[str, object]:
    """Everything the command prints, but the times."""
    chance = random.Random(seed)
    hub.portals.write_text(portal.entries())
    state = Round(hub, portal, chance, Counter(dict.fromkeys(portal.sizes, 1)))
    running = [hub.worker("--harvests", "2") for _ in range(workers)]
    hung: list[tuple[float, Worker]] = []
    met: Counter[str] = Counter()
    for number in range(kills):
        _let_pass(state, chance.uniform(*PAUSE))
        place = _place_of_a_victim(state, running)
        victim = running[place]
        met[_at(hub, victim)] += 1
        if number % HANGS == HANGS - 1:
            victim.signal(signal.SIGSTOP)
            hung.append((time.monotonic() + 3 * LEASE_SECONDS, victim))
        else:
            victim.kill()
        running[place] = hub.worker("--harvests", "2")
        hung = _woken(hung)
    until = time.monotonic() + STOPS_WITHIN
    while (hung or not state.look(again=False)) and time.monotonic() < until:
        hung = _woken(hung)
        time.sleep(0.2)
    for worker in running:
        worker.signal(signal.SIGTERM)
    for worker in running:
        worker.ended()
    return _account(state) | {"killed_while_at": dict(met), "lines_of_trouble": _troubles(hub)}


def _place_of_a_victim(state: Round, running: list[Worker]) -> int:
    """One that is at work; any one when nobody is for long."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        state.look(again=True)
        busy = [place for place, worker in enumerate(running) if _at(state.hub, worker) != "nothing"]
        if busy:
            return state.chance.choice(busy)
        time.sleep(0.05)
    return state.chance.randrange(len(running))


def _let_pass(state: Round, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state.look(again=True)
        time.sleep(0.1)


def _woken(hung: list[tuple[float, Worker]]) -> list[tuple[float, Worker]]:
    """Those that still hang. One that wakes has three seconds to do harm."""
    for until, worker in hung:
        if time.monotonic() > until:
            worker.signal(signal.SIGCONT)
            threading.Timer(3.0, worker.process.kill).start()
    return [(until, worker) for until, worker in hung if time.monotonic() <= until]


def _at(hub: Hub, worker: Worker) -> str:
    """What a worker is at in this moment, by its leases."""
    mine = f":{worker.process.pid}:"
    names = {job.name.partition(":")[0] for job in hub.store.jobs.every() if job.owner and mine in job.owner}
    return "+".join(sorted(names)) or "nothing"


def _account(state: Round) -> dict[str, object]:
    hub, portal = state.hub, state.portal
    runs = hub.runs()
    done = Counter(run.source for run in runs if run.status == "ok")
    drift = hub.drift()
    return {
        "due": state.due.total(),
        "done": done.total(),
        "not_done": (state.due - done).total(),
        "done_twice": (done - state.due).total(),
        "asked_by_two_at_once": portal.overlaps.total(),
        "fetched_whole": portal.fetches.total(),
        "runs": dict(Counter(run.slug or run.status for run in runs)),
        "accounts_wrong": sum(not accounts(run) for run in runs),
        "records": sum(portal.sizes.values()),
        "records_as_published": hub.store.record_counts() == portal.sizes,
        "index": drift,
        "index_equals_store": not (drift["missing"] or drift["extra"] or drift["stale"]),
        "left_in_spools": len(list((hub.home / "spool").rglob("*.*"))),
    }


def _broken(found: dict[str, object]) -> list[str]:
    """The figures that must be zero or true, and are not."""
    zero = ("not_done", "done_twice", "asked_by_two_at_once", "accounts_wrong", "left_in_spools")
    true = ("records_as_published", "index_equals_store")
    return [name for name in zero if found[name]] + [name for name in true if not found[name]]


def _troubles(hub: Hub) -> int:
    """Lines that are no ordinary event: what an operator would look at."""
    usual = (": begins", ": ok", "index: ", "Working on", "Stop", "stopped, to be done again")
    lines = [line for worker in hub.started for line in worker.said().splitlines()]
    strange = [line for line in lines if not any(word in line for word in usual)]
    for line in strange[:20]:
        print(line, file=sys.stderr)
    return len(strange)


@contextmanager
def _servers(store: str | None, engine: str | None) -> Iterator[tuple[str, str]]:
    with ExitStack() as stack:
        if store is None:
            store = stack.enter_context(PostgresServer(newest())).url()
        if engine is None:
            engine = stack.enter_context(ElasticsearchServer()).url
        yield store, engine


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", "--kills", type=int, default=50, help="kills; 50 unless told otherwise")
    parser.add_argument("--workers", type=int, default=4, help="at a time; 4 unless told otherwise")
    parser.add_argument(
        "--seed", type=int, default=1, help="of what is left to chance; 1 unless told otherwise"
    )
    parser.add_argument("--store", help="an empty PostgreSQL database; a server of its own without it")
    parser.add_argument("--engine", help="tantivy or an Elasticsearch; a server of its own without it")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    sizes = {f"town-{number}": chance.randint(300, 1500) for number in range(PORTALS)}
    begun = time.monotonic()
    with _servers(given.store, given.engine) as (store, engine), tempfile.TemporaryDirectory() as folder:
        settings = {
            "HUBSEARCH_ENGINE": engine,
            "HUBSEARCH_ENGINE_INDEX": f"faults{given.seed}",
            "HUBSEARCH_LEASE_SECONDS": str(LEASE_SECONDS),
        }
        hub = Hub(Path(folder) / "hub", store, settings)
        try:
            with FeedsPortal(sizes, seconds=0.5) as portal:
                found = kill_and_count(
                    hub, portal, kills=given.number, workers=given.workers, seed=given.seed
                )
        finally:
            hub.close()
    broken = _broken(found)
    print(
        json.dumps(
            {
                "kills": given.number,
                "workers": given.workers,
                "engine": "tantivy" if engine == "tantivy" else "elasticsearch",
                "seconds": round(time.monotonic() - begun),
                **found,
                "broken_promises": broken,
            },
            indent=2,
        )
    )
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
