"""Ask a served hub what nobody should ask: fuzzed queries, no HTTP at all, and fifty known killers.

    python -m benchmarks.faults.queries [--number 20000] [--seed 1] [--home DIR] [--at-once 4] [--p99 1]
        [--elasticsearch]

A `hubsearch serve` process over real datasets (the bundled sample, or the hub in DIR) gets the requests over
plain sockets, so many at once. Broken promises: an answer of 5xx, none at all to a request that is HTTP, a
refusal that explains nothing, an answer without the security headers, another process at the end, a
traceback in its log, a 99th percentile over a second. Prints one JSON object; exit status 1 when a promise
was broken.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from socket import SHUT_WR, create_connection
from threading import Lock

import psutil

from benchmarks.faults.hostile_requests import Asked, fuzzed, request
from benchmarks.faults.killer_queries import KILLERS
from tests.hubsearch.served import Served
from tests.servers.elasticsearch import ElasticsearchServer
from tests.shared_data import SHARED

PATIENCE = 30.0
SLOWEST = 5
"""Requests printed."""
_LOCATION = re.compile(rb"(?i)\r\nlocation: (\S+)\r\n")
_INTERIM = re.compile(rb"\AHTTP/1\.1 1\d\d [^\r]*\r\n\r\n")
PROTECTED = b"content-security-policy:"
PLAIN = ("water quality", "crime statistics 2019", "bus stops", "air pollution", "school budgets by district")


@dataclass
class Tally:
    """What came back. Redirects are followed, as browsers do."""

    statuses: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def ask(self, port: int, asked: Asked, name: str = "") -> None:
        """Send one request, note what is answered."""
        begun = time.perf_counter()
        received = exchange(port, asked)
        took = time.perf_counter() - begun
        status = received[9:12].decode("latin-1") if received.startswith(b"HTTP/1.1 ") else "none"
        trouble = _trouble(asked, status, received)
        with self.lock:
            self.statuses[status] += 1
            self.seconds.append(took)
            self.slowest = sorted([*self.slowest, (took, name or repr(asked.sent[:200]))])[-SLOWEST:]
            if trouble:
                self.broken.append(f"{trouble}: {name or asked.sent[:300]!r}")
        if status in {"301", "308"} and (there := _LOCATION.search(received)):
            self.ask(port, Asked(request(there[1].decode("latin-1"))), name)

    def milliseconds(self, share: float) -> float:
        """The time within which this share of the requests was answered."""
        ordered = sorted(self.seconds)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000, 1)


def exchange(port: int, asked: Asked) -> bytes:
    """All that is answered until the server closes; what there is when it does not."""
    parts: list[bytes] = []
    try:
        with create_connection(("127.0.0.1", port), timeout=PATIENCE) as client:
            client.sendall(asked.sent)
            if not asked.is_http:
                client.shutdown(SHUT_WR)  # it may look like the beginning of a request
            while part := client.recv(1 << 16):
                parts.append(part)
    except OSError:
        pass  # a reset after the answer; without one the status is "none"
    return _INTERIM.sub(b"", b"".join(parts))


def _trouble(asked: Asked, status: str, received: bytes) -> str:
    if status.startswith("5"):
        return f"answered {status}"
    if status == "none":
        return "no answer" if asked.is_http else ""
    head, _, body = received.partition(b"\r\n\r\n")
    if PROTECTED not in head.lower():
        return f"{status} without the security headers"
    explained = b'{"detail":' in body or b"<h1>" in body or b"content-encoding: gzip" in head.lower()
    if status.startswith("4") and not explained and not asked.sent.startswith(b"HEAD"):
        return f"{status} that explains nothing"
    return ""


def real_queries() -> list[str]:
    """What people asked for: ACORDAR's queries where they lie beside the repository."""
    file = SHARED / "relevance" / "acordar" / "queries.tsv"
    if not file.exists():
        return list(PLAIN)
    lines = file.read_text(encoding="utf-8").splitlines()
    return [text for line in lines if (text := line.partition("\t")[2].strip())]


def some_ids(served: Served) -> list[str]:
    """Public ids of datasets the hub holds."""
    return [one["id"] for one in served.get("/search.json?limit=100").json()["results"]]


def run(served: Served, number: int, seed: int, at_once: int, p99: float) -> dict[str, object]:
    """Ask everything; the figures."""
    process, tally, killed = psutil.Process(served.process.pid), Tally(), Tally()
    before = process.memory_info().rss
    requests: Iterator[Asked] = islice(fuzzed(real_queries(), some_ids(served), seed), number)
    with ThreadPoolExecutor(at_once) as pool:
        for _ in pool.map(lambda asked: tally.ask(served.port, asked), requests):
            pass
        for name, _ in zip(
            KILLERS,
            pool.map(lambda one: killed.ask(served.port, Asked(one[1]), one[0]), KILLERS.items()),
            strict=True,
        ):
            assert name
    broken = tally.broken + killed.broken
    same = served.process.poll() is None and process.is_running()
    if not same or served.get("/search.json?q=water").status_code != 200:
        broken.append("the process did not survive")
    if "Traceback" in (log := served.log()):
        broken.append("an error in the log: " + log[log.index("Traceback") :][-600:])
    if tally.milliseconds(0.99) > p99 * 1000:
        broken.append(f"the 99th percentile is over {p99:g} s")
    return {
        "requests": number,
        "answers": len(tally.seconds),
        "killers": len(killed.seconds),
        "statuses": dict(sorted(tally.statuses.items())),
        "killer_statuses": dict(sorted(killed.statuses.items())),
        "p50_ms": tally.milliseconds(0.5),
        "p95_ms": tally.milliseconds(0.95),
        "p99_ms": tally.milliseconds(0.99),
        "slowest_ms": {asked: round(took * 1000, 1) for took, asked in reversed(tally.slowest)},
        "slowest_killer_ms": killed.milliseconds(1),
        "same_process": same,
        "rss_mb_before": before >> 20,
        "rss_mb_after": process.memory_info().rss >> 20,
        "broken": broken[:50],
    }


def command(home: Path, *words: str, **environment: str) -> None:
    """Carry out a command over a hub."""
    names = {"HUBSEARCH_HOME": str(home), "PATH": os.environ["PATH"], **environment}
    subprocess.run([sys.executable, "-m", "hubsearch", *words], env=names, check=True, capture_output=True)


def main(words: Sequence[str] | None = None) -> int:
    """Read the arguments, serve, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=4)
    parser.add_argument("--p99", type=float, default=1.0, help="seconds the 99th percentile may take")
    parser.add_argument("--home", type=Path, help="a hub to ask; without, one of the bundled sample is made")
    parser.add_argument("--elasticsearch", action="store_true", help="on a cluster of its own")
    given = parser.parse_args(words)
    with ExitStack() as stack:
        home = given.home or Path(stack.enter_context(tempfile.TemporaryDirectory())) / "hub"
        if given.home is None:
            command(home, "demo", "--no-serve")
        names: dict[str, str] = {}
        if given.elasticsearch:
            names["HUBSEARCH_ENGINE"] = stack.enter_context(ElasticsearchServer(quick=False)).url
            command(home, "index", "build", **names)
        served = stack.enter_context(Served(home, environment=names))
        figures = run(served, given.number, given.seed, given.at_once, given.p99)
    json.dump(figures, sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 1 if figures["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
