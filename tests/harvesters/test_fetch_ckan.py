"""CKAN and DKAN portals paged by the real child over recorded packages."""

import json
from pathlib import Path
from typing import Any

import pytest

from harvesters.ckan_pages import OffsetPages
from harvesters.ckan_root import ckan_root
from harvesters.fetch_error import FetchError
from tests.harvesters.fetching import harvest
from tests.portals import Answer, CkanPortal, StaticPortal
from tests.shared_data import load, needs_shared

SMALL = {"page_size": 50}


def recorded() -> list[dict[str, Any]]:
    """The Treasury's packages at catalog.data.gov."""
    packages: list[dict[str, Any]] = load("ckan/catalog.data.gov_treasury_packages_2017.json")
    return packages


def many(count: int) -> list[dict[str, Any]]:
    """So many small packages."""
    return [
        {"id": f"{number:06d}", "name": f"roads-{number}", "title": f"Roads {number}", "resources": []}
        for number in range(count)
    ]


def read(fetched: Any) -> list[str]:
    return [str(record.identifier) for record in fetched.records]


@needs_shared
def test_every_page_is_fetched_though_fewer_rows_come_than_were_asked_for(tmp_path: Path) -> None:
    packages = recorded()
    with CkanPortal(packages, cap=40) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url, options={"page_size": 100})
        asked = [seen.query for seen in portal.seen if seen.path.endswith("package_search")]
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.declared_total == len(packages) == 278
    expected = sorted(packages, key=lambda package: str(package["id"]))
    assert [json.loads(record.payload) for record in fetched.records] == expected
    assert [page["start"] for page in asked] == ["0", "40", "80", "120", "160", "200", "240"]
    assert {(page["sort"], page["rows"]) for page in asked} == {("id asc", "100")}
    first = fetched.records[0]
    assert (first.schema, first.identifier) == ("ckan", expected[0]["id"])
    assert first.url == f"{portal.url}api/3/action/package_show?id={expected[0]['name']}"
    assert first.views == expected[0]["tracking_summary"]["total"]


def test_a_large_portal_is_read_to_its_end(tmp_path: Path) -> None:
    with CkanPortal(many(10_512)) as portal:
        fetched = harvest(tmp_path, "ckan", f"{portal.url}dataset/roads-1", options={"page_size": 10_000})
    assert fetched.verdict == (True, "", False)
    assert (len(set(read(fetched))), fetched.statement.requests) == (10_512, 12)


def test_a_portal_below_a_path_is_asked_there(tmp_path: Path) -> None:
    with CkanPortal(many(3), base="data") as portal:
        fetched = harvest(tmp_path, "ckan", f"{portal.root}en/dataset/roads-1")
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 3


@pytest.mark.parametrize(
    ("fault", "slug", "pages_landed"),
    [
        ({"missing": frozenset({3})}, "page-missing", 2),
        ({"cut": frozenset({2})}, "page-missing", 1.5),
        ({"repeated": frozenset({2})}, "page-repeated", 1),
        ({"repeated": frozenset({3})}, "page-repeated", 2),
        ({"total": 1_000}, "total-not-reached", 4),
    ],
    ids=str,
)
def test_a_fault_in_paging_is_incomplete(
    tmp_path: Path, fault: dict[str, Any], slug: str, pages_landed: float
) -> None:
    with CkanPortal(many(200), **fault) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url, options=SMALL)
    assert fetched.verdict == (False, slug, False)
    assert [failure.slug for failure in fetched.statement.failures]
    assert abs(len(fetched.records) / 50 - pages_landed) < 0.2


@pytest.mark.parametrize("total", [0, 1, 50, 199], ids=str)
def test_a_total_that_is_too_small_ends_nothing(tmp_path: Path, total: int) -> None:
    with CkanPortal(many(200), total=total) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url, options=SMALL)
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 200


def test_what_moves_forward_when_others_are_deleted_is_not_missed(tmp_path: Path) -> None:
    with CkanPortal(many(200)) as portal:
        portal.deleted_before = {2: 10, 3: 20}
        fetched = harvest(tmp_path, "ckan", portal.url, options=SMALL)
    assert fetched.verdict == (True, "", False)
    assert set(read(fetched)) == {package["id"] for package in many(200)}


