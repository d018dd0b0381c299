"""A loopback HTTP server in a thread, which remembers what it was asked."""

import ssl
import sys
import threading
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Seen:
    """One request: `query` keeps blank values, as `scroll_id=` needs."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    time: float = 0.0
    body: bytes = b""


class _QuietServer(ThreadingHTTPServer):
    """A client that hangs up is no news; anything else is."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), (ConnectionError, ssl.SSLError)):
            super().handle_error(request, client_address)


class LoopbackServer(ABC):
    """Serves while the context is open; `seen` lists the requests. Subclasses implement `answer`."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        player = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else headers and body are 40 ms apart

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                query = {
                    key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()
                }
                seen = Seen(self.command, parts.path, query, dict(self.headers), player.clock(), sent)
                seen = player.understood(seen)
                player.seen.append(seen)
                try:
                    player.answer(self, seen)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True  # the client had enough

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Silent: pytest shows what matters."""

        self._server = _QuietServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """The root, with a closing slash."""
        return f"http://127.0.0.1:{self.port}/"

    def encrypt(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on."""
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )

    def clock(self) -> float:
        return time.monotonic()

    @abstractmethod
    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        """Write one whole answer."""

    def understood(self, seen: Seen) -> Seen:
        """The request with what its body asks for under `query`, where the player reads bodies."""
        return seen

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [seen.path for seen in self.seen]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def send(
    handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str] | None = None
) -> None:
    """A plain answer with its length."""
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
