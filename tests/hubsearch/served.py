"""`hubsearch serve` as it runs in earnest: real processes on a loopback port, asked over HTTP."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import httpx
import psutil

from tests.conftest import ROOT
from tests.servers.process import Lifetime, free_port

COMES_UP_WITHIN = 60.0


class Served(Lifetime):
    """One `hubsearch serve` over a home, until the block ends. `environment` adds to the usual one; `program`
    are the words with which Python runs hubsearch."""

    def __init__(
        self,
        home: Path,
        *,
        workers: int = 1,
        environment: Mapping[str, str] | None = None,
        port: int | None = None,
        program: Sequence[str] = ("-m", "hubsearch"),
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = home.parent / f"serve-{self.port}.log"
        names = {"HUBSEARCH_HOME": str(home), "PATH": os.environ["PATH"], **(environment or {})}
        words = ["serve", "--port", str(self.port), "--workers", str(workers)]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *program, *words], cwd=ROOT, env=names, stderr=log, stdout=log
            )

    def start(self) -> None:
        """Wait until it answers."""
        self.wait_until(lambda: self.get("/robots.txt").status_code == 200)

    def close(self) -> None:
        """Kill it with its workers."""
        for process in (*self.workers(), self.process):
            process.kill()
        self.process.wait()

    def get(self, path: str, *, seconds: float = 20.0) -> httpx.Response:
        """One answer, by a connection of its own, as many visitors make them."""
        return httpx.get(self.url + path, timeout=seconds)

    def status(self, path: str) -> int:
        """The status of an answer; 0 when nobody answered."""
        try:
            return self.get(path).status_code
        except httpx.TransportError:
            return 0

    def wait_until(self, what: Callable[[], bool], seconds: float = COMES_UP_WITHIN) -> float:
        """How long it took until something is so. Raises AssertionError when it is not in time."""
        begun = time.monotonic()
        while time.monotonic() < begun + seconds:
            try:
                if what():
                    return time.monotonic() - begun
            except httpx.TransportError:
                assert self.process.poll() is None, self.log()
            time.sleep(0.02)
        raise AssertionError(f"not in {seconds} s:\n{self.log()}")

    def workers(self) -> list[psutil.Process]:
        """The processes that answer, of more than one."""
        if self.process.poll() is not None:
            return []
        children = psutil.Process(self.process.pid).children()
        return [child for child in children if "spawn_main" in _command_of(child)]

    def stop(self, seconds: float = 60.0) -> int:
        """Stop it as a process manager does; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text(encoding="utf-8", errors="replace")


def _command_of(process: psutil.Process) -> str:
    """Its command line; empty for one that has just died."""
    try:
        return " ".join(process.cmdline())
    except (psutil.ZombieProcess, psutil.NoSuchProcess):
        return ""
