"""A loopback server that plays one portal of the sample, so that the demo takes the ordinary way.

What it answers is the platform's affair, see `hubsearch.demo.platforms`.
"""

import gzip
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
XML = "application/xml"
TEXT = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the path, decoded; its parameters; `root`, the address the player was asked at."""

    path: str
    parameters: Mapping[str, str]
    root: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and media type."""

    status: int
    body: bytes
    media_type: str = JSON


Platform = Callable[[Asked], Answer]


class PortalPlayer(ThreadingHTTPServer):
    """One portal on a free loopback port, which answers as its platform does."""

    daemon_threads = True

    def __init__(self, platform: Platform) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.platform = platform

    @property
    def url(self) -> str:
        """The root this player answers at."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: PortalPlayer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        parameters = {
            name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()
        }
        answer = self.server.platform(Asked(unquote(url.path), parameters, self.server.url))
        compress = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(answer.body, compresslevel=1) if compress else answer.body
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(body)))
        if compress:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class named it)
        """The demo's terminal belongs to the harvest's progress."""


@contextmanager
def playing(platform: Platform, name: str) -> Iterator[PortalPlayer]:
    """A player that answers in a thread of its own until the block ends."""
    player = PortalPlayer(platform)
    thread = Thread(
        target=player.serve_forever, kwargs={"poll_interval": 0.05}, name=f"player {name}", daemon=True
    )
    thread.start()
    try:
        yield player
    finally:
        player.shutdown()
        player.server_close()
        thread.join()
