"""How large a request may be. Nothing here reads a body, so a large one is refused before it is taken."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from search_api.errors import Failure, answer

REQUEST_BYTES = 65_536
"""Line and headers of a request together."""
BODY_BYTES = 65_536
"""Of a body that a careless client sends along with a GET; it is passed over."""

TOO_LARGE = f"The address and the headers have more than {REQUEST_BYTES // 1024} KB together; send less."
NO_BODY = (
    f"Nothing here reads a request's body, and this one has more than {BODY_BYTES // 1024} KB; "
    "everything is asked for in the address."
)


class Bounds:
    """ASGI middleware: 431 for a request over `REQUEST_BYTES`, 413 for one whose body is to be larger than
    `BODY_BYTES`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = _refusal(scope) if scope["type"] == "http" else None
        app = self._app if refused is None else answer(Request(scope), refused)
        await app(scope, receive, send)


def _refusal(scope: Scope) -> Failure | None:
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    size = len(scope.get("raw_path") or b"") + len(scope["query_string"])
    if size + sum(len(name) + len(value) for name, value in headers) > REQUEST_BYTES:
        return Failure(431, TOO_LARGE, {"Connection": "close"})
    announced = next((value for name, value in headers if name == b"content-length"), b"0")
    if not announced.isdigit() or int(announced[:20]) > BODY_BYTES:
        return Failure(413, NO_BODY, {"Connection": "close"})
    return None
