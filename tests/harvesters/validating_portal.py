"""A portal that says whether its document has changed, truly or not."""

from http.server import BaseHTTPRequestHandler

from tests.portals.server import LoopbackServer, Seen, send

LONG_AGO = "Thu, 01 Jan 2026 00:00:00 GMT"


class ValidatingPortal(LoopbackServer):
    """Serves `document` at every path. `headers` go along; a request that carries the `ETag` or the
    `Last-Modified` among them is answered 304.

    `lies`: every conditional request is answered 304. `unasked`: every request is. `late_body`: bytes sent
    behind a 304, where none belong. `moved`: `/data.json` redirects there.
    """

    def __init__(self, document: bytes, **headers: str) -> None:
        super().__init__()
        self.document = document
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.lies = False
        self.unasked = False
        self.late_body = b""
        self.moved = ""

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        if self.moved and seen.path != self.moved:
            send(handler, 302, b"", {"Location": self.moved})
            return
        asked = {seen.headers.get("If-None-Match"), seen.headers.get("If-Modified-Since")} - {None}
        known = {self.headers.get("ETag"), self.headers.get("Last-Modified")}
        if self.unasked or (asked and self.lies) or asked & known:
            handler.send_response(304)
            handler.end_headers()
            handler.wfile.write(self.late_body)
            return
        send(handler, 200, self.document, self.headers)

    def conditions(self) -> list[dict[str, str]]:
        """The conditional headers of each request."""
        return [
            {name: value for name, value in seen.headers.items() if name.startswith("If-")}
            for seen in self.seen
        ]
