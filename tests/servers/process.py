"""One server process: a session of its own, ended in good order or killed, never left behind."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Self

import psutil

from tests.servers.errors import ServerFailed
from tests.servers.places import server_user

ROOT = Path(__file__).resolve().parents[2]

PIDS = "pids"
"""The file in a server's folder that names its processes and when each began, for the guard."""

ENDS_WITHIN = 60.0
LOG_END = 3000


class ServerProcess:
    """A server's process in the foreground; what it prints goes to `log`."""

    def __init__(
        self, argv: Sequence[str], environment: Mapping[str, str], *, folder: Path, log: Path
    ) -> None:
        self._log = log
        user, group = server_user() or (None, None)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                argv,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", **environment},
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
            )
        note(folder, self._process.pid)

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def log_end(self) -> str:
        return end_of(self._log)

    def end(self, how: signal.Signals) -> None:
        """End it in good order by a signal, or with all its children by SIGKILL, as a power cut would.

        Raises ServerFailed where it does not heed the signal; it is killed then.
        """
        if how == signal.SIGKILL:
            self._kill()
            return
        self._process.send_signal(how)
        try:
            self._process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._kill()
            raise ServerFailed(
                f"the server did not end within {ENDS_WITHIN:.0f} s:\n{self.log_end()}"
            ) from None

    def _kill(self) -> None:
        kill_tree(self._process.pid)
        self._process.wait()


class Lifetime(ABC):
    """What is started when a block begins, and closed when it ends, or when the start fails."""

    @abstractmethod
    def start(self) -> object: ...
    @abstractmethod
    def close(self) -> None: ...

    def __enter__(self) -> Self:
        with ExitStack() as unless_up:
            unless_up.callback(self.close)
            self.start()
            unless_up.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def prepare(
    words: Sequence[str | Path],
    environment: Mapping[str, str],
    what: str,
    *,
    cwd: Path | None = None,
    given: str | None = None,
) -> None:
    """Run one of a server's own tools as the user its processes run as. Raises ServerFailed saying `what`
    could not be made."""
    user, group = server_user() or (None, None)
    done = subprocess.run(
        words,
        env={"PATH": "/usr/bin:/bin", **environment},
        cwd=cwd,
        input=given,
        capture_output=True,
        text=True,
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        check=False,
    )
    if done.returncode:
        raise ServerFailed(f"{what} cannot be made: {done.stdout}{done.stderr}")


def kill_tree(pid: int) -> None:
    """Kill a session's leader and all that it started; returns when all are gone."""
    try:
        leader = psutil.Process(pid)
        found = [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        found = []
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    for process in found:  # PostgreSQL's backends are sessions of their own
        with suppress(psutil.NoSuchProcess):
            process.kill()
    until = time.monotonic() + ENDS_WITHIN
    while any(map(alive, found)) and time.monotonic() < until:
        time.sleep(0.02)


def alive(process: psutil.Process) -> bool:
    """Whether it runs; one that is over and waits for its parent to notice does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def note(folder: Path, pid: int) -> None:
    """Let the guard of `folder` know this process."""
    with (folder / PIDS).open("a", encoding="utf-8") as pids:
        pids.write(f"{pid} {psutil.Process(pid).create_time()}\n")


def end_of(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-LOG_END:]


def guard(folder: Path, owner: int) -> None:
    """See to it that the processes named in `folder`, and `folder` itself, end when process `owner` does."""
    subprocess.run(
        [sys.executable, "-m", "tests.servers.guard", str(owner), str(folder)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        check=True,
    )


def remove(folder: Path) -> None:
    """Remove a server's folder; its guard ends then."""
    shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens at.

    It lies below the range systems take for outgoing connections, so that nobody has it by chance while a
    server that keeps its address is down.
    """
    chooser = random.SystemRandom()
    while True:
        port = chooser.randrange(12_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
