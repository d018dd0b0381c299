"""How a web process ends: it says that it will, goes on answering for a while, and finishes what it began."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Event, Thread
from types import FrameType
from typing import Any

from fastapi import FastAPI
from starlette.types import Lifespan


def draining(seconds: float, at_end: Callable[[], None]) -> Lifespan[FastAPI]:
    """A lifespan under which SIGTERM first sets `app.state.draining`, and stops the server seconds later.

    Until then a load balancer that asks `/readyz` finds another process, and nobody is refused. A second
    SIGTERM stops at once. `at_end` is called when the last request is answered.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        _drain_at_sigterm(app.state.draining, seconds)
        _end_with_parent()
        try:
            yield
        finally:
            at_end()

    return lifespan


def _drain_at_sigterm(draining: Event, seconds: float) -> None:
    """Put ourselves before the server's own handler, which it has set by now."""
    loop, stop = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

    def drain(number: int, frame: FrameType | None) -> None:
        assert callable(stop)
        if draining.is_set() or seconds <= 0:
            draining.set()
            stop(number, frame)
            return
        draining.set()
        loop.call_soon_threadsafe(loop.call_later, seconds, stop, number, None)

    signal.signal(signal.SIGTERM, drain)


def _end_with_parent() -> None:
    """A worker whose supervisor was killed would hold the port for ever; it ends as if it had been told."""
    parent: Any = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=wait, name="parent's end", daemon=True).start()
