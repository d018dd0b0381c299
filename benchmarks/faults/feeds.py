"""Mutated feeds: nothing crashes, nothing takes long, and every untouched record is stored.

    .venv/bin/python -m benchmarks.faults.feeds [--number 10000] [--seed 0] [--processes 2] [--data FOLDER]

Takes some thirty records of a real feed, breaks one to five of them (structure, meaning, bytes, encoding),
and sends the feed through the whole hub. Prints one JSON object; exits with 1 when a feed crashed something,
took more than 10 s of a processor, lost an untouched record, or its account did not add up. A seed that fails
can be looked at alone: `--seed N --number 1`.
"""

import argparse
import json
import multiprocessing
import sys
import time
from collections import Counter
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.faults.broken_feeds import Samples, broken_feed
from benchmarks.faults.way_of_a_feed import Hub, Passage

SLOWEST_ALLOWED = 10.0
_PORTION = 50
_SHOWN = 20
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def portion(first: int, data: Path, end: int) -> list[Passage]:
    """Some feeds in a process of their own."""
    samples = Samples(data)
    with Hub() as hub:
        return [hub.passage(broken_feed(samples, seed)) for seed in range(first, min(end, first + _PORTION))]


def figures(passages: list[Passage], seconds: float) -> dict[str, Any]:
    """What happened, summed up; `failures` are the feeds that broke a promise."""
    bad = [p for p in passages if p.crash or p.wrong or p.lost or p.seconds > SLOWEST_ALLOWED]
    times = sorted(p.seconds for p in passages)
    slowest = max(passages, key=lambda p: p.seconds)
    return {
        "feeds": len(passages),
        "records": sum(p.fetched for p in passages),
        "untouched": sum(p.untouched - p.contested for p in passages),
        "untouched_stored": sum(p.untouched - p.contested - len(p.lost) for p in passages),
        "contested": sum(p.contested for p in passages),
        "quarantined": sum(p.quarantined for p in passages),
        "crashes": sum(bool(p.crash) for p in passages),
        "wrong_accounts": sum(bool(p.wrong) for p in passages),
        "slowest_s": round(slowest.seconds, 2),
        "slowest_seed": slowest.seed,
        "p99_s": round(times[int(len(times) * 0.99)], 2),
        "median_s": round(times[len(times) // 2], 3),
        "statuses": dict(Counter(f"{p.status} {p.slug}".strip() for p in passages)),
        "seconds": round(seconds),
        "failures": [asdict(p) for p in bad[:_SHOWN]],
        "failed": len(bad),
    }


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0, help="of the first feed; each has the next number")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--data", type=Path, default=DATA)
    asked = parser.parse_args()
    end = asked.seed + asked.number
    begun = time.perf_counter()
    work = partial(portion, data=asked.data, end=end)
    context = multiprocessing.get_context("spawn")
    with context.Pool(asked.processes, maxtasksperchild=20) as pool:
        found: list[Passage] = []
        for passages in pool.imap_unordered(work, range(asked.seed, end, _PORTION)):
            found.extend(passages)
            print(f"\r{len(found):,}", end="", file=sys.stderr)
    result = figures(found, time.perf_counter() - begun)
    print(json.dumps(result, ensure_ascii=False))
    return 1 if result["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
