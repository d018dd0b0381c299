"""Opendatasoft portals paged, or exported, by the real child over datasets in the form of the Explore API."""

import json
from pathlib import Path
from typing import Any

import pytest

from harvesters.detect import detect
from harvesters.detection import Answered
from harvesters.portal import Portal
from harvesters.types.opendatasoft import CATALOG, find_opendatasoft, opendatasoft_root
from mappings.schemas import add_page, map_record
from tests.harvesters.fetching import harvest
from tests.portals import Answer, OpendatasoftPortal, StaticPortal


def many(count: int) -> list[dict[str, Any]]:
    """So many small datasets."""
    return [
        {
            "dataset_id": f"roads-{number:06d}",
            "has_records": True,
            "metas": {"default": {"title": f"Roads {number}", "publisher": "DOT"}},
        }
        for number in range(count)
    ]


def read(fetched: Any) -> list[str]:
    return [str(record.identifier) for record in fetched.records]


def ids(datasets: list[dict[str, Any]]) -> list[str]:
    return [dataset["dataset_id"] for dataset in datasets]


def test_every_page_is_fetched_in_order(tmp_path: Path) -> None:
    with OpendatasoftPortal(many(250)) as portal:
        fetched = harvest(tmp_path, "opendatasoft", f"{portal.url}explore/dataset/roads-000001/table/")
        asked = [seen.query for seen in portal.seen if seen.path.endswith("/datasets")]
    assert fetched.verdict == (True, "", False)
    assert (read(fetched), fetched.statement.declared_total) == (ids(many(250)), 250)
    assert [page["offset"] for page in asked] == ["0", "100", "200"]
    assert {(page["limit"], page["order_by"]) for page in asked} == {("100", "dataset_id")}
    record = fetched.records[0]
    assert (record.schema, record.url) == ("opendatasoft", f"{portal.url}{CATALOG}/roads-000000")
    dataset = map_record(record.schema, record.payload).dataset
    add_page(record.schema, dataset, record.url)
    assert dataset.landing_page == f"{portal.url}explore/dataset/roads-000000/"
    assert dataset.distributions[0].url == f"{record.url}/exports/csv"


@pytest.mark.parametrize(("count", "requests"), [(9_900, 99), (9_999, 100), (10_000, 2), (10_512, 2)])
def test_past_the_ceiling_the_export_is_read(tmp_path: Path, count: int, requests: int) -> None:
    with OpendatasoftPortal(many(count)) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url)
        asked = [seen for seen in portal.seen if "/catalog/" in seen.path]
    assert fetched.verdict == (True, "", False)
    assert (len(set(read(fetched))), len(fetched.records)) == (count, count)
    assert abs(len(asked) - requests) <= 1


def test_an_export_that_lacks_some_is_incomplete(tmp_path: Path) -> None:
    with OpendatasoftPortal(many(10_010), short_export=20) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url)
    assert fetched.verdict == (False, "total-not-reached", False)
    assert len(fetched.records) == 9_990


def test_a_catalogue_that_hides_its_size_is_exported_when_the_ceiling_comes(tmp_path: Path) -> None:
    with OpendatasoftPortal(many(10_512), total=0) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url)
        assert portal.paths()[-1].endswith("/exports/json")
    assert fetched.verdict == (True, "", False)
    assert sorted(read(fetched)) == ids(many(10_512))


def test_a_portal_that_refuses_an_order_is_asked_without(tmp_path: Path) -> None:
    with OpendatasoftPortal(many(150), unordered=True) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url)
    assert fetched.verdict == (True, "", False)
    assert read(fetched) == ids(many(150))
    assert "refuses an order" in fetched.log


def test_a_portal_below_a_path_and_a_part_of_it(tmp_path: Path) -> None:
    with OpendatasoftPortal(many(3), base="open") as portal:
        options = {"where": 'publisher = "DOT"', "page_size": 2}
        fetched = harvest(tmp_path, "opendatasoft", f"{portal.root}pages/home/", options=options)
        asked = [seen.query["where"] for seen in portal.seen if seen.path.endswith("/datasets")]
    assert fetched.verdict == (True, "", False)
    assert (len(fetched.records), set(asked)) == (3, {'publisher = "DOT"'})


