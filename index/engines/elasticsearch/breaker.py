"""A cluster that hangs is not waited for by one search after the other.

A server that is away refuses at once; one that hangs says nothing, and whoever asks it loses the whole
time-out, and a thread with it. After `TIME_OUTS` in a row nobody is sent there for `PAUSE` seconds: searches
are refused at once. Then a single one goes ahead; when it is answered, the others follow.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from elasticsearch import ApiError, ConnectionTimeout, TransportError

from index.engines.protocol import EngineUnavailable

TIME_OUTS = 2
"""In a row, with no answer to anybody in between: one alone may be a long pause of one node."""
PAUSE = 5.0
"""Seconds in which nobody is sent to a cluster that hangs."""


class Breaker:
    """What is known about whether a cluster answers; shared by the threads of a process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._in_a_row = 0
        self._until = 0.0

    @contextmanager
    def asking(self, doing: str, where: str) -> Iterator[None]:
        """Ask the cluster in here. Raises EngineUnavailable instead while it hangs."""
        if not self._may_ask():
            raise EngineUnavailable(
                f"{doing} at {where} was not tried: the cluster has not answered {TIME_OUTS} times in a row; "
                f"it is asked again within {PAUSE:g} seconds; look at its health with `hubsearch doctor`"
            )
        try:
            yield
        except ConnectionTimeout:
            self._timed_out()
            raise
        except (ApiError, TransportError):
            self._in_a_row = 0  # an answer, if no good one; a refusal, too, comes at once
            raise
        else:
            self._in_a_row = 0

    def _may_ask(self) -> bool:
        if self._in_a_row < TIME_OUTS:
            return True
        with self._lock:
            now = time.monotonic()
            if now < self._until:
                return False
            self._until = now + PAUSE  # this one goes ahead; the others wait for what it finds
            return True

    def _timed_out(self) -> None:
        with self._lock:
            self._in_a_row += 1
            self._until = time.monotonic() + PAUSE
