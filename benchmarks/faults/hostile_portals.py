"""Portals on loopback that do what they can to keep a harvester busy, and healthy ones beside them."""

import gzip
import json
import multiprocessing
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]
Entry = dict[str, Any]

_SENT = 256 * 1024


def _record(number: int) -> dict[str, Any]:
    return {
        "title": f"Bridge inspections {number}",
        "identifier": f"set-{number}",
        "description": "What was found when the bridges were looked at. " * 5,
        "keyword": ["bridges", "roads"],
        "modified": "2024-05-31",
        "accessLevel": "public",
        "distribution": [{"downloadURL": f"https://files.example/{number}.csv", "mediaType": "text/csv"}],
    }


RECORDS = 200
_HEALTHY = json.dumps({"dataset": [_record(number) for number in range(RECORDS)]}).encode()
_ENDLESS = b"".join(json.dumps(_record(number)).encode() + b"," for number in range(500))


def healthy(handler: BaseHTTPRequestHandler) -> None:
    """One document of RECORDS records."""
    _send(handler, 200, _HEALTHY)


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Takes the request and says nothing."""
    _wait(handler)


def half(handler: BaseHTTPRequestHandler) -> None:
    """Sends half of what it announces, then nothing."""
    _head(handler, {"Content-Length": "100000"})
    handler.wfile.write(b'{"dataset": [' + b" " * 20_000)
    _wait(handler)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """A byte now and then."""
    _head(handler, {"Content-Length": "100000"})
    for byte in b'{"dataset": [' + b" " * 90_000:
        handler.wfile.write(bytes([byte]))
        time.sleep(0.3)


def bomb(handler: BaseHTTPRequestHandler) -> None:
    """Four megabytes that unpack to four gigabytes."""
    _head(handler, {"Content-Encoding": "gzip"})
    pack = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    handler.wfile.write(pack.compress(b'{"dataset": [') + pack.flush(zlib.Z_FULL_FLUSH))
    spaces = pack.compress(b" " * 1024**2) + pack.flush(zlib.Z_FULL_FLUSH)
    for _ in range(4096):
        handler.wfile.write(spaces)  # the same block again and again: a full flush leaves no memory


def loop(handler: BaseHTTPRequestHandler) -> None:
    """Redirects to itself for ever, each time under another name."""
    handler.send_response(302)
    handler.send_header("Location", f"/again-{time.monotonic_ns()}")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


def huge(handler: BaseHTTPRequestHandler) -> None:
    """A document without an end, its records the same again and again."""
    _head(handler, {})
    handler.wfile.write(b'{"dataset": [')
    while True:
        handler.wfile.write(_ENDLESS)


def heavy(handler: BaseHTTPRequestHandler) -> None:
    """One record of a hundred million values: what it takes in memory would kill a careless reader."""
    _head(handler, {})
    handler.wfile.write(b'{"dataset": [{"identifier": "x", "keyword": [')
    piece = b"[[[[{}]]]]," * (_SENT // 11)
    for _ in range(2_000):
        handler.wfile.write(piece)
    handler.wfile.write(b"1]}]}")


def deep(handler: BaseHTTPRequestHandler) -> None:
    """Nested a million deep."""
    _send(handler, 200, b'{"dataset": [' + b'{"a":[' * 1_000_000)


def away(handler: BaseHTTPRequestHandler) -> None:
    """503 for ever."""
    _send(handler, 503, b"later")


def endless(handler: BaseHTTPRequestHandler) -> None:
    """Page after page of a Discovery API, each with new results."""
    first = time.monotonic_ns() % 10**8
    results = b",".join(_RESULT % divmod((first + number) % 10**8, 10**4) for number in range(100))
    _send(handler, 200, b'{"resultSetSize": 10000000, "results": [%b]}' % results)


_RESULT = b'{"resource": {"id": "%04d-%04d", "name": "Street trees"}}'

HOSTILE: dict[str, tuple[str, Answer]] = {
    "hang": ("dcat-us", hang),
    "half": ("dcat-us", half),
    "drip": ("dcat-us", drip),
    "bomb": ("dcat-us", bomb),
    "loop": ("dcat-us", loop),
    "huge": ("dcat-us", huge),
    "heavy": ("dcat-us", heavy),
    "deep": ("dcat-us", deep),
    "away": ("dcat-us", away),
    "endless": ("socrata", endless),
}


@contextmanager
def portals(answers: dict[str, tuple[str, Answer]]) -> Iterator[dict[str, Entry]]:
    """Serve each under a port of its own; what an entry of the portals file says about it.

    In a process of its own, as real portals are: what it takes to be hostile is no work of the hub's.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, answers), daemon=True)
    process.start()
    theirs.close()
    with ours:
        yield {
            name: {"type": answers[name][0], "url": url, "allow_private": True}
            for name, url in ours.recv().items()
        }
    process.join()


def _serve(pipe: "Connection[Any, Any]", answers: dict[str, tuple[str, Answer]]) -> None:
    pipe.send({name: _served(*answers[name]) for name in answers})
    with suppress(EOFError):
        pipe.recv()  # until nobody listens any more


def _served(kind: str, answer: Answer) -> str:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/robots.txt":
                _send(self, 404, b"")
                return
            try:
                answer(self)
            except OSError:
                self.close_connection = True  # the harvester had enough

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/{'' if kind == 'socrata' else 'data.json'}"


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    if handler.headers.get("Accept-Encoding", "").startswith("gzip") and len(body) > _SENT:
        body = gzip.compress(body, 1)
        handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _head(handler: BaseHTTPRequestHandler, headers: dict[str, str]) -> None:
    handler.send_response(200)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()


def _wait(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.settimeout(600)
    handler.rfile.read(1)  # until the harvester hangs up
