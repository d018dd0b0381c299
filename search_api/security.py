"""Headers of every answer, and the ones that let other sites read our JSON.

Publishers' content is escaped where it is printed; these headers see to it that a mistake there stays
harmless.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

EVERYWHERE = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # A publisher's server does not learn what somebody searched for before following a link to it.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
OWN = {"Cross-Origin-Resource-Policy": "same-origin"}
PREFLIGHT = {
    **OPEN,
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Accept",
    "Access-Control-Max-Age": "86400",
}


def is_for_machines(path: str) -> bool:
    """JSON addresses: readable from any site, and answered in JSON also when something goes wrong."""
    return path.endswith((".json", ".jsonld")) or path.startswith("/api/") or path in {"/healthz", "/readyz"}


def headers_for(path: str) -> dict[str, str]:
    """The headers an answer under this path carries whatever its status."""
    return {**EVERYWHERE, **(OPEN if is_for_machines(path) else OWN)}


class SecurityHeaders:
    """ASGI middleware: adds the headers to every answer, and answers preflights of JSON addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in headers_for(path).items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] == "OPTIONS" and is_for_machines(path):
            await _preflight(send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)


async def _preflight(send: Send) -> None:
    raw = [(name.lower().encode(), value.encode()) for name, value in PREFLIGHT.items()]
    await send({"type": "http.response.start", "status": 204, "headers": raw})
    await send({"type": "http.response.body", "body": b""})
