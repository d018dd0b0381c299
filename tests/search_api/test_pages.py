"""The start page, the portals, and what browsers and crawlers ask for by themselves."""

import re

import pytest

from index.store import Source
from search_api.assets import asset
from search_api.hub import Hub
from search_api.pages.words import counted, date_label, shortened, size_label, time_value
from tests.search_api import hubs
from tests.search_api.browser import TestClient
from tests.search_api.conftest import Page
from tests.search_api.hubs import client_of, published


def test_the_start_page_says_what_is_here_and_where_to_begin(page: Page, client: TestClient) -> None:
    found = page("/")
    assert "415 datasets of 3 portals" in found.get_text(" ", strip=True)
    assert found.select("form[role=search] input[name=q]")
    headings = [heading.get_text() for heading in found.find_all("h2")]
    assert headings == [
        *("Browse by portal", "Browse by topic", "Browse by level of government", "Browse by format"),
        *("Browse by publisher", "Recently updated", "Most used"),
    ]
    for link in found.select(".browse a"):
        assert client.get(str(link["href"])).status_code == 200


def test_an_empty_hub_has_a_start_page_too(small: Hub) -> None:
    client = client_of(small)
    assert "No dataset has been gathered yet" in client.get("/").text
    assert "No datasets" in client.get("/search").text
    assert "No portal is known yet" in client.get("/sources").text


def test_portals_are_listed_with_what_they_hold_and_how_the_last_fetch_went(page: Page) -> None:
    rows = [row.get_text(" ", strip=True) for row in page("/sources").select("tbody tr")]
    assert rows == [
        "Medicare data United States, federal 139 31 January 2026 Complete",
        "Personnel data United States, federal 134 31 January 2026 Complete",
        "DataSF San Francisco, city 142 31 January 2026 Complete",
    ]


def test_a_portal_that_was_never_fetched_says_so(small: Hub) -> None:
    small.store.put_source(Source("new", "dcat-us", "https://new.example/", "New portal"))
    assert "Not fetched yet" in client_of(small).get("/sources").text


def test_recently_updated_leaves_out_what_has_no_date(small: Hub) -> None:
    source = Source("town", "dcat-us", "https://town.example/", "Town")
    hubs.bring_in(small.store, source, [published("a", "Dated"), published("b", "Undated", modified=None)])
    hubs.settle(small)
    html = client_of(small).get("/").text
    assert "Dated" in html
    assert "Undated" not in html


def test_styles_are_kept_for_a_year_at_an_address_of_their_content(page: Page, client: TestClient) -> None:
    sheet = page("/").select_one("link[rel=stylesheet]")
    assert sheet
    answer = client.get(str(sheet["href"]))
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len(asset("hubsearch.css").content) <= 20_000
    assert not re.search(rb"url\(|@import", asset("hubsearch.css").content), (
        "nothing is fetched from elsewhere"
    )


def test_crawlers_are_told_what_is_for_programs(client: TestClient) -> None:
    answer = client.get("/robots.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "Disallow: /search.json" in answer.text


@pytest.mark.parametrize(
    "path", ["/", "/search", "/sources", "/docs", "/robots.txt", "/healthz", "/search.json"]
)
def test_head_is_answered_wherever_get_is(client: TestClient, path: str) -> None:
    answer = client.head(path)
    assert answer.status_code == 200
    assert answer.content == b""


DATES = [
    ("2024-09-30T12:00:00.000Z", "30 September 2024", "2024-09-30"),
    ("2024-09-30", "30 September 2024", "2024-09-30"),
    ("2024-09", "September 2024", "2024-09"),
    ("2024", "2024", "2024"),
    ("R/P1Y", "R/P1Y", None),
    ("2024-13-01", "2024-13-01", None),
    ("yesterday", "yesterday", None),
    (None, "", None),
]


@pytest.mark.parametrize(("iso", "label", "machine"), DATES)
def test_a_date_reads_as_precisely_as_it_was_published(
    iso: str | None, label: str, machine: str | None
) -> None:
    assert date_label(iso) == label
    assert time_value(iso) == machine


def test_counts_sizes_and_cuts_read_well() -> None:
    assert [counted(n, "dataset") for n in (0, 1, 1234)] == ["0 datasets", "1 dataset", "1,234 datasets"]
    assert [size_label(n) for n in (None, 12, 123_456, 1_400_000, 10**13)] == [
        *("", "12 bytes", "123 KB", "1.4 MB", "10.0 TB")
    ]
    assert shortened("one two three", 9) == "one two…"
    assert shortened("onetwothree", 5) == "onet…"
    assert shortened("short", 5) == "short"
