"""data.gov's catalogue followed along its cursor by the real child, over results such as its search has."""

import json
from pathlib import Path
from typing import Any

import pytest

from harvesters.data_gov_places import as_parameter, stated_geometry
from harvesters.detect import detect
from harvesters.detection import Answered
from harvesters.fetch_error import FetchError
from harvesters.portal import Portal
from harvesters.types.data_gov import data_gov_root, find_data_gov
from mappings.schemas import add_page, map_record
from tests.harvesters.fetching import harvest
from tests.portals import Answer, DataGovPortal, StaticPortal

SQUARE = {"type": "Polygon", "coordinates": [[[-73, 41], [-72, 41], [-72, 42], [-73, 42], [-73, 41]]]}


def many(count: int, **more: Any) -> list[dict[str, Any]]:
    """So many small results; every third is another organisation's, every agency counts its own from 0."""
    return [
        {
            "dcat": {"identifier": f"id-{number // 3}", "title": f"Roads {number}", "modified": "2026-01-02"},
            "slug": f"roads-{number:06d}",
            "identifier": f"id-{number // 3}",
            "title": f"Roads {number}",
            "organization": {
                "name": f"Agency {number % 3}",
                "slug": f"agency-{number % 3}",
                "id": str(number % 3),
            },
            "popularity": number % 7,
            "last_harvested_date": "2026-07-31T17:27:25",
            "harvest_record": f"https://catalog.data.gov/harvest_record/{number}",
            "spatial_shape": SQUARE if number % 2 else None,
            **more,
        }
        for number in range(count)
    ]


def read(fetched: Any) -> list[str]:
    return sorted(str(record.identifier) for record in fetched.records)


def slugs(results: list[dict[str, Any]]) -> list[str]:
    return sorted(result["slug"] for result in results)


def test_the_cursor_is_followed_to_the_end(tmp_path: Path) -> None:
    with DataGovPortal(many(10_512)) as portal:
        fetched = harvest(tmp_path, "data-gov", portal.url)
        asked = [seen.query for seen in portal.seen if seen.path == "/search"]
    assert fetched.verdict == (True, "", False)
    assert read(fetched) == slugs(many(10_512))
    assert fetched.statement.declared_total is None
    assert [query["per_page"] for query in asked] == ["1000"] * 11
    assert "after" not in asked[0]
    assert all(query["after"] for query in asked[1:])
    record = next(record for record in fetched.records if record.identifier == "roads-000004")
    assert (record.schema, record.url) == ("data-gov", f"{portal.url}dataset/roads-000004")
    assert (record.views, record.version) == (4, "2026-01-02")
    dataset = map_record(record.schema, record.payload).dataset
    add_page(record.schema, dataset, record.url)
    assert dataset.landing_page == record.url
    assert dataset.origin is not None
    assert (dataset.origin.source, dataset.origin.identifier, dataset.origin.source_id) == (
        "Agency 1",
        "id-1",
        "agency-1",
    )


def test_pages_shorter_than_asked_for_are_no_end(tmp_path: Path) -> None:
    with DataGovPortal(many(95), largest=10) as portal:
        fetched = harvest(tmp_path, "data-gov", f"{portal.url}dataset/roads-000001")
        assert portal.paths().count("/search") == 10
    assert fetched.verdict == (True, "", False)
    assert read(fetched) == slugs(many(95))


def test_the_last_page_may_be_full_and_the_catalogue_empty(tmp_path: Path) -> None:
    with DataGovPortal(many(20), largest=10) as portal:
        assert len(harvest(tmp_path, "data-gov", portal.url).records) == 20
    with DataGovPortal([]) as portal:
        fetched = harvest(tmp_path, "data-gov", portal.url)
    assert (fetched.verdict, fetched.records) == ((True, "", False), [])


@pytest.mark.parametrize("refusal", [400, 404, 410])
def test_an_expired_cursor_begins_again_once(tmp_path: Path, refusal: int) -> None:
    results = many(50)
    with DataGovPortal(results, largest=10, expires=frozenset({4}), refusal=refusal) as portal:
        fetched = harvest(tmp_path, "data-gov", portal.url)
        assert portal.paths().count("/search") == 4 + 5
    assert fetched.verdict == (True, "", False)
    assert read(fetched) == slugs(results)
    assert len(fetched.records) == 50, "what was read before is not stored twice"
    with DataGovPortal(results, largest=10, expires=frozenset({4, 6}), refusal=refusal) as portal:
        fetched = harvest(tmp_path, "data-gov", portal.url)
    assert fetched.verdict == (False, "page-missing", False)
    assert len(fetched.records) == 30
    assert str(refusal) in fetched.statement.reason


