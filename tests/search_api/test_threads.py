"""An engine that hangs, or more callers than it can answer, take nothing from the pages that need only the
store."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest

from index.query.model import SearchRequest
from search_api import app as app_module
from search_api.deadline import Deadline
from search_api.hub import Hub
from search_api.threads import FEEDS, SEARCHES, OpenFeeds, add_lines
from tests.search_api import hubs
from tests.search_api.browser import TestClient
from tests.search_api.test_health import Replaced


class Hung:
    """A hub whose searches wait until they are `released`; `asked` are those that began."""

    def __init__(self, hub: Hub) -> None:
        self.released = Event()
        self.asked: list[str] = []
        self._real = hub.search
        self.hub = replace(hub, search=Replaced(hub.search, search=self.search))

    def search(self, request: SearchRequest) -> object:
        self.asked.append(request.q)
        self.released.wait()
        return self._real.search(request)


@pytest.fixture
def hung(hub: Hub) -> Iterator[Hung]:
    made = Hung(hub)
    yield made
    made.released.set()


def wait_until(what: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not what():
        assert time.monotonic() < begun + 20
        time.sleep(0.01)


def test_while_searches_hang_all_else_is_answered(hub: Hub, hung: Hung) -> None:
    client = hubs.client_of(hung.hub)
    head = next(iter(hub.store.heads()))
    searches = ("/search.json?q=water", "/search?q=water", "/", "/api/v1/search", "/api/v1/facets")
    with client, ThreadPoolExecutor(90) as pool:
        waiting = [pool.submit(client.get, searches[n % len(searches)]) for n in range(80)]
        for path in (
            f"/dataset/{head.id}.json",
            "/data.json",
            "/sources",
            "/healthz",
            "/robots.txt",
            "/docs",
        ):
            assert client.get(path).status_code == 200, path
        assert not any(one.done() for one in waiting)
        hung.released.set()
        assert {one.result().status_code for one in waiting} == {200}


def short_line(client: TestClient) -> TestClient:
    """One search at a time, two may wait."""
    add_lines(client.app, replace(SEARCHES, at_once=1, in_line=2), FEEDS)  # type: ignore[arg-type]
    return client


def test_who_comes_when_the_line_is_long_is_told_at_once(hung: Hung) -> None:
    client = short_line(hubs.client_of(hung.hub))
    with client, ThreadPoolExecutor(4) as pool:
        first = pool.submit(client.get, "/search.json?q=first")
        wait_until(lambda: hung.asked == ["first"])
        line = client.app.state.lines["search"][1]  # type: ignore[attr-defined]
        rest = [pool.submit(client.get, "/search.json?q=later") for _ in range(2)]
        wait_until(lambda: line.statistics().tasks_waiting == 2)
        refused = client.get("/search.json?q=water")
        assert refused.status_code == 503
        assert refused.headers["retry-after"] == "10"
        assert "try again" in refused.json()["detail"]
        assert "<h1>" in client.get("/search?q=water").text
        hung.released.set()
        assert {one.result().status_code for one in (first, *rest)} == {200}


def test_nothing_is_searched_for_whom_we_have_given_up(hung: Hung, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app_module, "Deadline", lambda inner: Deadline(inner, seconds=1.0))
    client = short_line(hubs.client_of(hung.hub))
    with client, ThreadPoolExecutor(2) as pool:
        first = pool.submit(client.get, "/search.json?q=first")
        wait_until(lambda: hung.asked == ["first"])
        second = pool.submit(client.get, "/search.json?q=second")
        assert {first.result().status_code, second.result().status_code} == {503}
        hung.released.set()
        assert client.get("/search.json?q=third").status_code == 200
    assert hung.asked == ["first", "third"]


def test_feeds_that_are_being_built_keep_no_search_waiting(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    released, begun = Event(), threading.Semaphore(0)
    real = hub.engine

    def scan(request: object) -> Iterator[str]:
        begun.release()
        released.wait()
        return real.scan(request)  # type: ignore[arg-type]

    client = hubs.client_of(replace(hub, engine=Replaced(real, scan=scan)))
    line = FEEDS.at_once + FEEDS.in_line
    with client, ThreadPoolExecutor(line) as pool:
        feeds = [pool.submit(client.get, "/data.json?source=opm") for _ in range(line)]
        for _ in range(FEEDS.at_once):
            assert begun.acquire(timeout=20)
        limiter = client.app.state.lines["feed"][1]  # type: ignore[attr-defined]
        wait_until(lambda: limiter.statistics().tasks_waiting == FEEDS.in_line)
        for path in ("/search.json?q=water", "/search?q=park", "/data.json", "/sources"):
            assert client.get(path).status_code == 200, path
        refused = client.get("/data.json?q=park")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
        assert "Other feeds" in refused.json()["detail"]
        released.set()
        assert {one.result().status_code for one in feeds} == {200}


def test_as_many_narrowed_feeds_are_open_at_once_as_may_lie_on_the_disk(hub: Hub) -> None:
    client = hubs.client_of(hub)
    client.app.state.open_feeds = OpenFeeds(1)  # type: ignore[attr-defined]
    for path, status in (("source=opm", 200), ("publisher=nobody", 404), ("source=opm", 200)):
        assert client.get(f"/data.json?{path}").status_code == status
    with client.app.state.open_feeds.one():  # type: ignore[attr-defined]
        refused = client.get("/data.json?source=opm")
        assert client.head("/data.json?source=opm").status_code == 200
        assert client.get("/data.json").status_code == 200
    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "30"
    assert "Other feeds are being sent" in refused.json()["detail"]
