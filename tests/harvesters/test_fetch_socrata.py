"""Socrata portals paged by the real child over recorded results."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests.harvesters.fetching import harvest
from tests.portals import Answer, SocrataPortal, StaticPortal
from tests.shared_data import load_lines, needs_shared

CT = "data.ct.gov"
OPTIONS = {"domain": CT, "page_size": 50}


def recorded(domain: str = CT) -> list[dict[str, Any]]:
    """One line per id; the collector's file has some twice."""
    lines = load_lines(f"socrata-discovery/{domain}.jsonl")
    return list({line["resource"]["id"]: line for line in lines}.values())


@needs_shared
def test_every_page_is_fetched_by_scrolling(tmp_path: Path) -> None:
    results = recorded()
    with SocrataPortal(results) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, options=OPTIONS)
        pages = [seen.query for seen in portal.seen if seen.path == "/api/catalog/v1"]
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.declared_total == len(results)
    expected = sorted(results, key=lambda result: result["resource"]["id"])
    assert [json.loads(record.payload) for record in fetched.records] == expected
    assert {page["domains"] for page in pages} == {CT}
    assert pages[0]["scroll_id"] == ""
    assert pages[1]["scroll_id"] == expected[49]["resource"]["id"]
    assert not any("offset" in page or "order" in page for page in pages)
    first = fetched.records[0]
    assert first.identifier == expected[0]["resource"]["id"]
    assert first.schema == "socrata-discovery"
    assert first.url == f"{portal.url}api/catalog/v1?domains={CT}&ids={first.identifier}"


@needs_shared
@pytest.mark.parametrize(
    ("fault", "slug", "pages_landed"),
    [
        ({"missing": frozenset({3})}, "page-missing", 2),
        ({"cut": frozenset({2})}, "page-missing", 1.4),
        ({"repeated": frozenset({2})}, "page-repeated", 2),
        ({"repeated": frozenset({3})}, "page-repeated", 3),
        ({"total": 1_000}, "total-not-reached", 3.7),
    ],
    ids=str,
)
def test_a_fault_in_paging_is_incomplete(
    tmp_path: Path, fault: dict[str, Any], slug: str, pages_landed: float
) -> None:
    with SocrataPortal(recorded(), **fault) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, options=OPTIONS)
    assert fetched.verdict == (False, slug, False)
    assert [failure.slug for failure in fetched.statement.failures]
    assert abs(len(fetched.records) / 50 - pages_landed) < 0.2


def page(*ids: str, total: int) -> Answer:
    results = [{"resource": {"id": name, "name": name}, "metadata": {"domain": "x"}} for name in ids]
    return Answer(json.dumps({"results": results, "resultSetSize": total}).encode())


@pytest.mark.parametrize(
    ("pages", "verdict"),
    [
        ([page("a", "b", total=4), page("b", "c", total=4), page(total=4)], (True, "", False)),
        ([page("a", "b", total=2), page("b", total=2)], (True, "", False)),
        (
            [page("a", "b", total=9), page("b", "c", total=9), page("a", "d", total=9)],
            (False, "total-not-reached", False),
        ),
    ],
    ids=["an id on two lines, on two pages", "going on at the id instead of behind it", "overlapping pages"],
)
def test_an_id_that_comes_again(tmp_path: Path, pages: list[Answer], verdict: tuple[bool, str, bool]) -> None:
    with StaticPortal({"/api/catalog/v1": [*pages, page(total=9)]}) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, options={"page_size": 2})
    assert fetched.verdict == verdict


@needs_shared
def test_a_total_that_is_too_low_hides_nothing(tmp_path: Path) -> None:
    results = recorded()
    with SocrataPortal(results, total=50) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, options=OPTIONS)
    assert len(fetched.records) == len(results)
    assert fetched.verdict == (True, "", False)


@needs_shared
def test_more_than_the_ten_thousand_that_offsets_reach(tmp_path: Path) -> None:
    real = recorded("data.cityofnewyork.us")
    results = []
    for number in range(10_500):
        result = copy.copy(real[number % len(real)])
        result["resource"] = {**result["resource"], "id": f"{number // 10_000:04d}-{number % 10_000:04d}"}
        result["metadata"] = {"domain": CT}
        results.append(result)
    with SocrataPortal(results) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, options={"domain": CT, "page_size": 5_000})
        assert len(portal.seen) == 4, "robots.txt and three pages"
    assert fetched.verdict == (True, "", False)
    assert len({record.identifier for record in fetched.records}) == 10_500


@needs_shared
def test_asset_types_can_be_chosen(tmp_path: Path) -> None:
    results = recorded()
    with SocrataPortal(results) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, options={"domain": CT, "only": ["map", "chart"]})
    kinds = {json.loads(record.payload)["resource"]["type"] for record in fetched.records}
    assert kinds <= {"map", "chart"}
    assert fetched.statement.declared_total == len(fetched.records)


def test_a_portal_without_assets_is_complete_and_empty(tmp_path: Path) -> None:
    with SocrataPortal([]) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url)
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.declared_total == 0


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [(b'{"error":"domain is unknown"}', 404, "http-status"), (b'{"hits":[]}', 200, "no-dataset-list")],
)
def test_what_is_no_catalogue_fails(tmp_path: Path, body: bytes, status: int, slug: str) -> None:
    with StaticPortal({"/api/catalog/v1": Answer(body, status)}) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url)
    assert fetched.verdict == (False, slug, True)


@needs_shared
def test_a_crawl_delay_is_kept_even_where_the_path_is_disallowed(tmp_path: Path) -> None:
    page = json.dumps({"results": recorded()[:2], "resultSetSize": 4}).encode()
    rest = json.dumps({"results": recorded()[2:4], "resultSetSize": 4}).encode()
    robots = b"User-agent: *\nDisallow: /api/\nCrawl-delay: 1\n"
    answers = {"/robots.txt": Answer(robots), "/api/catalog/v1": [Answer(page), Answer(rest)]}
    options = {"page_size": 2, "domain": CT}
    with StaticPortal(answers) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, options=options, max_pages=2)
        times = [seen.time for seen in portal.seen]
        assert portal.paths() == ["/robots.txt", "/api/catalog/v1", "/api/catalog/v1"]
        # The pause is kept by the asking side; here the arrivals are seen, a few milliseconds apart.
        assert times[2] - times[1] > 0.9
    assert fetched.verdict == (False, "too-many-pages", False)
    assert len(fetched.records) == 4


@pytest.mark.parametrize(
    ("robots", "slug"),
    [
        (Answer(b"User-agent: *\nDisallow: /api/\n"), "robots-disallowed"),
        (Answer(b"", 503), "robots-unavailable"),
    ],
)
def test_an_obedient_entry_asks_nothing_that_robots_txt_forbids(
    tmp_path: Path, robots: Answer, slug: str
) -> None:
    with StaticPortal({"/robots.txt": robots}) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, robots="obey")
        assert set(portal.paths()) == {"/robots.txt"}
    assert fetched.verdict == (False, slug, True)


def test_an_impossible_page_size_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    with SocrataPortal([]) as portal:
        fetched = harvest(tmp_path, "socrata", portal.url, options={"page_size": 10_001})
        assert portal.seen == []
    assert fetched.verdict == (False, "bad-option", True)
