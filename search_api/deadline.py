"""No request waits for ever: where a part of the hub hangs, the caller gets an answer all the same.

A server that is away refuses at once; one that hangs, or a network that swallows packets, says nothing. A
thread that waits for it cannot be called back, but its caller need not wait with it.
"""

import asyncio
import logging
from collections.abc import Mapping
from threading import Event
from types import MappingProxyType

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from search_api.errors import RETRY_AFTER, STORE_AWAY, Failure, answer, said_path

LOG = logging.getLogger("hubsearch.search_api")

SECONDS = 30.0
"""Until an answer begins. A search is given ten by the engine's time-out."""
LONGER: Mapping[str, float] = MappingProxyType({"/data.json": 900.0})
"""A narrowed feed is built before its answer begins: at least 2,000 datasets in a second of the processor."""


_GIVEN_UP = "hubsearch.given_up"


def is_given_up(scope: Scope) -> bool:
    """Whether the caller of this request has been told already that no answer came."""
    given_up: Event | None = scope.get(_GIVEN_UP)
    return given_up is not None and given_up.is_set()


class Deadline:
    """ASGI middleware: 503 when no answer has begun in time; what comes later is dropped."""

    def __init__(self, app: ASGIApp, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        given_up = scope[_GIVEN_UP] = Event()

        async def until_given_up(message: Message) -> None:
            if given_up.is_set():
                return
            if not begun.done():
                begun.set_result(None)
            await send(message)

        work = asyncio.ensure_future(self._app(scope, receive, until_given_up))
        try:
            await asyncio.wait({work, begun}, timeout=self._seconds_for(scope), return_when="FIRST_COMPLETED")
        except asyncio.CancelledError:
            work.cancel()
            raise
        if work.done() or begun.done():
            await work
            return
        given_up.set()
        work.add_done_callback(_heard_of)
        await _late(scope)(scope, receive, send)

    def _seconds_for(self, scope: Scope) -> float:
        return max(self._seconds, LONGER.get(scope["path"], 0.0))


def _late(scope: Scope) -> ASGIApp:
    request = Request(scope)
    LOG.warning("%s has got no answer in time; a part of the hub hangs", said_path(request))
    detail = "The hub waited too long for a part of its own. Please try again in a minute."
    return answer(request, Failure(503, detail, {"Retry-After": RETRY_AFTER}, STORE_AWAY))


def _heard_of(work: asyncio.Future[None]) -> None:
    """The error of an answer nobody waits for any more."""
    if not work.cancelled() and (error := work.exception()) is not None:
        LOG.warning("an answer that came too late failed: %s", error)
