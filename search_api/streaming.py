"""Long answers, a piece at a time."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Mapping

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

LOG = logging.getLogger("hubsearch.search_api")


class Streamed(StreamingResponse):
    """An answer made of pieces. It lets go of what they come from at its end, and when the client goes away
    in its middle: `release` is called once nothing more is read. A client has `within` seconds to take it
    all, where that is given; then the connection is closed.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        release: Callable[[], None],
        media_type: str,
        headers: Mapping[str, str],
        within: float | None = None,
    ) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._release = release
        self._within = within

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._within):
                await super().__call__(scope, receive, send)
        except TimeoutError:
            LOG.info("a client did not take its answer within %g s", self._within)
        finally:
            self._release()
