"""Healthy and hostile sources harvested together: the hostile ones delay nobody.

    .venv/bin/python -m benchmarks.faults.hostile_sources [--healthy 20] [--hostile 10] [--budget 40]

Harvests the healthy ones alone, then all together with the hostile ones first in the portals file, by the
command and by a worker. Prints one JSON object; exits with 1 when a healthy source is not stored whole, or
when together the last healthy one is done later than 1.5 times the time alone.
"""

import argparse
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import psutil

from benchmarks.faults.hostile_portals import HOSTILE, RECORDS, Answer, Entry, healthy, portals
from harvesters.portal import Portal
from hubsearch.harvesting import harvest
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import read_settings
from hubsearch.work.lanes import fetches_by_memory
from hubsearch.work.stopping import Stop
from hubsearch.work.worker import Order, Worker
from index.store import Run

ALLOWED = 1.5


class Stopwatch:
    """A watcher that notes when each source has landed, in seconds, and how."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.landed_at: dict[str, float] = {}
        self.runs: dict[str, Run] = {}

    def fetching(self, source: str, records: int, received: int) -> None: ...
    def fetched(self, source: str) -> None: ...
    def said(self, message: str) -> None: ...

    def landed(self, run: Run) -> None:
        self.landed_at[run.source] = time.monotonic() - self.begun
        self.runs[run.source] = run

    def last(self, names: Sequence[str]) -> float:
        """When the last of these was done."""
        return round(max(self.landed_at[name] for name in names), 2)


class Memory:
    """The most that one fetching child and all of them together took, looked at from outside."""

    def __init__(self) -> None:
        self.of_one = self.of_all = self.children = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Memory":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(0.1):
            found = []
            for child in self._fetching():
                with suppress(psutil.Error):
                    found.append(child.memory_info().rss)
            self.of_one = max([self.of_one, *found])
            self.of_all = max(self.of_all, sum(found))
            self.children = max(self.children, len(found))

    def _fetching(self) -> list[psutil.Process]:
        found = []
        for child in psutil.Process().children():
            with suppress(psutil.Error):
                if "harvesters.zygote" in child.cmdline():
                    found.extend(child.children())
        return found


Way = Callable[[Hub, list[Portal], Stopwatch], None]


def by_command(hub: Hub, chosen: list[Portal], watch: Stopwatch) -> None:
    """As `hubsearch harvest --all` does."""
    harvest(hub, chosen, watch)


def by_worker(hub: Hub, chosen: list[Portal], watch: Stopwatch) -> None:
    """As `hubsearch worker --once` does; the portals are those of the file."""
    Worker(hub, Order(hub.settings.fetches or fetches_by_memory(), True, 5.0), watch, Stop()).work()


def together(home: Path, entries: dict[str, Entry], way: Way, rounds: int = 1) -> list[Stopwatch]:
    """Harvest these in a new hub, in this order, as often as wanted: each time two days later."""
    home.mkdir(parents=True)
    file = home / "portals.toml"
    file.write_text("".join(_toml(name, entry) for name, entry in entries.items()), encoding="utf-8")
    environment = {"HUBSEARCH_HOME": str(home), "HUBSEARCH_PORTALS": str(file)}
    chosen = [Portal(id=name, **entry) for name, entry in entries.items()]
    watches = []
    for number in range(rounds):
        settings = read_settings(environment | {"HUBSEARCH_NOW": f"2026-03-{1 + 2 * number:02d}T06:00:00Z"})
        with open_hub(settings) as hub:
            watches.append(Stopwatch())
            way(hub, chosen, watches[-1])
    return watches


def sources(healthy_ones: int, hostile_ones: int) -> tuple[dict[str, tuple[str, Answer]], list[str]]:
    """All portals to serve, the hostile first, and the names of the healthy."""
    names = list(islice(cycle(HOSTILE), hostile_ones))
    served: dict[str, tuple[str, Answer]] = {f"bad-{n}-{name}": HOSTILE[name] for n, name in enumerate(names)}
    good = [f"good-{number}" for number in range(healthy_ones)]
    served |= dict.fromkeys(good, ("dcat-us", healthy))
    return served, good


def _toml(name: str, entry: Entry) -> str:
    values = {"id": name, "jurisdiction": "Town", "level": "city", **entry}
    lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
    return "[[portal]]\n" + "\n".join(lines) + "\n\n"


def measure(way: Way, served: dict[str, Entry], good: list[str], folder: Path, rounds: int) -> dict[str, Any]:
    """The two times of one way of harvesting, and what became of the sources."""
    alone = together(folder / "alone", {name: served[name] for name in good}, way)[0]
    with Memory() as memory:
        mixed = together(folder / "mixed", served, way, rounds)
    ratios = [round(watch.last(good) / alone.last(good), 2) for watch in mixed]
    runs = mixed[0].runs
    whole = all(runs[name].status == "ok" and runs[name].added == RECORDS for name in good)
    return {
        "alone_s": alone.last(good),
        "together_s": [watch.last(good) for watch in mixed],
        "ratios": ratios,
        "all_done_s": [round(max(watch.landed_at.values()), 1) for watch in mixed],
        "healthy_whole": whole,
        "hostile": {name: f"{r.status} {r.slug}" for name, r in runs.items() if name not in good},
        "children_at_once": memory.children,
        "largest_child_mb": round(memory.of_one / 1024**2),
        "all_children_mb": round(memory.of_all / 1024**2),
        "kept": whole and max(ratios) <= ALLOWED,
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--healthy", type=int, default=20)
    parser.add_argument("--hostile", type=int, default=10)
    parser.add_argument("--budget", type=float, default=40.0, help="seconds of a hostile source's run")
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    answers, good = sources(asked.healthy, asked.hostile)
    with portals(answers) as entries, tempfile.TemporaryDirectory() as folder:
        for name in entries.keys() - set(good):
            entries[name] |= {"run_budget": asked.budget, "request_timeout": asked.budget / 2}
        result = {}
        for name, way in (("command", by_command), ("worker", by_worker)):
            result[name] = measure(way, entries, good, Path(folder) / name, asked.rounds)
            print(name, json.dumps(result[name]), file=sys.stderr)
    print(json.dumps(result))
    return 0 if all(part["kept"] for part in result.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