@pytest.mark.parametrize(
    ("fault", "slug", "records"),
    [
        ({"stuck": True}, "page-repeated", 20),
        ({"back": True}, "page-repeated", 20),
        ({"endless": True}, "page-repeated", 50),
        ({"missing": frozenset({3})}, "page-missing", 20),
        ({"cut": frozenset({3})}, "page-missing", 25),
        ({"missing": frozenset({1})}, "http-status", 0),
    ],
    ids=str,
)
def test_what_goes_wrong_on_the_way_is_incomplete(
    tmp_path: Path, fault: dict[str, Any], slug: str, records: int
) -> None:
    with DataGovPortal(many(50), largest=10, **fault) as portal:
        fetched = harvest(tmp_path, "data-gov", portal.url, request_timeout=5)
        assert portal.paths().count("/search") <= 12
    assert fetched.verdict == (False, slug, slug == "http-status")
    assert abs(len(fetched.records) - records) <= 1


def test_options_narrow_the_search(tmp_path: Path) -> None:
    results = many(30)
    options = {"organization": "agency-1", "q": "roads", "place": "-74,40,-71,43"}
    with DataGovPortal(results, base="catalog", places={"Connecticut": SQUARE}) as portal:
        fetched = harvest(tmp_path, "data-gov", f"{portal.root}organization/agency-1", options=options)
        assert read(fetched) == [f"roads-{number:06d}" for number in range(30) if number % 6 == 1]
        named = harvest(tmp_path, "data-gov", portal.root, options={"place": "connecticut"})
        assert read(named) == [f"roads-{number:06d}" for number in range(1, 30, 2)]
        assert portal.paths()[-3:] == [
            "/catalog/api/locations/search",
            "/catalog/api/location/0",
            "/catalog/search",
        ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"page_size": 2_000}, "page_size"),
        ({"q": 7}, "q must be a text"),
        ({"place": "95,40,-71"}, "place must be"),
        ({"place": "-71,40,-200,43"}, "place must be"),
        ({"place": '{"type": "Polygon"}'}, "place must be"),
        ({"place": "Atlantis"}, "nothing"),
        ({"place": "connect"}, "Connecticut; Connecticut River"),
        ({"organization": "agency-9"}, "not heeded"),
    ],
    ids=str,
)
def test_an_option_that_cannot_be_is_said_before_anything_is_stored(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    places = {"Connecticut": SQUARE, "Connecticut River": SQUARE}
    with DataGovPortal(many(30), places=places, deaf=True) as portal:
        fetched = harvest(tmp_path, "data-gov", portal.url, options=options)
    assert fetched.verdict == (False, "bad-option", True)
    assert said in fetched.statement.reason
    assert fetched.records == []


def test_a_geometry_too_long_for_an_address_becomes_its_box() -> None:
    circle = [[-73 + number / 1_000, 41 + number % 7] for number in range(1_000)]
    parameter = as_parameter({"type": "Polygon", "coordinates": [circle]})
    box = json.loads(parameter)["coordinates"][0]
    assert (box[0], box[2]) == ([-73.0, 41.0], [-72.001, 47.0])
    crossing = stated_geometry([170, -20, -170, -10])
    assert crossing is not None
    assert crossing["type"] == "MultiPolygon"
    assert stated_geometry("Connecticut") is None
    with pytest.raises(FetchError):
        as_parameter({"type": "Polygon", "coordinates": ["x" * 5_000]})


@pytest.mark.parametrize(
    "page", ["", "dataset/roads-000001", "organization/agency-1?q=x", "search?q=&per_page=5"]
)
@pytest.mark.parametrize("base", ["", "catalog"])
def test_the_catalogue_is_found_from_any_of_its_pages(page: str, base: str) -> None:
    with DataGovPortal(many(3), base=base) as portal:
        found = detect(Portal("p", "", portal.root + page, allow_private=True))
    assert (found.type, found.url) == ("data-gov", portal.root)


def test_a_first_result_larger_than_what_is_read_is_enough() -> None:
    large = many(1, spatial_shape={"type": "Polygon", "coordinates": [[[0, 0]] * 20_000]})
    body = json.dumps({"results": large, "sort": "relevance", "after": "x"}, sort_keys=True).encode()
    found = find_data_gov(Answered("https://x.gov/search?per_page=1", 200, {}, body[:65_536]))
    assert found is not None
    assert found.url == "https://x.gov/"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"results": [], "resultSetSize": 0}',
        b'{"results": [{"title": "x"}], "sort": "relevance"}',
        b'{"results": []}',
        b"[]",
    ],
)
def test_other_searches_are_not_data_gov(body: bytes) -> None:
    assert find_data_gov(Answered("https://x.gov/search", 200, {}, body)) is None


def test_an_answer_without_results_is_no_catalogue(tmp_path: Path) -> None:
    with StaticPortal({"/search": Answer(b'{"message": "x"}')}) as portal:
        fetched = harvest(tmp_path, "data-gov", portal.url)
    assert fetched.verdict == (False, "no-dataset-list", True)


def test_the_root_is_told_from_deep_links() -> None:
    for page in (
        "",
        "search?q=x",
        "harvest_record/1/raw",
        "api/organizations",
        "openapi/docs",
        "sitemap.xml",
    ):
        assert data_gov_root(f"https://catalog.data.gov/{page}") == "https://catalog.data.gov/"
