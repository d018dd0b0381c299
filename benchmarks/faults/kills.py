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

import random
import sys
import time
from collections import Counter

from benchmarks.faults.begun_hub import arguments, begun_hub, tell
from benchmarks.faults.killed_hub import KilledHub

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


def rounds(hub: KilledHub, number: int, seed: int) -> dict[str, object]:
    """So many kills; all that is printed but the times."""
    chance = random.Random(seed)
    met: Counter[str] = Counter()
    hub.restart()
    killed = 0
    while killed < number:
        hub.portal.change(chance)
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
    given = arguments(__doc__, number=200)
    begun = time.monotonic()
    with begun_hub(given) as hub:
        found = rounds(hub, given.number, given.seed)
    tell(given, begun, found)


if __name__ == "__main__":
    main()