def test_what_is_added_meanwhile_is_read_or_left_to_the_next_run(tmp_path: Path) -> None:
    with CkanPortal(many(200)) as portal:
        portal.added_before = {2: {"id": "000010x", "name": "early"}, 3: {"id": "z", "name": "late"}}
        fetched = harvest(tmp_path, "ckan", portal.url, options=SMALL)
    assert fetched.verdict == (True, "", False)
    assert set(read(fetched)) == {package["id"] for package in many(200)} | {"z"}


def test_what_is_not_public_is_left_out_and_counted(tmp_path: Path) -> None:
    hidden = [{"private": True}, {"state": "draft"}, {"state": "deleted"}, {"type": "harvest"}]
    packages = many(10)
    for package, mark in zip(packages, hidden, strict=False):
        package.update(mark)
    packages[9].update({"private": False, "state": "active", "type": "dataset"})
    with CkanPortal(packages) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url)
    assert fetched.verdict == (True, "", False)
    assert read(fetched) == [package["id"] for package in packages[4:]]
    assert "4 packages" in fetched.log


@pytest.mark.parametrize("cap", [40, 1_000])
def test_dkan_is_read_by_its_list_of_lists(tmp_path: Path, cap: int) -> None:
    packages = [{**package, "private": True, "state": "Active"} for package in many(170)]
    with CkanPortal(packages, cap=cap, dkan=True) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url, options={"page_size": 100})
    assert fetched.verdict == (True, "", False)
    assert read(fetched) == [package["id"] for package in packages]
    assert fetched.statement.declared_total == 170


def test_a_large_dkan_is_read_to_its_end(tmp_path: Path) -> None:
    with CkanPortal(many(10_512), cap=1_000, dkan=True) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url, options={"page_size": 10_000})
    assert fetched.verdict == (True, "", False)
    assert len(set(read(fetched))) == fetched.statement.declared_total == 10_512


def test_dkan_that_gives_less_than_it_lists_is_incomplete(tmp_path: Path) -> None:
    names = Answer(json.dumps({"success": True, "result": [f"n{number}" for number in range(9)]}).encode())
    page = Answer(json.dumps({"success": True, "result": [many(4)]}).encode())
    empty = Answer(b'{"success": true, "result": [[]]}')
    root = "/api/3/action/"
    answers = {
        f"{root}package_list": names,
        f"{root}current_package_list_with_resources": [page, empty],
    }
    with StaticPortal(answers) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url)
    assert fetched.verdict == (False, "total-not-reached", False)
    assert len(fetched.records) == 4


@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        (Answer(b"<html>no", 200), "not-json-html"),
        (Answer(b'{"success": true, "result": {"count": 0}}'), "no-dataset-list"),
        (Answer(b"{}", 403), "http-status"),
        (Answer(b"{}", 404), "http-status"),
    ],
)
def test_what_is_no_catalogue_fails(tmp_path: Path, answer: Answer, slug: str) -> None:
    with StaticPortal({"/api/3/action/package_search": answer}) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url)
    assert fetched.verdict == (False, slug, True)


def test_an_impossible_page_size_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    with CkanPortal([]) as portal:
        fetched = harvest(tmp_path, "ckan", portal.url, options={"page_size": 0})
        assert portal.seen == []
    assert fetched.verdict == (False, "bad-option", True)


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("https://data.boston.gov", "https://data.boston.gov/"),
        ("https://data.boston.gov/dataset/311/resource/1", "https://data.boston.gov/"),
        ("https://data.ca.gov/en/dataset/x?y=1", "https://data.ca.gov/"),
        ("https://open.example/data/en/dataset/x", "https://open.example/data/"),
        ("https://open.example/data/", "https://open.example/data/"),
        ("https://open.example/data/api/3/action/package_search", "https://open.example/data/"),
        ("https://open.example/datasets-of-ours", "https://open.example/datasets-of-ours/"),
    ],
)
def test_the_root_is_told_from_a_page_below_it(url: str, root: str) -> None:
    assert ckan_root(url) == root


def test_an_id_on_two_lines_of_a_page_counts_twice_and_a_page_of_old_ones_ends_it() -> None:
    pages = OffsetPages(2)
    assert pages.take(["a", "a"], 3)
    assert (pages.fresh, pages.start) == (2, 2)
    with pytest.raises(FetchError, match="only what came before"):
        pages.take(["a"], 3)
