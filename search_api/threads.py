"""Threads for requests that ask the engine, apart from those for all others.

An engine that hangs holds every thread that asks it. With threads of their own, searches wait for each other,
and the pages that need only the store go on; narrowed feeds, which take seconds each, wait for each other and
not for searches. Where more ask than can be answered the line stays short: who comes too late is told at
once, and nothing is done for callers who have gone.
"""

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from threading import BoundedSemaphore

import anyio.from_thread
import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import FastAPI, HTTPException, Request, Response

from search_api.deadline import is_given_up

LATE = 0.5
"""Seconds in line after which a caller may have gone."""
AGAIN = "Please try again in a minute."

SENDING = f"Other feeds are being sent. {AGAIN}"
OPEN_FEEDS = 8
"""Narrowed feeds of one process at a time, those that are being sent included."""

Endpoint = Callable[[Request], Response]
Asynchronous = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Line:
    """Requests of one kind: how many are carried out at once, each in a thread, how many more may wait for
    their turn, without one, and what the next are told to come back after `retry_after` seconds."""

    name: str
    at_once: int
    in_line: int
    crowded: str
    retry_after: int


SEARCHES = Line(
    "search",
    at_once=32,  # more would only share the same cores
    in_line=256,  # as many as are answered within a few seconds
    crowded=f"More people search here than can be answered at the moment. {AGAIN}",
    retry_after=10,
)
FEEDS = Line(
    "feed",
    at_once=1,  # it is computing, of which a process does one thing at a time; searching goes on beside it
    in_line=8,
    crowded=f"Other feeds are being built. {AGAIN}",
    retry_after=30,
)


class OpenFeeds:
    """Narrowed feeds that are being built or sent. Each lies on our disk until its client has taken it, so
    that clients who take nothing would fill it."""

    def __init__(self, most: int = OPEN_FEEDS) -> None:
        self._free = BoundedSemaphore(most)

    @contextmanager
    def one(self) -> Iterator[None]:
        """One more, until the block ends. Raises HTTPException where there are too many."""
        if not self._free.acquire(blocking=False):
            raise HTTPException(503, SENDING, {"Retry-After": str(FEEDS.retry_after)})
        try:
            yield
        finally:
            self._free.release()


def add_lines(app: FastAPI, *lines: Line) -> None:
    """Give an application its lines; in tests shorter ones."""
    app.state.lines = {line.name: (line, CapacityLimiter(line.at_once)) for line in lines}


def asks_the_engine(endpoint: Endpoint) -> Asynchronous:
    """An endpoint that is carried out in a thread for searches."""
    return _in_line(endpoint, SEARCHES.name)


def builds_a_feed(endpoint: Endpoint) -> Asynchronous:
    """An endpoint that is carried out in a thread for narrowed feeds."""
    return _in_line(endpoint, FEEDS.name)


def _in_line(endpoint: Endpoint, name: str) -> Asynchronous:
    @wraps(endpoint)
    async def carried_out(request: Request) -> Response:
        line: Line
        limiter: CapacityLimiter
        line, limiter = request.app.state.lines[name]
        if limiter.statistics().tasks_waiting >= line.in_line:
            raise HTTPException(503, line.crowded, {"Retry-After": str(line.retry_after)})
        came = time.monotonic()

        def turn() -> Response:
            if time.monotonic() > came + LATE and _is_gone(request):
                return Response(status_code=503)
            return endpoint(request)

        return await anyio.to_thread.run_sync(turn, limiter=limiter)

    return carried_out


def _is_gone(request: Request) -> bool:
    """Whether nobody waits for this answer any more: we gave up, or the caller did."""
    return is_given_up(request.scope) or anyio.from_thread.run(request.is_disconnected)