@pytest.mark.parametrize(
    ("fault", "slug", "pages_landed"),
    [
        ({"missing": frozenset({3})}, "page-missing", 2),
        ({"cut": frozenset({2})}, "page-missing", 1.5),
        ({"repeated": frozenset({2})}, "page-repeated", 1),
        ({"total": 1_000}, "total-not-reached", 4),
        ({"quota": 2}, "page-missing", 2),
    ],
    ids=str,
)
def test_a_fault_in_paging_is_incomplete(
    tmp_path: Path, fault: dict[str, Any], slug: str, pages_landed: float
) -> None:
    with OpendatasoftPortal(many(200), **fault) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url, options={"page_size": 50})
    assert fetched.verdict == (False, slug, False)
    assert abs(len(fetched.records) / 50 - pages_landed) < 0.2


def test_a_quota_that_is_used_up_says_when_it_is_renewed(tmp_path: Path) -> None:
    with OpendatasoftPortal(many(9), quota=0) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url)
    assert fetched.verdict == (False, "http-status", True)
    assert "429" in fetched.statement.reason
    assert "X-RateLimit-Reset is 2026-01-02T00:00:00+00:00" in fetched.statement.reason


def test_older_shapes_are_told_apart(tmp_path: Path) -> None:
    shapes = [{"dataset_id": "a"}, {"datasetid": "b", "metas": {}}, {"datasetid": "c", "title": "C"}]
    body = json.dumps({"total_count": 3, "results": shapes}).encode()
    with StaticPortal({f"/{CATALOG}": Answer(body)}) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url)
    assert [record.schema for record in fetched.records] == [
        "opendatasoft",
        "opendatasoft-1",
        "opendatasoft-table",
    ]


@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        (Answer(b"<html>no", 200), "not-json-html"),
        (Answer(b'{"total_count": 0}'), "no-dataset-list"),
        (Answer(b"{}", 403), "http-status"),
    ],
)
def test_what_is_no_catalogue_fails(tmp_path: Path, answer: Answer, slug: str) -> None:
    with StaticPortal({f"/{CATALOG}": answer}) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url)
    assert fetched.verdict == (False, slug, True)


def test_an_impossible_page_size_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    with OpendatasoftPortal([]) as portal:
        fetched = harvest(tmp_path, "opendatasoft", portal.url, options={"page_size": 101})
        assert portal.seen == []
    assert fetched.verdict == (False, "bad-option", True)


PAGES = [
    "",
    "explore/",
    "explore/?refine.theme=Environment&sort=modified",
    "explore/dataset/roads-000001/",
    "explore/dataset/roads-000001/table/?disjunctive.x",
    "explore/embed/dataset/roads-000001/map/",
    "pages/home/",
    "map/trees/",
    "api/explore/v2.1/catalog/datasets/roads-000001",
    "api/explore/v2.1/catalog/exports/json",
    "api/datasets/1.0/search/?rows=10",
    "api/v2/catalog/datasets",
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("base", ["", "open/data"])
def test_a_portal_is_found_from_any_of_its_pages(page: str, base: str) -> None:
    with OpendatasoftPortal(many(2), base=base) as portal:
        found = detect(Portal("p", "", portal.root + page, allow_private=True))
        assert (found.type, found.url) == ("opendatasoft", portal.root)
    assert "2 datasets" in found.evidence[0]


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://data.townofcary.org", "https://data.townofcary.org/"),
        ("https://data.townofcary.org/en/explore/dataset/x/", "https://data.townofcary.org/"),
        ("https://x.gov/open/explore", "https://x.gov/open/"),
        ("https://x.gov/index.html", "https://x.gov/"),
        ("https://x.gov/explorers/", "https://x.gov/explorers/"),
    ],
)
def test_the_root_is_told_from_a_page_below_it(url: str, root: str) -> None:
    assert opendatasoft_root(url) == root


def test_an_opendatasoft_answer_has_to_be_one() -> None:
    def found(body: bytes, status: int = 200) -> Any:
        return find_opendatasoft(Answered(f"https://x.gov/{CATALOG}?limit=1", status, {}, body))

    assert found(b'{"total_count": 2, "results": [{"dataset_id": "a"}]}') is not None
    assert found(b'{"total_count": 0, "results": []}') is not None
    assert (
        found(b'{"total_count": 2, "results": [{"dataset_id": "a", "fields": [' + b"1, " * 9_000) is not None
    )
    assert found(b'{"total_count": 2, "results": [{"id": "a"}]}') is None
    assert found(b'{"results": []}') is None
    assert found(b'{"total_count": 2}') is None
    assert found(b"<html>") is None
    assert found(b'{"total_count": 0, "results": []}', 404) is None
