"""Threads for requests that ask the engine, apart from those for all others.

An engine that hangs holds every thread that asks it. With threads of their own, searches wait for each other,
and the pages that need only the store go on.
"""

from collections.abc import Awaitable, Callable
from functools import partial, wraps

import anyio.to_thread
from anyio import CapacityLimiter
from fastapi import Request, Response

AT_ONCE = 32
"""Requests that may ask the engine at the same time; the next wait, without a thread. More would only share
the same cores."""

Endpoint = Callable[[Request], Response]


def asks_the_engine(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint that is carried out in a thread for searches (`app.state.engine_threads`)."""

    @wraps(endpoint)
    async def carried_out(request: Request) -> Response:
        limiter: CapacityLimiter = request.app.state.engine_threads
        return await anyio.to_thread.run_sync(partial(endpoint, request), limiter=limiter)

    return carried_out
