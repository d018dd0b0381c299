"""Fill the disk of a hub to the brim, again and again, and look whether it pauses, says so, and goes on.

    python -m benchmarks.faults.disk_full [--number 40] [--seed 1] [--megabytes 96]

The home lies on a file system of its own in memory (this needs the right to mount one). Feeds change; a
chance number of bytes, from none to some megabytes, is left free, so that the store, a spool, the index
or the feed is what finds no room; the hub harvests. It must end with a message, never a traceback, and
every record and finished run that was seen before must be there; the doctor must name the disk. Then
there is room again: the next harvest must do the rest, as after a kill (`benchmarks.faults.kills`).
Prints one JSON object; exit status 1 when a promise was broken.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.faults.changing_feeds import ChangingPortal
from benchmarks.faults.killed_hub import HARVEST, KilledHub
from benchmarks.faults.small_disk import NoSmallDisk, fill, make_room, small_disk

SIGNS = {
    "store": "the store ",
    "spool": "No space left on device",
    "index": "not in the index yet",
    "feed": "the feed ",
}
"""What a message about each part says."""

MOST_LEFT = 4 << 20
"""Bytes: with this much free, nothing runs short."""


def rounds(hub: KilledHub, disk: Path, number: int, seed: int) -> dict[str, object]:
    """So many harvests on a full disk; all that is printed but the times."""
    chance = random.Random(seed)
    met: Counter[str] = Counter()
    hub.restart()
    for _ in range(number):
        hub.portal.change(chance)
        hub.look()
        leave = int(MOST_LEFT * chance.random() ** 2)
        fill(disk, leave)
        where = f"with {leave:,} bytes left"
        done = hub.run(*HARVEST, "--json")
        told = done.stderr + done.stdout
        met.update(_named(told) or ["nothing: there was room"])
        hub.expect("Traceback" not in told, f"{where}: a traceback: {told[-300:]}")
        doctor = hub.run("doctor", "--only", "disk", "--json")
        hub.expect(doctor.returncode == 1, f"{where}: the doctor says that all is well")
        make_room(disk)
        hub.check_survivors(where)
        hub.restart()
    return {
        "harvests": number,
        "no_room_for": dict(sorted(met.items())),
        "records": len(hub.first_ids),
        "broken_promises": hub.broken,
        **hub.figures(),
    }


def _named(told: str) -> list[str]:
    return [part for part, sign in SIGNS.items() if sign in told]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=40, help="harvests; 40 unless told otherwise")
    parser.add_argument(
        "--seed", type=int, default=1, help="of what is left to chance; 1 unless told otherwise"
    )
    parser.add_argument(
        "--megabytes", type=int, default=96, help="size of the disk; 96 unless told otherwise"
    )
    given = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        try:
            with (
                small_disk(Path(folder) / "disk", given.megabytes) as disk,
                ChangingPortal(large=False) as portal,
            ):
                hub = KilledHub(disk, portal)
                found = rounds(hub, disk, given.number, given.seed)
        except NoSmallDisk as missing:
            sys.exit(f"disk_full: {missing}; run it as a user who may")
    print(json.dumps({"seed": given.seed, "seconds": round(time.monotonic() - begun), **found}, indent=2))
    sys.exit(1 if hub.broken else 0)


if __name__ == "__main__":
    main()
