"""The players keep the caps of the platforms they play: a spider that ignored one would fail."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from tests.portals import CkanPortal, HubPortal, LoopbackServer, SocrataPortal

MANY = 10_500


def ask(portal: LoopbackServer, path: str) -> tuple[int, Any]:
    try:
        with urlopen(portal.url + path) as answer:  # loopback
            return answer.status, json.load(answer)
    except HTTPError as error:
        return error.code, None


@pytest.fixture(scope="module")
def results() -> list[dict[str, Any]]:
    return [{"resource": {"id": f"{n:09d}"}, "metadata": {"domain": "x.gov"}} for n in range(MANY)]


@pytest.mark.parametrize(
    ("query", "status", "came"),
    [
        ("offset=9990&limit=10", 200, 10),
        ("offset=9991&limit=10", 400, 0),
        ("offset=10000&limit=100", 400, 0),
        ("limit=10001", 400, 0),
        ("limit=10000&scroll_id=", 200, 10_000),
        ("limit=10000&scroll_id=000009999", 200, 500),
        ("limit=10&scroll_id=&order=name", 400, 0),
    ],
)
def test_socrata_pages_by_offset_to_ten_thousand_only(
    results: list[dict[str, Any]], query: str, status: int, came: int
) -> None:
    with SocrataPortal(results) as portal:
        answered, page = ask(portal, f"api/catalog/v1?domains=x.gov&{query}")
    assert (answered, len(page["results"]) if page else 0) == (status, came)
    assert page is None or page["resultSetSize"] == MANY


def test_ckan_gives_less_than_it_is_asked_for_without_a_word() -> None:
    with CkanPortal([{"id": f"{n:06d}"} for n in range(MANY)]) as portal:
        status, page = ask(portal, "api/3/action/package_search?sort=id%20asc&rows=20000")
    assert (status, page["success"], page["result"]["count"]) == (200, True, MANY)
    assert len(page["result"]["results"]) == 1_000


def test_dkan_gives_a_list_of_lists_and_knows_no_search() -> None:
    with CkanPortal([{"id": f"{n:06d}"} for n in range(30)], dkan=True) as portal:
        assert ask(portal, "api/3/action/package_search?rows=10")[0] == 404
        _, page = ask(portal, "api/3/action/current_package_list_with_resources?limit=10&offset=20")
    assert [[package["id"] for package in inner] for inner in page["result"]] == [
        [f"{n:06d}" for n in range(20, 30)]
    ]


def test_a_hub_refuses_more_than_a_hundred_at_a_time() -> None:
    with HubPortal([{"id": str(n)} for n in range(300)]) as portal:
        assert ask(portal, "api/search/v1/collections/all/items?limit=101")[0] == 400
        assert ask(portal, "api/search/v1/collections/all/items?startindex=0")[0] == 400
        _, page = ask(portal, "api/search/v1/collections/all/items?limit=100&startindex=201")
    assert (len(page["features"]), page["numberMatched"]) == (100, 300)
    assert [link["rel"] for link in page["links"]] == ["self"]
