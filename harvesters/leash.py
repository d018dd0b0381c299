"""What ties a fetching process to the one that asked for it: the pipe the job came through stays open.

The parent writes into it until when the fetch may go on. A child whose parent is dead reads the pipe's end;
one whose parent hangs sees its time run out. Either way it ends itself at once, so that a source somebody
else takes over is never asked by two processes.
"""

import os
import select
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf, isinf
from typing import IO

LET_GO = 75
"""Exit status of a child whose leash ended; EX_TEMPFAIL of sysexits.h: later it may succeed."""


class CalledBack(Exception):
    """A fetch was ended because whoever asked for it no longer wants it, or may no longer."""


class Leash:
    """The parent's end. `until` is a `time.monotonic`, which is one clock for all processes of a machine.

    Safe to share: one thread waits for the fetch, others extend the time or call it back.
    """

    def __init__(self, until: float = inf) -> None:
        self._until = until
        self._reason: str | None = None
        self._pipe: IO[bytes] | None = None
        self._lock = threading.Lock()
        self.onlooker: Callable[[int], None] = lambda pid: None
        """Told the child's process id ten times a second, in the thread that waits for the fetch."""

    def tie(self, pipe: IO[bytes], job: bytes) -> None:
        """Send a child its job (one line) through the pipe that will hold it."""
        with self._lock:
            self._pipe = pipe
            self._say(job + b"\n" + _line(self._until))

    def extend(self, until: float) -> None:
        """Let the fetch go on until then."""
        with self._lock:
            self._until = until
            self._say(_line(until))

    def call_back(self, reason: str) -> None:
        """End the fetch; the first reason stays."""
        with self._lock:
            self._reason = self._reason or reason

    def untie(self) -> None:
        """The child has ended, or is to end now."""
        with self._lock:
            pipe, self._pipe = self._pipe, None
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()

    def why_over(self) -> str | None:
        """Why the fetch must end now; None while it may go on."""
        if self._reason is None and time.monotonic() > self._until:
            return "the time it was given ran out"
        return self._reason

    def _say(self, words: bytes) -> None:
        if self._pipe is not None:
            with suppress(BrokenPipeError):  # it died; its log says why
                self._pipe.write(words)
                self._pipe.flush()


def receive(pipe: int) -> bytes:
    """The job, in the child; from then on the process ends when its leash does."""
    heard = b""
    while b"\n" not in heard:
        data = os.read(pipe, 65_536)
        if not data:
            os._exit(LET_GO)  # the parent died before it had said what to do
        heard += data
    job, _, rest = heard.partition(b"\n")
    while _has_news(pipe):  # the parent may have died while this process loaded its modules
        data = os.read(pipe, 4_096)
        if not data:
            os._exit(LET_GO)
        rest += data
    threading.Thread(target=_heed, args=(pipe, rest), name="leash", daemon=True).start()
    return job


def _has_news(pipe: int) -> bool:
    readable, _, _ = select.select([pipe], [], [], 0)
    return bool(readable)


def _heed(pipe: int, rest: bytes) -> None:
    until = inf
    while True:
        *lines, rest = rest.split(b"\n")
        if lines:
            until = float(lines[-1])
        left = None if isinf(until) else max(0.0, until - time.monotonic())
        readable, _, _ = select.select([pipe], [], [], left)
        data = os.read(pipe, 4_096) if readable else b""
        if not data:
            os._exit(LET_GO)  # no spool, no more requests: nobody would read them
        rest += data


def _line(until: float) -> bytes:
    return b"%r\n" % until
