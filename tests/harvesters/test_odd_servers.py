"""Whatever a server does to HTTP, the run ends in time, with one verdict that says what happened."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from harvesters.supervise import GRACE
from tests.harvesters.fetching import harvest
from tests.servers.certificate import write_certificate

Serve = Callable[[socket.socket], None]
GOOD = b'{"dataset":[{"identifier":"a","title":"A"}]}'
LENGTH = b"Content-Length: %d\r\n" % len(GOOD)


@contextmanager
def server(serve: Serve, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """Reads each request and lets `serve` answer it, byte for byte; over TLS with a `context`."""

    def answer(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            serve(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()

    plain = socket.create_server(("127.0.0.1", 0))
    with context.wrap_socket(plain, server_side=True) if context else plain as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield f"http{'s' if context else ''}://127.0.0.1:{listener.getsockname()[1]}/"
        listener.shutdown(socket.SHUT_RDWR)


def says(data: bytes) -> Serve:
    return lambda connection: connection.sendall(data)


def repeats(first: bytes, again: bytes, pause: float = 0.0) -> Serve:
    """Sends `again` until nobody listens."""

    def serve(connection: socket.socket) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(again)
            if pause:
                time.sleep(pause)

    return serve


def resets(connection: socket.socket) -> None:
    """Ends the connection in the middle of the answer, without a goodbye."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n" + GOOD[:20])
    time.sleep(0.05)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def answer(headers: bytes, body: bytes = GOOD, status: bytes = b"200 OK") -> Serve:
    return says(b"HTTP/1.1 " + status + b"\r\nConnection: close\r\n" + headers + b"\r\n" + body)


CHUNK = b"1000\r\n" + b" " * 4_096 + b"\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("serve", "slugs"),
    [
        pytest.param(repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), {"headers-too-large"}, id="1xx"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", 0.02), {"timeout"}, id="headers"),
        pytest.param(
            repeats(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65_536), {"headers-too-large"}, id="one endless header"
        ),
        pytest.param(repeats(b"", b"H", 0.2), {"timeout"}, id="slow status line"),
        pytest.param(says(GOOD + b"\r\n"), {"unreachable"}, id="HTTP/0.9"),
        pytest.param(answer(LENGTH + b"Content-Length: 3\r\n"), {"unreachable"}, id="two lengths"),
        pytest.param(answer(b"Content-Length: -5\r\n"), {"unreachable", "cut"}, id="negative length"),
        pytest.param(answer(b"Content-Length: many\r\n"), {"unreachable"}, id="no number"),
        pytest.param(answer(b"", status=b"204 No Content"), {"http-status"}, id="204"),
        pytest.param(
            answer(b"Content-Range: bytes 0-43/99\r\n" + LENGTH, status=b"206 Partial Content"),
            {"http-status"},
            id="206",
        ),
        pytest.param(answer(LENGTH, status=b"302 Found"), {"http-status"}, id="302 to nowhere"),
        pytest.param(answer(LENGTH, status=b"999 Whatever"), {"http-status"}, id="999"),
        pytest.param(repeats(CHUNKED, CHUNK), {"too-large"}, id="endless chunks"),
        pytest.param(repeats(CHUNKED, b"1\r\n \r\n", 0.1), {"deadline"}, id="slow endless chunks"),
        pytest.param(
            says(CHUNKED + b"zz\r\n" + GOOD), {"cut", "unreachable", "empty"}, id="chunks that are none"
        ),
        pytest.param(says(CHUNKED + b"ffffffffffffffffff\r\n" + GOOD), {"cut"}, id="a chunk without end"),
        pytest.param(resets, {"cut", "unreachable"}, id="reset"),
        pytest.param(answer(b"Content-Encoding: br\r\n" + LENGTH), {"bad-encoding"}, id="an unknown coding"),
    ],
)
def test_an_odd_server_is_one_run_that_says_so(tmp_path: Path, serve: Serve, slugs: set[str]) -> None:
    budget = 3.0 if slugs == {"deadline"} else 20.0
    with server(serve) as url:
        begun = time.monotonic()
        fetched = harvest(tmp_path, "dcat-us", url, max_bytes=3_000_000, run_budget=budget, request_timeout=1)
        assert time.monotonic() - begun < budget + GRACE
    statement = fetched.statement
    assert not statement.complete
    assert statement.slug in slugs, statement
    assert len(statement.reason) > 10


def test_headers_without_end_are_refused_over_tls_as_well(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = tmp_path_factory.mktemp("tls")
    monkeypatch.setenv("SSL_CERT_FILE", str(write_certificate(keys)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(keys / "http.pem", keys / "http.key")
    with server(repeats(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 10_000), context) as url:
        fetched = harvest(tmp_path, "dcat-us", url)
    assert fetched.verdict == (False, "headers-too-large", True), fetched.statement


@pytest.mark.parametrize(
    "serve",
    [
        answer(b"X-Many: y\r\n" * 5_000 + b"X-Long: " + b"y" * 16_000 + b"\r\n" + LENGTH),
        answer(b"Content-Type: application/json; charset=utf-16\r\n" + LENGTH),
        says(b"HTTP/1.0 200\r\n\r\n" + GOOD),
        says(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\n" + LENGTH + b"\r\n" + GOOD),
    ],
    ids=["headers below the cap", "a wrong charset", "HTTP/1.0 without a length", "an early hint"],
)
def test_oddities_that_do_no_harm_are_read(tmp_path: Path, serve: Serve) -> None:
    with server(serve) as url:
        fetched = harvest(tmp_path, "dcat-us", url)
    assert (fetched.verdict, len(fetched.records)) == ((True, "", False), 1)
