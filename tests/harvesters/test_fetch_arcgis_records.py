"""ArcGIS Hubs by their search API: items paged by the real child, whatever the links say."""

import json
from pathlib import Path
from typing import Any

import pytest

from mappings.schemas import add_page, map_record
from tests.harvesters.fetching import Fetched, harvest
from tests.portals import Answer, HubPortal, StaticPortal

SMALL = {"records": True, "page_size": 50}


def items(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{number:032x}_0",
            "type": "Feature",
            "geometry": None,
            "properties": {
                "id": f"{number:032x}_0",
                "title": f"Roads {number}",
                "type": "Feature Service",
                "modified": 1_671_554_653_000 + number,
                "numViews": number,
                "url": f"https://services.example.org/rest/services/Roads{number}/FeatureServer/0",
            },
        }
        for number in range(count)
    ]


def fetch(folder: Path, portal: Any, **entry: Any) -> Fetched:
    return harvest(folder, "arcgis-hub", portal.url, options=SMALL, **entry)


def ids(fetched: Fetched) -> list[str | None]:
    return [record.identifier for record in fetched.records]


def test_every_page_is_read_by_the_index_of_its_first_item(tmp_path: Path) -> None:
    with HubPortal(items(120)) as portal:
        fetched = fetch(tmp_path, portal)
        pages = [seen.query for seen in portal.seen if "items" in seen.path]
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.declared_total == 120
    assert ids(fetched) == [item["id"] for item in items(120)]
    assert [page["startindex"] for page in pages] == ["1", "51", "101"]
    first = fetched.records[0]
    assert (first.schema, first.views, first.version) == ("arcgis-records", 0, "001671554653000")
    assert first.url == f"{portal.url}api/search/v1/collections/all/items/{first.identifier}"
    assert fetched.statement.validators is None


def test_a_large_hub_is_read_to_its_end(tmp_path: Path) -> None:
    with HubPortal(items(10_512)) as portal:
        fetched = harvest(tmp_path, "arcgis-hub", f"{portal.url}datasets/a::b", options={"records": True})
    assert fetched.verdict == (True, "", False)
    assert (len(set(ids(fetched))), fetched.statement.requests) == (10_512, 107)


def test_a_next_link_that_leads_to_itself_is_not_followed(tmp_path: Path) -> None:
    with HubPortal(items(120), looping=True) as portal:
        fetched = fetch(tmp_path, portal)
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 120


def test_a_hub_that_refuses_the_order_is_read_in_its_own(tmp_path: Path) -> None:
    with HubPortal(items(120), unordered=True) as portal:
        fetched = fetch(tmp_path, portal)
    assert fetched.verdict == (True, "", False)
    assert len(set(ids(fetched))) == 120


def test_what_moves_forward_when_others_are_deleted_is_not_missed(tmp_path: Path) -> None:
    with HubPortal(items(200)) as portal:
        portal.deleted_before = {2: 10, 3: 20}
        fetched = fetch(tmp_path, portal)
    assert fetched.verdict == (True, "", False)
    assert sorted(ids(fetched), key=str) == [item["id"] for item in items(200)], "each once"


@pytest.mark.parametrize(
    ("fault", "slug", "pages_landed"),
    [
        ({"missing": frozenset({3})}, "page-missing", 2),
        ({"cut": frozenset({2})}, "page-missing", 1.5),
        ({"repeated": frozenset({2})}, "page-repeated", 1),
        ({"total": 1_000}, "total-not-reached", 4),
    ],
    ids=str,
)
def test_a_fault_in_paging_is_incomplete(
    tmp_path: Path, fault: dict[str, Any], slug: str, pages_landed: float
) -> None:
    with HubPortal(items(200), **fault) as portal:
        fetched = fetch(tmp_path, portal)
    assert fetched.verdict == (False, slug, False)
    assert abs(len(fetched.records) / 50 - pages_landed) < 0.2


@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        (Answer(b"<html>no"), "not-json-html"),
        (Answer(b'{"numberMatched": 0}'), "no-dataset-list"),
        (Answer(b"{}", 401), "http-status"),
        (Answer(b"{}", 404), "http-status"),
        (Answer(b"{}", 400), "http-status"),
    ],
)
def test_what_is_no_catalogue_fails(tmp_path: Path, answer: Answer, slug: str) -> None:
    with StaticPortal({"/api/search/v1/collections/all/items": answer}) as portal:
        fetched = fetch(tmp_path, portal)
    assert fetched.verdict == (False, slug, True)


@pytest.mark.parametrize("option", [{"records": "yes"}, {"records": True, "page_size": 101}])
def test_an_impossible_option_is_said_at_once(tmp_path: Path, option: dict[str, Any]) -> None:
    with HubPortal([]) as portal:
        fetched = harvest(tmp_path, "arcgis-hub", portal.url, options=option)
        assert portal.seen == []
    assert fetched.verdict == (False, "bad-option", True)


def test_a_layer_is_exported_by_its_hub(tmp_path: Path) -> None:
    with HubPortal(items(1)) as portal:
        (record,) = fetch(tmp_path, portal).records
        dataset = map_record(record.schema, record.payload).dataset
        add_page(record.schema, dataset, record.url)
        root = portal.url
    assert dataset.landing_page == f"{root}datasets/{record.identifier}"
    assert [(offer.kind, offer.format) for offer in dataset.distributions] == [
        ("download", "CSV"),
        ("download", "GeoJSON"),
        ("download", "Shapefile"),
        ("download", "KML"),
        ("api", "ESRI REST"),
    ]
    assert dataset.distributions[0].url == f"{root}api/download/v1/items/{0:032x}/csv?layers=0"


def test_views_and_links_are_no_change(tmp_path: Path) -> None:
    first = items(1)
    second = json.loads(json.dumps(first))
    second[0]["properties"]["numViews"] = 99
    second[0]["links"] = [{"rel": "self", "href": "x"}]
    digests = []
    for name, found in (("1", first), ("2", second)):
        with HubPortal(found) as portal:
            digests.append(fetch(tmp_path / name, portal).records[0].digest)
    assert digests[0] == digests[1]
