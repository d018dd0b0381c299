"""Long answers, a piece at a time."""

from collections.abc import Callable, Iterator, Mapping

from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send


class Streamed(StreamingResponse):
    """An answer made of pieces. It lets go of what they come from at its end, and when the client goes away
    in its middle: `release` is called once nothing more is read."""

    def __init__(
        self,
        pieces: Iterator[bytes],
        release: Callable[[], None],
        media_type: str,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(pieces, media_type=media_type, headers=headers)
        self._release = release

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._release()
