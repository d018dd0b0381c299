"""Clients that are slow, many or no HTTP clients at all: others are answered meanwhile, nothing is kept.

A real server on a loopback port, asked over plain sockets.
"""

import http.client
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
import uvicorn

from dcat.rendered import Rendered
from hubsearch.serving import server_options
from hubsearch.settings import read_settings
from search_api import connection as connection_module
from search_api.app import create_app
from search_api.bounds import BODY_BYTES, REQUEST_BYTES
from search_api.hub import Hub
from search_api.rendered_records import RenderedRecords
from search_api.routers import feeds
from search_api.security import EVERYWHERE
from tests.servers.process import free_port

LARGE = 8_000_000


@contextmanager
def served(hub: Hub, home: Path) -> Iterator[int]:
    """The port of a server as `hubsearch serve` configures it."""
    with running(hub, home, finish_seconds=1) as server:
        yield server.config.port


@contextmanager
def running(hub: Hub, home: Path, *, finish_seconds: int) -> Iterator[uvicorn.Server]:
    """That server in a thread of its own, told to stop at the end of the block."""
    options = server_options(read_settings({"HUBSEARCH_HOME": str(home)}), "127.0.0.1", free_port())
    options |= {"timeout_graceful_shutdown": finish_seconds}
    server = uvicorn.Server(uvicorn.Config(create_app(hub), **options))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture
def port(hub: Hub, tmp_path: Path) -> Iterator[int]:
    with served(hub, tmp_path) as found:
        yield found


def connect(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port))
    opened.settimeout(20)
    return opened


def request(path: str, *headers: str, method: str = "GET") -> bytes:
    lines = (f"{method} {path} HTTP/1.1", "Host: hub.example", "Connection: close", *headers, "", "")
    return "\r\n".join(lines).encode()


