"""Eight harvests write one store at once while a follower reads every change, on SQLite and on PostgreSQL.

    python -m benchmarks.faults.writers [--number 3] [--writers 8] [--records 2000] [--store both]

Each round, every source's feed grows, and one process for each source harvests it (`hubsearch harvest
ID`), all at the same moment; each of them then lets the index follow and publishes the feed. Meanwhile a
reader follows the change sequence. No command may fail or speak of a lock; every record must be there;
the reader must have seen every cluster's last number and none late; the index must be the store's. Prints
one JSON object; exit status 1 when a promise was broken.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.faults.killed_hub import ROOT
from hubsearch.hub import open_hub
from hubsearch.settings import Settings, read_settings
from index.follow import check
from index.store import Store
from index.store.database import Database
from tests.hubsearch.workers import accounts
from tests.portals import FeedsPortal
from tests.servers.postgres import PostgresServer, newest


@dataclass
class Follower:
    """Reads the changes as the index does. `latest` is the last number seen of each cluster; `late` counts
    numbers that became visible after a greater one."""

    url: str
    latest: dict[str, int] = field(default_factory=dict)
    late: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def follow(self) -> None:
        """Until told to end, then to the last change."""
        store = Store(Database.connect(self.url))
        reached = 0
        while True:
            last = self.ended.is_set()
            while changes := store.changes_after(reached, 500):
                self.late += sum(change.sequence <= reached for change in changes)
                self.latest.update((change.cluster_id, change.sequence) for change in changes)
                reached = changes[-1].sequence
            if last:
                break
            time.sleep(0.02)
        store.close()


def harvest_at_once(environment: dict[str, str], sources: list[str]) -> list[str]:
    """One process for each source; what went wrong."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "hubsearch", "harvest", source, "--quiet"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for source in sources
    ]
    wrong = []
    for source, process in zip(sources, running, strict=True):
        said = process.communicate()[1]
        if process.returncode or "locked" in said:
            wrong.append(f"{source}: status {process.returncode}: {said[-300:]}")
    return wrong


def write_at_once(
    folder: Path, url: str | None, rounds: int, writers: int, records: int
) -> dict[str, object]:
    """What came of it on one store."""
    sizes = {f"town-{number}": records for number in range(writers)}
    environment = {"HUBSEARCH_HOME": str(folder / "hub"), "PATH": os.environ["PATH"]}
    environment["HUBSEARCH_PORTALS"] = str(folder / "portals.toml")
    if url:
        environment["HUBSEARCH_STORE"] = url
    settings = read_settings(environment)
    with open_hub(settings):
        pass  # the tables are there
    wrong: list[str] = []
    with FeedsPortal(sizes) as portal:
        (folder / "portals.toml").write_text(portal.entries())
        follower = Follower(settings.store)
        thread = threading.Thread(target=follower.follow)
        thread.start()
        begun = time.monotonic()
        for _ in range(rounds):
            wrong += harvest_at_once(environment, list(sizes))
            portal.sizes.update({name: size + records // 2 for name, size in portal.sizes.items()})
        seconds = time.monotonic() - begun
        follower.ended.set()
        thread.join()
    published = dict.fromkeys(sizes, records + (rounds - 1) * (records // 2))
    return {"seconds": round(seconds, 1)} | account(settings, follower, published, wrong)


def account(
    settings: Settings, follower: Follower, published: dict[str, int], wrong: list[str]
) -> dict[str, object]:
    """Store, reader and index beside what was published."""
    with open_hub(settings) as hub:
        counts, runs, drift = hub.store.record_counts(), hub.store.runs(), check(hub.store, hub.engine)
        last = hub.store.last_sequence()
        with hub.store.database.read() as connection:
            held = {row[0]: row[1] for row in connection.exec_driver_sql("SELECT id, sequence FROM clusters")}
    found = {
        "commands_failed_or_locked": wrong,
        "records": sum(counts.values()),
        "records_lost": sum(published.values()) - sum(counts.values()),
        "runs_not_ok": sum(run.status != "ok" for run in runs),
        "accounts_wrong": sum(not accounts(run) for run in runs),
        "changes": last,
        "changes_seen_late": follower.late,
        "changes_missed": sum(follower.latest.get(id_) != number for id_, number in held.items()),
        "index_differs": drift["missing"] + drift["extra"] + drift["stale"],
    }
    harmless = {"records", "changes"}
    broken = [name for name, value in found.items() if value and name not in harmless]
    return found | {"broken_promises": broken}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--number", type=int, default=3, help="rounds; 3 unless told otherwise")
    parser.add_argument("--writers", type=int, default=8, help="sources, each with a process; 8 unless told")
    parser.add_argument("--records", type=int, default=2_000, help="of a source at first; 2,000 unless told")
    parser.add_argument("--store", choices=["sqlite", "postgres", "both"], default="both")
    given = parser.parse_args()
    found: dict[str, dict[str, object]] = {}
    with ExitStack() as stack:
        for store in ("sqlite", "postgres") if given.store == "both" else (given.store,):
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(PostgresServer(newest())).url() if store == "postgres" else None
            found[store] = write_at_once(folder, url, given.number, given.writers, given.records)
    print(json.dumps({"writers": given.writers, "rounds": given.number, **found}, indent=2))
    sys.exit(1 if any(one["broken_promises"] for one in found.values()) else 0)


if __name__ == "__main__":
    main()
