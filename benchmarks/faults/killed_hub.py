"""A hub whose commands are killed, and what must hold afterwards."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.faults.changing_feeds import ChangingPortal
from hubsearch.backup import PART, back_up
from hubsearch.backup_manifest import BackupError, check_backup
from hubsearch.backup_restore import STAGING
from hubsearch.harvesting import harvest
from hubsearch.hub import Hub, open_hub
from hubsearch.portals import configured
from hubsearch.settings import read_settings
from index.follow import check
from index.store import Run, Store
from index.store.database import Database
from index.store.migrate import migrate
from tests.hubsearch.workers import accounts

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
WITHIN = {
    "fetch": 0.6,
    "landing": 0.25,
    "index": 0.15,
    "publish": 0.15,
    "build": 0.3,
    "backup": 0.15,
    "restore": 0.4,
}
"""Seconds from the first sign of a phase within which it is killed."""
HARVEST = ("harvest", "--all", "--quiet")
COMMANDS = ("harvest", "index build", "backup", "migrate", "restore")

SLOWEST_RESTART = 120.0
"""Seconds a restart may take, whatever was killed: leases of the dead are taken over at once."""


class Quiet:
    """Who is told nothing."""

    def fetching(self, source: str, records: int, received: int) -> None: ...
    def fetched(self, source: str) -> None: ...
    def landed(self, run: Run) -> None: ...
    def said(self, message: str) -> None: ...


@dataclass
class KilledHub:
    """The hub in `folder`, over feeds of `portal`. `first_ids` are the public ids by source and identifier at
    first sight; `broken` says every promise that was not kept."""

    folder: Path
    portal: ChangingPortal
    store_url: str | None = None
    first_ids: dict[tuple[str, str], str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    finished: dict[str, str] = field(default_factory=dict)
    durations: dict[str, float] = field(default_factory=lambda: dict.fromkeys(COMMANDS, 2.0))
    restarts: list[float] = field(default_factory=list)
    leftovers: list[int] = field(default_factory=list)
    kills: int = 0

    def __post_init__(self) -> None:
        self.home = self.folder / "hub"
        self.home.mkdir(parents=True)
        (self.home / "portals.toml").write_text(self.portal.entries())
        self.backups = self.folder / "backups"
        self.environment = {"HUBSEARCH_HOME": str(self.home), "PATH": os.environ["PATH"]}
        self.environment["HUBSEARCH_PORTALS"] = str(self.home / "portals.toml")
        if self.store_url:
            self.environment["HUBSEARCH_STORE"] = self.store_url
        self.settings = read_settings(self.environment)

    def measure(self) -> None:
        """How long each command takes undisturbed."""
        for command in COMMANDS:
            if command == "harvest":
                self.portal.change(random.Random(0))
            begun = time.monotonic()
            self._start(command).wait(PATIENCE)
            self.durations[command] = time.monotonic() - begun
        self.restart()

    def kill(self, command: str, phase: str, chance: random.Random) -> str:
        """Start a command, kill it at that phase; what was met, in words."""
        self.kills += 1
        self.look()
        process = self._start(command)
        met = phase
        if phase == "any":
            self._wait_for_end(process, chance.uniform(0.3, 1.0) * self.durations[command])
        elif self.until(process, phase):
            self._wait_for_end(process, chance.uniform(0.0, WITHIN[phase]))
        if process.poll() is None and chance.random() < 0.5:
            self.look()  # what a reader sees in the last moment
        if process.poll() is not None:
            met = "nothing: it had ended"
        _kill(process, alone=chance.random() < 0.3)
        self.check_survivors(f"kill {self.kills} ({command}, {phase})")
        return f"{command}: {met}"

    def restart(self) -> None:
        """Harvest to the end, as the next start of the hub does, and compare everything."""
        begun = time.monotonic()
        where = f"after kill {self.kills}"
        with open_hub(self.settings) as hub:
            runs = harvest(hub, configured(self.settings), Quiet())
            drift = check(hub.store, hub.engine)
            self.expect(
                all(run.status == "ok" for run in runs), f"{where}: {[r.reason for r in runs if r.reason]}"
            )
            self.expect(not (drift["missing"] or drift["extra"] or drift["stale"]), f"{where}: index {drift}")
            every = hub.store.runs()
            self.expect(
                all(accounts(run) for run in every), f"{where}: a run does not account for its records"
            )
            self.expect(all(run.status != "running" for run in every), f"{where}: a run never ended")
            blocked = [
                job.name for job in hub.store.jobs.every() if job.owner and not _can_be_taken(hub, job.name)
            ]
            self.expect(not blocked, f"{where}: leases of the dead are in the way: {blocked}")
            self._check_content(hub.store, where)
        self.restarts.append(time.monotonic() - begun)
        self.expect(
            self.restarts[-1] < SLOWEST_RESTART, f"{where}: the restart took {self.restarts[-1]:.0f} s"
        )
        self._check_remains(where)

    def figures(self) -> dict[str, object]:
        """Of restarts and of what lies about in the home."""
        ordered = sorted(self.restarts)
        return {
            "restarts": len(ordered),
            "restart_seconds_median": round(ordered[len(ordered) // 2], 2),
            "restart_seconds_longest": round(ordered[-1], 2),
            "files_in_home_most": max(self.leftovers),
        }

    def start(self, *words: str, **environment: str) -> subprocess.Popen[bytes]:
        """`hubsearch words…`, which goes on by itself and says nothing."""
        return subprocess.Popen(
            [sys.executable, "-m", "hubsearch", *words],
            cwd=ROOT,
            env=self.environment | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`hubsearch words…` to its end, with what it says."""
        return subprocess.run(
            [sys.executable, "-m", "hubsearch", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=SLOWEST_RESTART,
            check=False,
        )

    def _start(self, command: str) -> subprocess.Popen[bytes]:
        if command == "migrate":
            return self.start("migrate", HUBSEARCH_STORE=f"sqlite:///{self.folder}/fresh-{self.kills}.sqlite")
        if command == "restore":
            self._back_up_what_is_there()
            return self.start("restore", str(self.folder / "kept"), "--yes")
        if command == "backup":
            return self.start("backup", str(self.backups / f"{self.kills}-{time.monotonic_ns()}"))
        return self.start(*{"harvest": HARVEST, "index build": ("index", "build")}[command])

    def _back_up_what_is_there(self) -> None:
        """So that a restore, killed or not, leaves what was acknowledged."""
        shutil.rmtree(self.folder / "kept", ignore_errors=True)
        with open_hub(self.settings) as hub:
            back_up(hub, self.folder / "kept")

    def until(self, process: subprocess.Popen[bytes], phase: str) -> bool:
        """Wait for the first sign of a phase; False when the command ended without."""
        answered = self.portal.answering
        until = time.monotonic() + PATIENCE
        with self._store() as store:
            while process.poll() is None and time.monotonic() < until:
                if self._at(phase, store, answered):
                    return True
                time.sleep(0.004)
        return False

    def _at(self, phase: str, store: Store, answered: int) -> bool:
        if phase == "fetch":
            return self.portal.answering > answered
        if phase == "landing":
            return any(run.status == "running" for run in store.runs(limit=5))
        if phase == "backup":
            return next((self.backups / PART).glob("*/*"), None) is not None
        if phase == "restore":
            return next(self.home.glob(f"{STAGING}/*/store.sqlite"), None) is not None
        job = store.jobs.get(phase)
        return job is not None and job.owner is not None

    @contextmanager
    def _store(self) -> Iterator[Store]:
        """Opened and closed again before a kill is looked at: whoever restarts finds the store as it was."""
        store = Store(Database.connect(self.settings.store))
        try:
            yield store
        finally:
            store.close()

    def look(self) -> None:
        """Remember what a reader sees: it is acknowledged."""
        with self._store() as store, store.database.read() as connection:
            query = "SELECT r.id, c.sequence FROM records r JOIN clusters c ON c.id = r.cluster_id"
            self.seen = {row[0]: row[1] for row in connection.exec_driver_sql(query)}
            query = "SELECT id, status, fetched, added FROM runs WHERE status <> 'running'"
            self.finished = {str(row[0]): repr(tuple(row)) for row in connection.exec_driver_sql(query)}

    def check_survivors(self, where: str) -> None:
        """What was seen when `look` was called last is still there, and every backup is a whole one."""
        seen, finished = self.seen, self.finished
        self.look()
        lost = [id_ for id_, number in seen.items() if self.seen.get(id_, -1) < number]
        self.expect(not lost, f"{where}: {len(lost)} acknowledged records lost")
        gone = {run for run, row in finished.items() if self.finished.get(run) != row}
        self.expect(not gone, f"{where}: finished runs lost or changed: {sorted(gone)}")
        fresh = self.folder / f"fresh-{self.kills}.sqlite"
        if fresh.exists():
            database = Database.connect(f"sqlite:///{fresh}")
            self.expect(migrate(database).revision != "", f"{where}: the tables cannot be made")
            database.close()
        for folder in self.backups.glob("[0-9]*"):
            try:
                check_backup(folder)
            except BackupError as error:
                self.expect(False, f"{where}: {error}")
            shutil.rmtree(folder)

    def _check_content(self, store: Store, where: str) -> None:
        for name, feed in self.portal.feeds.items():
            held = {r.identifier: (r.id, r.dataset.title) for r in store.live_records() if r.source == name}
            wanted = feed.titles()
            wrong = [
                key for key, title in wanted.items() if held.get(key, ("", ""))[1].split() != title.split()
            ]
            self.expect(
                not wrong, f"{where}: {len(wrong)} records of {name} are not as published: {wrong[:3]}"
            )
            for key, (id_, _) in held.items():
                first = self.first_ids.setdefault((name, key), id_)
                self.expect(first == id_, f"{where}: {key} of {name} was {first} and is {id_}")

    def _check_remains(self, where: str) -> None:
        spools = [path.name for path in (self.home / "spool").rglob("*") if path.is_file()]
        self.expect(not spools, f"{where}: spools left: {spools}")
        self.leftovers.append(sum(1 for path in self.home.rglob("*") if path.is_file()))

    def expect(self, kept: bool, otherwise: str) -> None:
        """Note a promise that was not kept."""
        if not kept:
            self.broken.append(otherwise)
            print(otherwise, file=sys.stderr, flush=True)

    def _wait_for_end(self, process: subprocess.Popen[bytes], seconds: float) -> None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def _can_be_taken(hub: Hub, job: str) -> bool:
    held = hub.leases.take(job)
    if held is not None:
        hub.leases.give_back(held)
    return held is not None


def _kill(process: subprocess.Popen[bytes], *, alone: bool) -> None:
    """As `kill -9` does; the children it had go with it, or notice by themselves."""
    children: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children(recursive=True)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    for child in () if alone else children:
        with suppress(psutil.NoSuchProcess):
            child.kill()
    process.wait()
