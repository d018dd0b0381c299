"""The JSON API: what it answers is what its OpenAPI description says, and what the service found."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from index.fields import FACETS
from index.present import present
from search_api.answers import search_json
from search_api.hub import Hub
from search_api.params import read_state
from tests.search_api.browser import TestClient
from tests.search_api.conftest import Page
from tests.search_api.hubs import BASE_URL, NOW, client_of

QUERIES = [
    "",
    "q=health",
    "q=health+hospital+zebra&match=any",
    "format=csv&source=sf&sort=title&limit=3&page=2",
    "facets=false",
]


def answers(document: dict[str, Any], path: str, status: str = "200") -> Draft202012Validator:
    """A validator of what the description promises for an address."""
    promised = document["paths"][path]["get"]["responses"][status]["content"]["application/json"]["schema"]
    return Draft202012Validator({**promised, "components": document["components"]})


@pytest.fixture(scope="module")
def description(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/openapi.json").json()
    return document


@pytest.mark.parametrize("query", QUERIES)
def test_search_answers_what_the_service_found(client: TestClient, hub: Hub, query: str) -> None:
    pairs = [tuple(pair.split("=")) for pair in query.split("&") if pair]
    state = read_state([(name, value.replace("+", " ")) for name, value in pairs])
    expected = search_json(hub.search.search(state.request(NOW)))
    assert client.get(f"/search.json?{query}").json() == expected
    assert client.get(f"/api/v1/search?{query}").json() == expected


@pytest.mark.parametrize("query", QUERIES)
def test_search_answers_as_described(client: TestClient, description: dict[str, Any], query: str) -> None:
    document = client.get(f"/api/v1/search?{query}").json()
    assert [e.message for e in answers(description, "/api/v1/search").iter_errors(document)] == []


def test_search_holds_the_fields_callers_rely_on(client: TestClient) -> None:
    document = client.get("/search.json?q=health&limit=1").json()
    assert list(document) == ["total", "match", "all_total", "results", "facets", "hints", "suggestion"]
    assert list(document["results"][0])[:10] == [
        *(
            "id",
            "title",
            "publisher",
            "source",
            "url",
            "modified",
            "popularity",
            "score",
            "partial",
            "also_at",
        )
    ]
    assert list(document["facets"]) == [facet.name for facet in FACETS]
    assert list(document["facets"]["source"][0]) == ["value", "label", "count"]


def test_parameters_come_in_any_order_and_strangers_are_passed_over(client: TestClient) -> None:
    one = client.get("/search.json?q=health&source=cms&limit=5").json()
    assert client.get("/search.json?limit=5&utm=x&source=CMS&q=health&page=1").json() == one


def test_a_snippet_is_text_in_pieces_not_html(client: TestClient) -> None:
    results = client.get("/search.json?q=hospital&limit=10").json()["results"]
    pieces = [piece for result in results for piece in result["snippet"]]
    assert any(piece["match"] for piece in pieces)
    assert not any("<mark>" in piece["text"] for piece in pieces)


def test_a_dataset_is_answered_as_the_command_line_shows_it(
    client: TestClient, hub: Hub, description: dict[str, Any]
) -> None:
    for source in ("cms", "sf", "opm"):
        head = next(hub.store.heads(source=source))
        record, portal = hub.store.record(head.id), hub.store.source(source)
        assert record
        assert portal
        expected = present(record, portal, hub.store.raw(head.id))
        for path in (f"/dataset/{head.id}.json", f"/api/v1/datasets/{head.id}"):
            document = client.get(path).json()
            assert document == expected
            errors = answers(description, "/api/v1/datasets/{id}").iter_errors(document)
            assert [error.message for error in errors] == []


def test_sources_tell_how_the_last_run_went(client: TestClient, description: dict[str, Any]) -> None:
    document = client.get("/api/v1/sources").json()
    assert [(row["id"], row["records"], row["status"]) for row in document] == [
        ("cms", 139, "ok"),
        ("opm", 134, "ok"),
        ("sf", 142, "ok"),
    ]
    assert [e.message for e in answers(description, "/api/v1/sources").iter_errors(document)] == []


def test_facets_are_counted_within_a_search(client: TestClient, description: dict[str, Any]) -> None:
    document = client.get("/api/v1/facets?q=health&facet_limit=3").json()
    assert [facet["name"] for facet in document] == [facet.name for facet in FACETS]
    assert max(len(facet["values"]) for facet in document if facet["name"] == "keyword") == 3
    assert [e.message for e in answers(description, "/api/v1/facets").iter_errors(document)] == []


def test_errors_are_answered_as_described(client: TestClient, description: dict[str, Any]) -> None:
    for path, described, status in [
        ("/api/v1/search?limit=0", "/api/v1/search", 400),
        ("/api/v1/datasets/none", "/api/v1/datasets/{id}", 404),
    ]:
        answer = client.get(path)
        assert answer.status_code == status
        assert answers(description, described, str(status)).is_valid(answer.json())


def test_the_description_names_every_parameter_once(description: dict[str, Any]) -> None:
    names = [p["name"] for p in description["paths"]["/api/v1/search"]["get"]["parameters"]]
    assert sorted(names) == sorted(set(names))
    assert {"q", "match", "sort", "page", "limit", "facet_limit", "facets", *(f.name for f in FACETS)} == set(
        names
    )
    assert description["servers"] == [{"url": BASE_URL}]


def test_the_docs_page_tells_the_same_with_nothing_from_elsewhere(
    page: Page, description: dict[str, Any]
) -> None:
    found = page("/docs")
    for path in description["paths"]:
        assert path in found.get_text()
    assert len(found.select("section:first-of-type tbody tr")) == len(
        description["paths"]["/api/v1/search"]["get"]["parameters"]
    )
    outside = [
        tag
        for tag in found.select("[src], link[href], a[href]")
        if "//" in str(tag.get("src") or tag["href"])
    ]
    assert [tag["rel"] for tag in outside] == [["canonical"]]


def test_health_says_whether_store_and_engine_answer(client: TestClient, small: Hub) -> None:
    assert client.get("/healthz").json() == {"ok": True, "store": True, "engine": True}
    assert client.get("/readyz").json() == {"ready": True, "behind": 0}
    assert client_of(small).get("/healthz").status_code == 200