def exchange(port: int, sent: bytes) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of what is answered until the server closes."""
    with connect(port) as client:
        client.sendall(sent)
        return parsed(everything(client))


def parsed(received: bytes) -> tuple[int, dict[str, str], bytes]:
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, body


def everything(client: socket.socket) -> bytes:
    """All that comes until the server closes."""
    return b"".join(iter(lambda: client.recv(65_536), b""))


def dribble(client: socket.socket, sent: bytes) -> None:
    """Send it byte by byte, fifty a second."""
    for byte in sent:
        client.sendall(bytes([byte]))
        time.sleep(0.02)


def is_closed(client: socket.socket) -> bool:
    """Whether the server closes it without an answer."""
    try:
        return not everything(client)
    except ConnectionResetError:
        return True


GARBAGE = {
    "nothing like HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "letters beyond ASCII": "GET /é HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    "two lengths": request("/", "Content-Length: 1", "Content-Length: 2"),
    "a length below nothing": request("/", "Content-Length: -1"),
    "a coding nobody knows": request("/", "Transfer-Encoding: banana"),
    "a broken chunk": request("/search.json", "Transfer-Encoding: chunked") + b"zzz\r\n",
    "a space before the colon": request("/", "Name : value"),
    "a control character": b"GET /a\x00b HTTP/1.1\r\nHost: a\r\n\r\n",
}


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE)
def test_what_is_no_request_is_refused_with_the_headers_of_every_answer(port: int, sent: bytes) -> None:
    status, headers, body = exchange(port, sent)
    assert status == 400
    assert "HTTP" in orjson.loads(body)["detail"]
    for name, value in EVERYWHERE.items():
        assert headers[name.lower()] == value
    assert exchange(port, request("/robots.txt"))[0] == 200


@pytest.mark.parametrize("host", ["[bad", "][", "evil.example/x?", "a@b", "a:b:c", "a:99999999", "", "\xff"])
@pytest.mark.parametrize("path", ["/search.json?limit=0", "/search?limit=0", "/nowhere.json"])
def test_the_host_a_client_claims_changes_nothing(port: int, host: str, path: str) -> None:
    sent = request(path).replace(b"hub.example", host.encode("latin-1"))
    status, headers, body = exchange(port, sent)
    assert status in {400, 404}
    assert host not in body.decode() or not host
    assert ("application/json" in headers["content-type"]) == (".json" in path)


def test_a_request_over_the_limit_is_refused_however_it_comes(port: int) -> None:
    large = request("/robots.txt", "Accept: " + "text/html," * (REQUEST_BYTES // 10 + 10))
    status, _, body = exchange(port, large)
    assert status == 431
    assert b"64 KB" in body
    with connect(port) as client:
        for at in range(0, REQUEST_BYTES, 8_192):
            client.sendall(large[at : at + 8_192])
            time.sleep(0.001)
        client.sendall(b"more")
        assert parsed(everything(client))[0] == 431
    assert exchange(port, request("/robots.txt", "Accept: " + "text/html," * 6_000))[0] == 200


def test_an_upgrade_to_something_else_is_passed_over(port: int) -> None:
    sent = request("/robots.txt", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13")
    assert exchange(port, sent.replace(b"Connection: close", b"Connection: Upgrade, close"))[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET"])
def test_a_large_body_is_refused_before_it_is_sent(port: int, method: str) -> None:
    status, _, body = exchange(port, request("/search.json", "Content-Length: 100000000", method=method))
    assert status == 413
    assert "body" in orjson.loads(body)["detail"]


def test_a_body_without_end_is_not_taken_for_ever(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "REQUEST_SECONDS", 0.5)
    with connect(port) as client:
        sent = request("/search", "Transfer-Encoding: chunked", method="POST")
        client.sendall(sent.replace(b"Connection: close\r\n", b""))
        assert parsed(client.recv(65_536))[0] == 405
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            dribble(client, b"1\r\nx\r\n" * 500)


def test_a_small_body_of_a_careless_client_does_no_harm(port: int) -> None:
    with connect(port) as client:
        sent = request("/robots.txt", f"Content-Length: {BODY_BYTES}").replace(b"Connection: close\r\n", b"")
        client.sendall(sent + b"x" * BODY_BYTES + request("/robots.txt"))
        assert everything(client).count(b"HTTP/1.1 200 OK") == 2


def test_a_request_that_comes_byte_by_byte_is_given_up(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "REQUEST_SECONDS", 0.5)
    with connect(port) as silent, connect(port) as slow:
        with pytest.raises(OSError, match=r"Broken pipe|reset"):
            dribble(slow, request("/search.json?q=water", "X-Long: " + "x" * 5_000))
        assert is_closed(silent)


def test_a_client_that_never_takes_its_answer_is_given_up(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "TAKING_SECONDS", 0.5)
    feeds = tmp_path / "feeds"
    feeds.mkdir()
    (feeds / "data.json").write_bytes(b"x" * 4 * LARGE)
    with served(replace(hub, feeds_dir=feeds), tmp_path) as port, socket.socket() as lazy:
        lazy.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        lazy.connect(("127.0.0.1", port))
        lazy.sendall(request("/data.json"))
        time.sleep(2)
        lazy.settimeout(20)
        assert len(everything(lazy)) < 4 * LARGE
        status, _, body = exchange(port, request("/data.json"))
        assert (status, len(body)) == (200, 4 * LARGE)


def test_beyond_so_many_connections_the_idle_ones_go_first(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "CONNECTIONS", 50)
    with ExitStack() as stack:
        idle = [stack.enter_context(connect(port)) for _ in range(120)]
        for number, client in enumerate(idle):
            client.sendall(b"GET / HT" if number % 2 else b"")
        for path in ("/robots.txt", "/search.json?q=water", "/healthz", "/"):
            assert exchange(port, request(path))[0] == 200
        assert all(is_closed(client) for client in idle[:60])


def test_five_hundred_idle_connections_are_in_nobodys_way(port: int) -> None:
    with ExitStack() as stack:
        for _ in range(500):
            stack.enter_context(connect(port)).sendall(b"GET /search.json?q=water HTTP/1.1\r\nHost: a\r\n")
        for path in ("/search.json?q=water", "/search?q=park", "/sources", "/healthz"):
            assert exchange(port, request(path))[0] == 200


def test_several_requests_in_one_breath_are_answered_in_order(port: int) -> None:
    many = b"".join(request(path).replace(b"Connection: close\r\n", b"") for path in ("/robots.txt",) * 20)
    with connect(port) as client:
        client.sendall(many + request("/nowhere.json"))
        received = everything(client)
    assert received.count(b"HTTP/1.1 200") == 20
    assert received.count(b"HTTP/1.1 404") == 1


def test_a_request_on_its_way_while_the_server_ends_is_answered(hub: Hub, tmp_path: Path) -> None:
    kept = request("/robots.txt").replace(b"Connection: close\r\n", b"")
    with running(hub, tmp_path, finish_seconds=30) as server:
        port = server.config.port
        with connect(port) as new, connect(port) as between, connect(port) as silent:
            between.sendall(kept)
            answer = http.client.HTTPResponse(between)
            answer.begin()
            assert (answer.status, b"Disallow" in answer.read()) == (200, True)
            ended = 3
            while len(server.server_state.connections) < ended:
                time.sleep(0.01)
            server.should_exit = True
            while any(listening.is_serving() for listening in server.servers):
                time.sleep(0.01)
            for client in (new, between):
                client.sendall(kept)
                status, headers, _ = parsed(everything(client))
                assert (status, headers["connection"]) == (200, "close")
            assert is_closed(silent)


def test_what_people_search_for_is_not_in_the_log(
    hub: Hub, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(hub, tmp_path) as port:
        exchange(port, request("/search.json?q=bankruptcy+lawyer"))
        exchange(port, request("/search.json?q=bankruptcy&limit=0"))
        exchange(port, request("/data.json?q=bankruptcy"))
        exchange(port, b"GET /search?q=bankruptcy HTTP/1.1\r\n\r\n")
    said: Any = capfd.readouterr()
    assert "bankruptcy" not in said.out + said.err
    assert "127.0.0.1" not in said.out + said.err


def test_a_narrowed_feed_that_nobody_takes_is_given_up(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lies on our disk as long as it is being sent."""
    large = RenderedRecords(hub.store, hub.base_url)
    entries = [replace_body(one, LARGE // 100) for one in large.of(head.id for head in hub.store.heads())]
    monkeypatch.setattr(RenderedRecords, "of", lambda *_: iter(entries))
    monkeypatch.setattr(feeds, "TAKEN_WITHIN", 2.0)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with served(replace(hub, scratch=scratch), tmp_path) as port, connect(port) as client:
        client.sendall(request("/data.json?source=opm"))
        assert client.recv(16).startswith(b"HTTP/1.1 200")
        assert list(scratch.iterdir())
        begun = time.monotonic()
        while list(scratch.iterdir()):
            assert time.monotonic() < begun + 20
            time.sleep(0.02)
        assert exchange(port, request("/robots.txt"))[0] == 200


def replace_body(entry: Rendered, size: int) -> Rendered:
    """The entry with a body of so many bytes."""
    return msgspec.structs.replace(entry, body=b'"' + b"x" * size + b'"')
