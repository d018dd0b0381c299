"""Starting and ending the processes that fetch.

They are forked from a zygote (`harvesters.zygote`), which this process starts with its first fetch and keeps.
"""

import atexit
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from types import MappingProxyType
from typing import IO

from harvesters.fork_request import PROCESS_ID, STATUS, Descriptors, read, send
from harvesters.leash import Leash

_ROOT = Path(__file__).resolve().parents[1]
_LAST_WORDS = 300
"""Characters of the log's last line quoted when a child died."""


class Child:
    """A fetching process, in a process group of its own; its standard output is a pipe. For one thread."""

    def __init__(self, pid: int, stdin: int, stdout: int, end: int) -> None:
        self.pid = pid
        self.stdin = os.fdopen(stdin, "wb")
        self.stdout = os.fdopen(stdout, "rb")
        self._end = end
        self._status: int | None = None

    def wait(self, seconds: float | None = None) -> int:
        """Its exit status, or the negative number of the signal that ended it. Raises TimeoutError."""
        if self._status is None:
            poll = select.poll()
            poll.register(self._end, select.POLLIN)
            if not poll.poll(None if seconds is None else seconds * 1_000):
                raise TimeoutError(f"process {self.pid} has not ended within {seconds} s")
            said = os.read(self._end, STATUS.size)
            os.close(self._end)
            self._status = STATUS.unpack(said)[0] if said else self._orphaned()
        return self._status

    def kill(self) -> int:
        """End it and all it started, at once; its status."""
        with suppress(TimeoutError):
            self.wait(0)
        if self._status is None:
            with suppress(ProcessLookupError):  # it may end in this moment
                os.killpg(self.pid, signal.SIGKILL)
        for pipe in (self.stdin, self.stdout):
            with suppress(BrokenPipeError):
                pipe.close()
        return self.wait()

    def _orphaned(self) -> int:
        """The zygote was killed and nobody will tell: end what may still run."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        return -signal.SIGKILL


class _Zygote:
    """This process's zygote, started when it is first needed and again when it has died."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def fork(self, log: IO[bytes], environment: Mapping[str, str]) -> Child:
        """A process whose standard error is the log. Raises OSError when none can be started."""
        with self._lock, ExitStack() as on_trouble, ExitStack() as theirs:
            stdin, our_stdin = _pipe(theirs, on_trouble)
            our_stdout, stdout = _pipe(on_trouble, theirs)
            our_end, end = _pipe(on_trouble, theirs)
            descriptors = Descriptors(stdin, stdout, log.fileno(), end)
            pid = self._ask(descriptors, environment) or self._ask_another(descriptors, environment)
            on_trouble.pop_all()
            return Child(pid, our_stdin, our_stdout, our_end)

    def end(self) -> None:
        """Let it go: it ends when nobody can ask it any more."""
        with self._lock:
            self._let_go()

    def forget(self) -> None:
        """In a fork of this process: the zygote is not ours."""
        self._lock, self._process, self._channel = threading.Lock(), None, None

    def _ask(self, descriptors: Descriptors, environment: Mapping[str, str]) -> int | None:
        """The process id; None when the zygote is no more."""
        channel = self._channel or self._started()
        try:
            send(channel, descriptors, environment)
            answer = read(channel, PROCESS_ID.size)
        except (BrokenPipeError, ConnectionResetError):
            return None
        return PROCESS_ID.unpack(answer)[0] if answer else None

    def _ask_another(self, descriptors: Descriptors, environment: Mapping[str, str]) -> int:
        self._let_go()
        pid = self._ask(descriptors, environment)
        if pid is None:
            self._let_go()
            raise OSError("the process that fetches are forked from cannot run; its error output says why")
        return pid

    def _started(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH", ""))))
        with theirs:
            self._channel = ours
            self._process = subprocess.Popen(  # noqa: S603 (a module of ours)
                [sys.executable, "-m", "harvesters.zygote", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                # Ctrl-C is for this process, whose end the zygote notices. But no session of its own: Linux
                # shares the processors out by sessions first, and only within one by priority.
                process_group=0,
                env={**os.environ, "PYTHONPATH": path},
            )
        return ours

    def _let_go(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._channel = self._process = None


_zygote = _Zygote()
atexit.register(_zygote.end)
os.register_at_fork(after_in_child=_zygote.forget)


def start_child(
    job: bytes, log: IO[bytes], leash: Leash, secrets: Mapping[str, str] = MappingProxyType({})
) -> Child:
    """A child that has got its job.

    It lives no longer than this process and its `leash`. `secrets` joins its environment: command lines and
    job files can be read by others. Raises OSError when no process can be started.
    """
    child = _zygote.fork(log, {**os.environ, **secrets})
    leash.tie(child.stdin, job)
    return child


def end_child(child: Child, patience: float = 5) -> int:
    """The exit status, after at most `patience` seconds for a child that has closed its output."""
    try:
        return child.wait(patience)
    except TimeoutError:
        return child.kill()


def last_words(log: Path) -> str:
    """The last line a child logged."""
    lines = log.read_bytes()[-65_536:].decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:_LAST_WORDS] if lines else "its log is empty"


def _pipe(of_reading: ExitStack, of_writing: ExitStack) -> tuple[int, int]:
    reading, writing = os.pipe()
    of_reading.callback(os.close, reading)
    of_writing.callback(os.close, writing)
    return reading, writing
