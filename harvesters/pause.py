"""Waiting inside a middleware."""

from typing import Any

from scrapy.utils.defer import maybe_deferred_to_future
from twisted.internet.task import deferLater


async def pause(seconds: float) -> None:
    """Let the reactor go on for that long."""
    from twisted.internet import reactor

    clock: Any = reactor
    await maybe_deferred_to_future(deferLater(clock, seconds))
