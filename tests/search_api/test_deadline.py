"""No request waits for ever for a part that hangs."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from typing import Any

import pytest

from search_api import app as app_module
from search_api.app import create_app
from search_api.deadline import Deadline
from search_api.hub import Hub
from tests.search_api.browser import TestClient
from tests.search_api.hubs import BASE_URL
from tests.search_api.test_health import Replaced


@pytest.fixture
def hang() -> Iterator[Event]:
    released = Event()
    yield released
    released.set()


@pytest.fixture
def client(hub: Hub, hang: Event, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A browser at a hub whose store never answers about a record, and that gives up after a moment."""

    def soon(inner: Any) -> Deadline:
        return Deadline(inner, seconds=0.3)

    monkeypatch.setattr(app_module, "Deadline", soon)
    store = Replaced(hub.store, record=lambda _: hang.wait() and None)
    return TestClient(create_app(replace(hub, store=store)), base_url=BASE_URL)


def test_an_answer_that_does_not_come_is_503_in_the_callers_form(client: TestClient) -> None:
    page = client.get("/dataset/whatever")
    assert (page.status_code, page.headers["retry-after"]) == (503, "30")
    assert "waited too long" in page.text
    assert "<h1>" in page.text
    assert "content-security-policy" in page.headers
    assert "waited too long" in client.get("/dataset/whatever.json").json()["detail"]


def test_what_comes_too_late_reaches_nobody_and_is_logged(
    client: TestClient, hang: Event, caplog: pytest.LogCaptureFixture
) -> None:
    with client, caplog.at_level(logging.WARNING):
        assert client.get("/dataset/whatever").status_code == 503
        hang.set()
        assert client.get("/dataset/another").status_code == 404
    assert "a part of the hub hangs" in caplog.text


def test_answers_in_time_are_as_ever(client: TestClient) -> None:
    assert client.get("/search.json?q=water").status_code == 200
    assert client.get("/nowhere").status_code == 404
    assert client.head("/data.json").status_code == 200


def test_an_answer_that_has_begun_may_take_its_time(
    client: TestClient, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    def slowly(file: Any) -> Iterator[bytes]:
        with file:
            yield file.read(10)
            time.sleep(0.6)
            yield file.read()

    monkeypatch.setattr("search_api.published_file._chunks", slowly)
    answer = client.get("/data.json", headers={"Accept-Encoding": "identity"})
    assert answer.content == (hub.feeds_dir / "data.json").read_bytes()
