"""Kill a hub anywhere, again and again, and look whether anything that was acknowledged is lost.

    python -m benchmarks.faults.kills [--number 200] [--seed 1] [--postgres] [--small]

A hub harvests real feeds that change each round. A command (harvest, index build, backup, migrate,
restore) is killed (SIGKILL, alone or with its children) while it fetches, lands, indexes, publishes,
copies, or at any moment; then the hub is opened again and harvests. After each kill: every record and
finished run that a reader had seen is there; a folder that looks like a backup is a whole one. After each
restart: every run ends ok and accounts for every record, the store says what the feeds say, public ids
are what they were at first sight, the index is the store's without a repair, no lease and no spool is
left. Prints one JSON object, progress on stderr; exit status 1 when one of this was not so.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from benchmarks.faults.changing_feeds import ChangingPortal
from benchmarks.faults.killed_hub import KilledHub
from tests.servers.postgres import PostgresServer, newest

TARGETS = {
    "harvest": ("fetch", "landing", "index", "publish", "any", "any"),
    "index build": ("build", "any"),
    "backup": ("backup", "any"),
    "restore": ("restore", "any"),
    "migrate": ("any",),
}
"""What is waited for before a command is killed: a sign of that phase, or a moment of its whole time."""

WEIGHTS = {"harvest": 14, "index build": 2, "backup": 2, "restore": 1, "migrate": 1}

TWICE = 0.15
"""Share of the kills after which the restart is killed, too."""


def rounds(hub: KilledHub, portal: ChangingPortal, number: int, seed: int) -> dict[str, object]:
    """So many kills; all that is printed but the times."""
    chance = random.Random(seed)
    met: Counter[str] = Counter()
    hub.restart()
    killed = 0
    while killed < number:
        portal.change(chance)
        (command,) = chance.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))
        phase = chance.choice(TARGETS[command])
        met[hub.kill(command, phase, chance)] += 1
        killed += 1
        while killed < number and chance.random() < TWICE:
            met[hub.kill("harvest", chance.choice(TARGETS["harvest"]), chance)] += 1
            killed += 1
        hub.restart()
        print(f"{killed} kills, {len(hub.broken)} broken promises", file=sys.stderr, flush=True)
    return {
        "kills": killed,
        "killed_while": dict(sorted(met.items())),
        "records": len(hub.first_ids),
        "broken_promises": hub.broken,
        **hub.figures(),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--postgres", action="store_true", help="a store on a PostgreSQL server of its own")
    parser.add_argument("--small", action="store_true", help="without the feed of 1,000 records")
    given = parser.parse_args()
    begun = time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(PostgresServer(newest())).url() if given.postgres else None
        portal = stack.enter_context(ChangingPortal(large=not given.small))
        hub = KilledHub(folder, portal, url)
        hub.restart()
        hub.measure()
        found = rounds(hub, portal, given.number, given.seed)
    store = "postgresql" if given.postgres else "sqlite"
    print(
        json.dumps(
            {"store": store, "seed": given.seed, "seconds": round(time.monotonic() - begun), **found},
            indent=2,
        )
    )
    sys.exit(1 if hub.broken else 0)


if __name__ == "__main__":
    main()
