"""Back a hub up in the middle of its harvests, restore each backup with one command, and compare.

    python -m benchmarks.faults.backups [--number 20] [--seed 1] [--postgres] [--small]

Real feeds change, the hub harvests them, and at a chance moment of the harvest `hubsearch backup` runs
beside it. Each backup goes into an empty home with `hubsearch restore` (on SQLite, wherever it came
from), and there: the index is the store's, no run stands as running, every run accounts for its records;
the next harvest lands what the feeds say by then, under the same public ids. Prints one JSON object; exit
status 1 when a promise was broken.
"""

import random
import time
from collections import Counter

from benchmarks.faults.begun_hub import arguments, begun_hub, tell
from benchmarks.faults.killed_hub import HARVEST, KilledHub
from hubsearch.backup import back_up
from hubsearch.hub import open_hub
from index.follow import check
from tests.hubsearch.workers import accounts

AT_A_LANDING = 0.6
"""Share of the backups that begin when a run has begun to land."""


def back_up_and_restore(hub: KilledHub, number: int, seed: int) -> dict[str, object]:
    """So many backups; all that is printed but the times."""
    chance = random.Random(seed)
    states: Counter[str] = Counter()
    for one in range(number):
        hub.portal.change(chance)
        folder = hub.folder / f"backup-{one}"
        harvesting = hub.start(*HARVEST)
        if chance.random() < AT_A_LANDING and hub.until(harvesting, "landing"):
            with open_hub(hub.settings) as opened:  # a command would come too late
                back_up(opened, folder)
            ended = False
        else:
            time.sleep(chance.uniform(0.2, 1.0) * hub.durations["harvest"])
            ended = harvesting.poll() is not None
            hub.expect(hub.start("backup", str(folder)).wait(300) == 0, f"backup {one} failed")
        hub.expect(harvesting.wait(300) == 0, f"the harvest beside backup {one} failed")
        hub.restart()
        restored = KilledHub(hub.folder / f"restored-{one}", hub.portal)
        restored.first_ids = hub.first_ids
        (restored.home / "portals.toml").unlink()
        hub.expect(restored.start("restore", str(folder)).wait(300) == 0, f"restore {one} failed")
        slug = _compare(restored, f"restored {one}")
        states["after a harvest" if ended else f"in mid-harvest, {slug or 'between two runs'}"] += 1
        restored.restart()
        hub.broken += restored.broken
    return {"backups": number, "taken": dict(sorted(states.items())), "broken_promises": hub.broken}


def _compare(hub: KilledHub, where: str) -> str:
    """As the restore left it; the slug of the run that was interrupted."""
    with open_hub(hub.settings) as opened:
        drift, runs = check(opened.store, opened.engine), opened.store.runs()
    hub.expect(not (drift["missing"] or drift["extra"] or drift["stale"]), f"{where}: index {drift}")
    hub.expect(all(run.status != "running" for run in runs), f"{where}: a run stands as running")
    hub.expect(all(accounts(run) for run in runs), f"{where}: a run does not account for its records")
    return next((run.slug for run in runs if run.slug == "interrupted"), "")


def main() -> None:
    given = arguments(__doc__, number=20)
    begun = time.monotonic()
    with begun_hub(given) as hub:
        found = back_up_and_restore(hub, given.number, given.seed)
    tell(given, begun, found)


if __name__ == "__main__":
    main()
