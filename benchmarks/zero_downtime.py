"""Build a new index under load, and look from outside whether anybody notices.

    python -m benchmarks.zero_downtime [--documents 20000] [--rate 20] [--engine tantivy|URL] [--store URL]

A hub of mixed real records is served by two processes; searches come at a steady rate, each by a connection
of its own. Meanwhile `hubsearch index build` makes a new index, and small harvests go on landing and being
followed. A search may never fail, and never find less than what had been visible when it was asked (`dips`).
Prints one JSON object.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from benchmarks.search import NOW, SOURCE, Mixture
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import read_settings
from index.ingest import Mapper, ingest
from index.store import Source
from mappings.schemas import describe
from mappings.source_record import RunStatement, SourceRecord
from tests.servers.fresh import fresh_prefix

ROOT = Path(__file__).resolve().parents[1]
SEEN_WITHIN = 1.0
"""Seconds until every web process shows what was committed."""
PORTION = 5
"""Records in each small harvest."""
MARK = "zweihundertelf"
"""A word only the records have that land during the build."""


@dataclass(frozen=True)
class Seen:
    """One search: when it was asked, how long it took, its status (0: no answer) and the total."""

    asked: float
    seconds: float
    status: int
    total: int


@dataclass
class Load:
    """Searches at a steady rate until stopped."""

    url: str
    rate: float
    seen: list[Seen] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Ask while the block lasts."""
        with ThreadPoolExecutor(32) as pool:
            clock = threading.Thread(target=self._keep_asking, args=(pool,))
            clock.start()
            try:
                yield
            finally:
                self._over.set()
                clock.join()

    def _keep_asking(self, pool: ThreadPoolExecutor) -> None:
        due = time.monotonic()
        while not self._over.is_set():
            pool.submit(self._ask)
            due += 1 / self.rate
            time.sleep(max(0.0, due - time.monotonic()))

    def _ask(self) -> None:
        asked = time.monotonic()
        status, document = answer(f"{self.url}/search.json?limit=5")
        self.seen.append(Seen(asked, time.monotonic() - asked, status, document.get("total", -1)))


@dataclass
class Changes:
    """Small harvests of a second portal, one after the other, each followed by the index."""

    hub: Hub
    landed: int = 0
    visible: list[tuple[float, int]] = field(default_factory=list)

    def land(self) -> None:
        """One more portion: all records so far, as a portal publishes them, and what follows a harvest."""
        self.landed += PORTION
        source = Source("fresh", "dcat-us", "https://fresh.example/data.json", "Fresh", "Nowhere", "city")
        self.hub.store.put_source(source)
        fetched = Fresh(self.landed)
        mapper = replace(Mapper.standard(), processes=0)
        ingest(self.hub.store, source, fetched, now=NOW, mapper=mapper)
        self.hub.follow()
        self.visible.append((time.monotonic() + SEEN_WITHIN, self.landed))

    def floor(self, moment: float) -> int:
        """How many had to be visible to whoever asked then."""
        return max((landed for since, landed in self.visible if since <= moment), default=0)


@dataclass
class Fresh:
    """A finished fetch of so many records that bear the mark."""

    size: int
    statement: RunStatement = field(default_factory=lambda: RunStatement(complete=True))

    def records(self) -> Iterator[SourceRecord]:
        """The same at every call."""
        for number in range(self.size):
            record = {"identifier": f"fresh-{number}", "title": f"{MARK} {number}", "modified": "2025-01-01"}
            light = describe("dcat-us-1.1", record)
            payload = json.dumps(record).encode()
            yield SourceRecord(
                "fresh", light.identifier, "dcat-us-1.1", payload, None, light.digest, light.version
            )


def answer(url: str) -> tuple[int, dict[str, Any]]:
    """Status (0 when nobody answered) and document."""
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        return error.code, {}
    except (OSError, ValueError):
        return 0, {}


@contextmanager
def serving(environment: Mapping[str, str], port: int) -> Iterator[str]:
    """Two web processes; their address, once they are ready."""
    words = [sys.executable, "-m", "hubsearch", "serve", "--workers", "2", "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        while answer(f"{url}/readyz")[0] != 200:
            if process.poll() is not None:
                raise SystemExit("serve ended before it was ready; is the port free?")
            time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait()


def measure(environment: Mapping[str, str], *, documents: int, rate: float, port: int) -> dict[str, Any]:
    """Fill a hub, serve it, build under load, tell what was seen."""
    settings = read_settings(environment)
    with open_hub(settings) as hub:
        hub.store.put_source(SOURCE)
        ingest(hub.store, SOURCE, Mixture(documents), now=NOW)
        hub.follow()
        changes, before = Changes(hub), hub.engine.generation()
        with serving(environment, port) as url:
            load = Load(url, rate)
            with load.going_on():
                time.sleep(1.0)
                built = _build(environment, changes)
                time.sleep(SEEN_WITHIN + 1.0)
            marked = answer(f"{url}/search.json?q={MARK}&match=all")[1].get("total")
        figures = _figures(load.seen, lambda moment: documents + changes.floor(moment))
        return figures | {
            "engine": hub.engine.name,
            "documents": documents,
            "build_seconds": round(built, 1),
            "swapped": hub.engine.generation().split("@")[0] != before.split("@")[0],
            "changed_during_build": changes.landed,
            "of_these_in_the_new_index": marked,
        }


def _build(environment: Mapping[str, str], changes: Changes) -> float:
    """Build in a process of its own, landing changes as long as it takes; the seconds."""
    begun = time.monotonic()
    words = [sys.executable, "-m", "hubsearch", "index", "build"]
    process = subprocess.Popen(words, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    while process.poll() is None:
        changes.land()
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit("index build failed; try it by hand")
    return time.monotonic() - begun


def _figures(seen: list[Seen], floor: Callable[[float], int]) -> dict[str, Any]:
    good = [one for one in seen if one.status == 200]
    times = sorted(one.seconds for one in good)
    return {
        "searches": len(seen),
        "failures": len(seen) - len(good),
        "smallest_total": min((one.total for one in good), default=None),
        "largest_total": max((one.total for one in good), default=None),
        "dips": sum(one.total < floor(one.asked) for one in good),
        "p50_ms": round(times[len(times) // 2] * 1000, 1) if times else None,
        "p99_ms": round(times[len(times) * 99 // 100] * 1000, 1) if times else None,
    }


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--rate", type=float, default=20.0, help="searches a second")
    parser.add_argument("--engine", default="tantivy")
    parser.add_argument("--store", help="SQLite in a new folder when not given")
    parser.add_argument("--port", type=int, default=8399)
    given = parser.parse_args()
    prefix = fresh_prefix(given.engine) if given.engine != "tantivy" else nullcontext("hub")
    with tempfile.TemporaryDirectory() as home, prefix as index:
        environment = os.environ | {
            "HUBSEARCH_HOME": home,
            "HUBSEARCH_ENGINE": given.engine,
            "HUBSEARCH_ENGINE_INDEX": index,
            "HUBSEARCH_STORE": given.store or "",
        }
        figures = measure(environment, documents=given.documents, rate=given.rate, port=given.port)
    json.dump(figures, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
