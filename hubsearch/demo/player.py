"""A loopback server that plays one portal of the sample, so that the demo takes the ordinary way.

It answers as the platform does: a DCAT-US document at `/data.json`, or the Socrata Discovery interface at
`/api/catalog/v1` with its `limit`, `offset` and `scroll_id`.
"""

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 10_000
"""Of the Discovery interface: results of one request if not asked, and at most."""


class PortalPlayer(ThreadingHTTPServer):
    """One portal on a free loopback port; `answer` gives status and body for a path and its parameters."""

    daemon_threads = True

    def __init__(self, sample_file: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        received = files("hubsearch.demo.sample").joinpath(sample_file).read_bytes()
        self.document = gzip.decompress(received)
        self.results = _results(self.document) if ".jsonl" in sample_file else None

    @property
    def url(self) -> str:
        """The root this player answers at."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str, parameters: dict[str, str]) -> tuple[int, bytes]:
        """Status and JSON body of one request."""
        if self.results is None and path == "/data.json":
            return 200, self.document
        if self.results is not None and path == "/api/catalog/v1":
            return _page(self.results, parameters)
        return 404, b'{"error": "not found"}'


class _Handler(BaseHTTPRequestHandler):
    server: PortalPlayer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        parameters = {
            name: values[-1] for name, values in parse_qs(url.query, keep_blank_values=True).items()
        }
        status, body = self.server.answer(url.path, parameters)
        compress = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body, compresslevel=1) if compress else body
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        if compress:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class named it)
        """The demo's terminal belongs to the harvest's progress."""


def _results(lines: bytes) -> list[dict[str, Any]]:
    """The recorded results in the order of ids: what scrolling through them gives."""
    results = [json.loads(line) for line in lines.split(b"\n") if line.strip()]
    return sorted(results, key=lambda result: str(result["resource"]["id"]))


def _page(results: list[dict[str, Any]], parameters: dict[str, str]) -> tuple[int, bytes]:
    limit = int(parameters.get("limit", DEFAULT_LIMIT))
    offset = int(parameters.get("offset", 0))
    if limit > HIGHEST_LIMIT or offset + limit > HIGHEST_LIMIT:
        return 400, b'{"error": "offset + limit is over 10000; use scroll_id"}'
    after = parameters.get("scroll_id")
    if after is not None and "order" in parameters:
        return 400, b'{"error": "scroll_id and order exclude each other"}'
    rest = [result for result in results if str(result["resource"]["id"]) > after] if after else results
    answer = {
        "results": rest[offset : offset + limit],
        "resultSetSize": len(results),
        "timings": {"searchMillis": [1, 1]},
    }
    return 200, json.dumps(answer, ensure_ascii=False).encode()


@contextmanager
def playing(sample_file: str) -> Iterator[PortalPlayer]:
    """A player that answers in a thread of its own until the block ends."""
    player = PortalPlayer(sample_file)
    thread = Thread(
        target=player.serve_forever, kwargs={"poll_interval": 0.05}, name=f"player {sample_file}", daemon=True
    )
    thread.start()
    try:
        yield player
    finally:
        player.shutdown()
        player.server_close()
        thread.join()
