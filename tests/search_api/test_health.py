"""`/healthz` and `/readyz`: the truth about each part, in time, however often they are asked."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any, NoReturn

import pytest

from index.engines.protocol import EngineUnavailable
from index.engines.tantivy.layout import Layout, State, write_state
from index.store.errors import StoreError
from search_api import probes
from search_api.app import create_app
from search_api.hub import Hub
from tests.search_api import hubs
from tests.search_api.browser import TestClient
from tests.search_api.test_dataset_page import TOWN


class Replaced:
    """A part of the hub of which some methods are others; `asked` counts the calls of these."""

    def __init__(self, real: Any, **methods: Any) -> None:
        self._real, self._methods, self.asked = real, methods, 0

    def __getattr__(self, name: str) -> Any:
        if name not in self._methods:
            return getattr(self._real, name)
        self.asked += 1
        return self._methods[name]


def store_away() -> NoReturn:
    raise StoreError("the store postgresql://hub@db.internal does not work: connection refused")


def engine_away() -> NoReturn:
    raise EngineUnavailable("https://search.internal:9200 does not answer")


@pytest.fixture
def ready(small: Hub) -> Hub:
    hubs.bring_in(small.store, TOWN, [hubs.published("a")])
    hubs.settle(small)
    return small


@pytest.fixture
def hang() -> Iterator[Event]:
    released = Event()
    yield released
    released.set()


def test_all_is_well(ready: Hub) -> None:
    client = hubs.client_of(ready)
    assert client.get("/healthz").json() == {"ok": True, "store": True, "engine": True}
    assert client.get("/readyz").json() == {"ready": True, "behind": 0}
    assert client.head("/readyz").status_code == 200


def test_a_hub_that_holds_nothing_yet_is_ready(small: Hub) -> None:
    assert hubs.client_of(small).get("/readyz").json() == {"ready": True, "behind": 0}


def test_ready_tells_how_far_the_index_is_behind(ready: Hub) -> None:
    hubs.bring_in(ready.store, TOWN, [hubs.published(name) for name in "abc"])
    assert hubs.client_of(ready).get("/readyz").json() == {"ready": True, "behind": 2}


def test_without_the_store_neither_is_well_and_the_engine_is(ready: Hub) -> None:
    client = hubs.client_of(replace(ready, store=Replaced(ready.store, last_sequence=store_away)))
    health, readiness = client.get("/healthz"), client.get("/readyz")
    assert (health.status_code, readiness.status_code) == (503, 503)
    assert health.json() == {
        "ok": False,
        "store": False,
        "engine": True,
        "reasons": {"store": "the store does not answer"},
    }
    assert readiness.json() == {"ready": False, "behind": None, "reasons": ["the store does not answer"]}
    assert "internal" not in health.text + readiness.text, "what broke inside is for the log"


def test_without_the_engine_neither_is_well_and_the_store_is(ready: Hub) -> None:
    client = hubs.client_of(replace(ready, engine=Replaced(ready.engine, healthy=lambda: False)))
    assert client.get("/healthz").json()["reasons"] == {"engine": "the engine cannot answer searches"}
    client = hubs.client_of(replace(ready, engine=Replaced(ready.engine, needs_build=engine_away)))
    assert client.get("/healthz").json()["reasons"] == {"engine": "the engine does not answer"}
    assert client.get("/readyz").status_code == 503


def test_an_index_that_has_to_be_built_is_healthy_but_not_ready(ready: Hub, tmp_path: Path) -> None:
    folder = Layout(tmp_path / "index").current()
    assert folder is not None
    write_state(folder, State(1, "older"))
    client = hubs.client_of(ready)
    assert client.get("/healthz").status_code == 200, "restarting it would mend nothing"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert "hubsearch index build" in answer.json()["reasons"][0]
    hubs.settle(ready)
    assert hubs.client_of(ready).get("/readyz").status_code == 200


def test_an_index_that_is_lost_is_not_ready(small: Hub) -> None:
    hubs.bring_in(small.store, TOWN, [hubs.published("a")])
    answer = hubs.client_of(small).get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["behind"] == 1
    assert "no index" in answer.json()["reasons"][0]


def test_while_it_drains_it_is_healthy_but_not_ready(ready: Hub) -> None:
    app = create_app(ready)
    client = TestClient(app)
    assert client.get("/readyz").status_code == 200
    app.state.draining.set()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reasons"] == ["this process is being stopped"]


def test_a_disk_that_is_nearly_full_is_a_warning_and_searches_go_on(ready: Hub) -> None:
    said = "little room is left on the disk of the hub"
    client = hubs.client_of(replace(ready, warning=lambda: said))
    health, readiness = client.get("/healthz"), client.get("/readyz")
    assert (health.status_code, readiness.status_code) == (200, 200)
    assert health.json() == {"ok": True, "store": True, "engine": True, "warnings": [said]}
    assert readiness.json() == {"ready": True, "behind": 0, "warnings": [said]}


def test_a_disk_that_does_not_answer_is_a_warning_too(
    ready: Hub, hang: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> NoReturn:
        raise OSError(116, "Stale file handle: /var/lib/hubsearch")

    monkeypatch.setattr(probes, "PATIENCE", 0.2)
    for look, says in ((broken, "does not answer"), (hang.wait, "has not answered within 0.2 seconds")):
        answer = hubs.client_of(replace(ready, warning=look)).get("/healthz")
        assert (answer.status_code, answer.json()["warnings"]) == (200, [f"the disk {says}"])


def test_a_part_that_hangs_is_asked_once_and_nobody_waits_long(
    ready: Hub, hang: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PATIENCE", 0.2)
    store = Replaced(ready.store, last_sequence=hang.wait)
    client = hubs.client_of(replace(ready, store=store))
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda _: client.get("/healthz").status_code, range(60)))
    assert set(statuses) == {503}
    assert "has not answered within" in client.get("/healthz").json()["reasons"]["store"]
    assert store.asked == 1


def test_a_part_that_comes_back_is_well_again(
    ready: Hub, hang: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probes, "PATIENCE", 0.1)
    monkeypatch.setattr(probes, "KEPT_SECONDS", 0.0)
    answers = iter([lambda: hang.wait() and 1, store_away, lambda: 1])

    def asked() -> Any:
        return next(answers)()

    client = hubs.client_of(replace(ready, store=Replaced(ready.store, last_sequence=asked)))
    assert client.get("/healthz").status_code == 503
    hang.set()
    for _ in range(200):
        if client.get("/healthz").status_code == 200:
            return
        time.sleep(0.01)
    raise AssertionError("it never became well")


def test_a_flood_of_probes_asks_each_part_once(ready: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "KEPT_SECONDS", 600.0)
    store = Replaced(ready.store, last_sequence=ready.store.last_sequence)
    engine = Replaced(ready.engine, healthy=ready.engine.healthy)
    client = hubs.client_of(replace(ready, store=store, engine=engine))
    with ThreadPoolExecutor(8) as pool:
        paths = ["/healthz", "/readyz"] * 50
        assert set(pool.map(lambda path: client.get(path).status_code, paths)) == {200}
    assert (store.asked, engine.asked) == (1, 1)


def test_health_is_answered_while_every_thread_of_the_server_is_busy(ready: Hub, hang: Event) -> None:
    """Requests that wait for a store that hangs hold every thread there is for them."""

    def hung(*_: object) -> None:
        hang.wait()

    client = hubs.client_of(replace(ready, store=Replaced(ready.store, record=hung)))
    with client, ThreadPoolExecutor(60) as pool:
        waiting = [pool.submit(client.get, "/dataset/anything.json") for _ in range(50)]
        assert client.get("/healthz").status_code == 200
        hang.set()
        assert {one.result().status_code for one in waiting} == {404}
