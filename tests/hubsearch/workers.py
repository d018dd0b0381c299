"""Real workers over a real store, for the tests that start, stop and kill them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hubsearch.hub import open_hub
from hubsearch.settings import read_settings
from hubsearch.work.upkeep import follow_in_turn
from index.follow import check
from index.store import Run, Store
from index.store.leases import Job
from index.store.schema import COUNTERS
from tests.conftest import ROOT

PATIENCE = 120.0
"""Seconds until what must happen has to have happened: a busy machine is slow."""


@dataclass
class Hub:
    """A home, its store, and the workers a test started on it."""

    home: Path
    store_url: str
    environment: dict[str, str] = field(default_factory=dict)
    started: list["Worker"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.environment = {
            "HUBSEARCH_HOME": str(self.home),
            "HUBSEARCH_PORTALS": str(self.portals),
            "HUBSEARCH_STORE": self.store_url,
            "HUBSEARCH_LEASE_SECONDS": "3",
            "PATH": os.environ["PATH"],
            **self.environment,
        }
        self.store = Store.open(self.store_url)

    @property
    def portals(self) -> Path:
        return self.home / "portals.toml"

    def worker(self, *words: str) -> "Worker":
        """Start one."""
        log = self.home / f"worker-{len(self.started)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "hubsearch", "worker", *words],
                cwd=ROOT,
                env=self.environment,
                stdout=subprocess.DEVNULL,
                stderr=file,
            )
        self.started.append(Worker(process, log))
        return self.started[-1]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`hubsearch words…` to its end."""
        return subprocess.run(
            [sys.executable, "-m", "hubsearch", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def job(self, source: str) -> Job:
        """The job that harvests a source; one that nobody has asked for yet is not there."""
        found = self.store.jobs.get(f"harvest:{source}")
        assert found is not None
        return found

    def harvested(self, *sources: str) -> bool:
        """Whether each of them was harvested and nobody is at it any more."""
        found = [self.store.jobs.get(f"harvest:{source}") for source in sources]
        return all(job is not None and job.done_at is not None and job.owner is None for job in found)

    def runs(self) -> list[Run]:
        return self.store.runs()

    def drift(self) -> dict[str, int]:
        """Index against store, after the last changes were taken in."""
        settings = read_settings(self.environment)
        with open_hub(settings) as hub:
            follow_in_turn(hub, lambda message: None)
            return check(hub.store, hub.engine)

    def close(self) -> None:
        for worker in self.started:
            worker.kill()
        self.store.close()


@dataclass
class Worker:
    """One worker process; `log` is its standard error."""

    process: subprocess.Popen[bytes]
    log: Path

    def said(self) -> str:
        return self.log.read_text()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """As `kill -9` does, also one that was stopped."""
        self.process.kill()
        self.process.wait()

    def ended(self) -> int:
        """Its exit status."""
        return self.process.wait(PATIENCE)


def wait_until(condition: Callable[[], Any], *workers: Worker) -> None:
    """Wait for something that must happen; shows what the workers said when it does not."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        told = "\n".join(f"--- {worker.log.name}\n{worker.said()}" for worker in workers)
        assert time.monotonic() < deadline, f"it did not happen\n{told}"
        time.sleep(0.05)


def accounts(run: Run) -> bool:
    """Whether a run accounts for every record it fetched."""
    return run.fetched == sum(getattr(run, name) for name in COUNTERS[1:8])


def document(done: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(done.stdout)
