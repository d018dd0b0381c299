"""Over-limit and malformed requests get a 4xx that explains itself: a page for people, JSON for programs."""

import logging
from dataclasses import replace
from typing import NoReturn

import pytest
from bs4 import BeautifulSoup

from index.engines.protocol import EngineUnavailable
from index.query.model import SearchRequest
from index.store import Store
from index.store.errors import StoreError
from search_api.app import create_app
from search_api.hub import Hub
from search_api.security import CSP
from tests.search_api.browser import TestClient
from tests.search_api.hubs import BASE_URL
from tests.search_api.test_health import Replaced

BAD = [
    ("limit=1000000000", "limit"),
    ("limit=0", "limit"),
    ("page=0", "page"),
    ("page=501", "page"),
    ("page=-1", "page"),
    ("sort=banana", "sort"),
    ("match=maybe", "match"),
    ("facet_limit=1000", "facet_limit"),
    ("q=" + "(" * 5_000, "q"),
    ("q=a%00b", "q"),
    ("q=" + "+".join(f"w{n}" for n in range(33)), "q"),
    ("source=a%00b", "source"),
    ("q=%FF", "query"),
]


@pytest.mark.parametrize(("query", "parameter"), BAD)
@pytest.mark.parametrize(
    "path", ["/search", "/search.json", "/api/v1/search", "/api/v1/facets", "/data.json"]
)
def test_a_bad_parameter_is_named_and_explained(
    client: TestClient, path: str, query: str, parameter: str
) -> None:
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 400
    if path == "/search":
        page = BeautifulSoup(answer.text, "html.parser")
        assert page.h1
        assert page.h1.get_text() == "That request cannot be answered"
        assert f"{parameter}: " in page.get_text()
        assert page.select("form[role=search]")
    else:
        assert list(answer.json()) == ["detail"]
        assert answer.json()["detail"].startswith(f"{parameter}: ")


def test_five_hundred_parentheses_are_a_search_without_words(client: TestClient) -> None:
    answer = client.get("/search.json?q=" + "(" * 500)
    assert answer.status_code == 200
    assert answer.json()["total"] > 0


@pytest.mark.parametrize(
    "path", ["/nowhere", "/search/", "/dataset", "/static/hubsearch-000000000000.css", "/dataset/x/y/z"]
)
def test_an_unknown_address_is_a_page_that_helps_on(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    page = BeautifulSoup(answer.text, "html.parser")
    assert page.select("form[role=search]")
    assert path in page.get_text()


@pytest.mark.parametrize(
    "path", ["/api/v1/nowhere", "/nowhere.json", "/dataset/none.json", "/api/v1/datasets/none"]
)
def test_an_unknown_address_of_the_api_is_json(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_a_caller_who_accepts_only_json_gets_it_everywhere(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["detail"]


NO_IDS = ["a%00b", "%ED%A0%80", "A" * 12, "0" * 10_000, "%F0%9F%8F%B3", "..%2f..%2fx", "%00"]


@pytest.mark.parametrize("record_id", NO_IDS)
def test_what_no_id_can_be_is_not_there(client: TestClient, record_id: str) -> None:
    for path in (f"/dataset/{record_id}.json", f"/dataset/{record_id}", f"/dataset/{record_id}/x"):
        assert client.get(path).status_code == 404
    assert client.get(f"/api/v1/datasets/{record_id}").status_code == 404


def test_what_no_id_can_be_is_not_there_in_postgresql_either(hub: Hub, postgres_url: str) -> None:
    store = Store.open(postgres_url)
    try:
        client = TestClient(create_app(replace(hub, store=store)), base_url=BASE_URL)
        for record_id in NO_IDS:
            assert client.get(f"/dataset/{record_id}.json").status_code == 404
    finally:
        store.close()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", "/search", "/search.json", "/api/v1/search", "/data.json", "/healthz"])
def test_nothing_can_be_changed_from_outside(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


class Broken:
    """A search whose engine does not answer, or that has a bug."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def search(self, request: SearchRequest) -> NoReturn:
        raise self._error


@pytest.fixture
def without_engine(hub: Hub) -> TestClient:
    broken = replace(hub, search=Broken(EngineUnavailable("the folder is gone")))
    return TestClient(create_app(broken), base_url=BASE_URL)


def test_without_the_engine_searching_is_503_and_says_when_to_try_again(without_engine: TestClient) -> None:
    answer = without_engine.get("/search.json?q=water")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "try again" in answer.json()["detail"]
    page = without_engine.get("/search?q=water")
    assert page.status_code == 503
    assert "Searching is not possible at the moment" in page.text
    assert "folder" not in page.text + answer.text, "what broke inside is for the log"


def test_without_the_engine_dataset_pages_still_answer(without_engine: TestClient, hub: Hub) -> None:
    head = next(iter(hub.store.heads()))
    assert without_engine.get(f"/dataset/{head.id}.json").status_code == 200


def test_a_bug_is_a_500_that_tells_nothing_and_keeps_the_headers(hub: Hub) -> None:
    broken = replace(hub, search=Broken(ZeroDivisionError("secret")))
    client = TestClient(create_app(broken), base_url=BASE_URL, raise_server_exceptions=False)
    for path in ("/search", "/search.json"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "secret" not in answer.text
        assert answer.headers["content-security-policy"] == CSP


def test_what_a_caller_sent_is_repeated_without_what_turns_or_breaks_a_line(
    hub: Hub, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    odd = "%0aWARNING:%20all%20is%20lost%00%E2%80%AE%E2%81%A6%1b[31m"
    for path in (f"/nowhere{odd}", f"/nowhere{odd}.json", f"/dataset/{odd}.json", f"/search?sort={odd}"):
        text = client.get(path).text
        assert "all is lost" in text
        assert not any(mark in text for mark in ("\0", "\u202e", "\u2066", "\x1b", "\\u202e", "\nWARNING"))

    def fail(*_: object) -> NoReturn:
        raise StoreError("the disk is gone")

    broken = TestClient(
        create_app(replace(hub, store=Replaced(hub.store, record=fail, source=fail))), base_url=BASE_URL
    )
    with caplog.at_level(logging.WARNING):
        assert broken.get(f"/dataset/{next(iter(hub.store.heads())).id}/x{odd}").status_code == 503
    assert "the disk is gone" in caplog.text
    assert "\nWARNING: all" not in caplog.text
