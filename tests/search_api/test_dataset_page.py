"""The dataset page: the data first, everything explained, its address for as long as the dataset lives."""

import pytest
from bs4 import BeautifulSoup

from index.store import Source, StoredRecord
from mappings.dataset import Distribution
from search_api.hub import Hub
from search_api.pages.dataset_page import offer, rich_text
from tests.search_api import hubs
from tests.search_api.browser import TestClient
from tests.search_api.conftest import Page
from tests.search_api.hubs import BASE_URL, client_of, published

TOWN = Source(
    "town",
    "dcat-us",
    "https://town.example/data.json",
    "Town portal",
    "Example",
    "city",
    grace_days=0,
    max_delete=1.0,
)


def first(client: TestClient, query: str) -> str:
    """The path of the first result."""
    found: str = client.get(f"/search.json?{query}").json()["results"][0]["url"]
    return found.removeprefix(BASE_URL)


def stored(hub: Hub, path: str) -> StoredRecord:
    record = hub.store.record(path.split("/")[2])
    assert record
    return record


def test_sections_come_in_the_order_people_need_them(page: Page, client: TestClient) -> None:
    found = page(first(client, "source=sf&format=csv&q=beach+water"))
    assert [heading.get_text() for heading in found.find_all(["h1", "h2"])] == [
        "Beach Water Quality Monitoring",
        "Get the data",
        "Columns",
        "About this dataset",
        "Contact",
        "Where this entry comes from",
    ]


def test_the_download_is_seen_first_and_says_where_it_leads(page: Page, client: TestClient) -> None:
    found = page(first(client, "source=sf&format=csv&q=beach+water"))
    best = found.select_one("header .best")
    assert best
    assert best.get_text(" ", strip=True) == "Download CSV from data.sfgov.org"
    assert best.a
    assert str(best.a["href"]).startswith("https://data.sfgov.org/")
    assert [a.get_text() for a in found.select(".offers a")][:2] == ["Download CSV", "Download JSON"]


def test_every_date_says_what_it_dates(page: Page, client: TestClient) -> None:
    found = page(first(client, "source=sf&q=beach+water"))
    facts = {dt.get_text(): dt.find_next("dd").get_text(" ", strip=True) for dt in found.select(".facts dt")}  # type: ignore[union-attr]
    assert facts["Data updated"] == "16 July 2022"
    assert facts["Description changed"] == "16 July 2022"
    assert facts["Last seen at the portal"] == "31 January 2026 (in this hub since 31 January 2026)"
    assert facts["Licence"] == "ODC Public Domain Dedication and Licence 1.0 (an open licence)"


def test_the_page_tells_its_source_identifier_and_the_record_as_received(
    page: Page, client: TestClient, hub: Hub
) -> None:
    path = first(client, "source=cms&q=hospital")
    found, record = page(path), stored(hub, path)
    provenance = found.select_one("section[aria-labelledby=provenance]")
    assert provenance
    text = provenance.get_text(" ", strip=True)
    assert "Medicare data" in text
    assert record.identifier in text
    assert provenance.select_one(f"a[href='/dataset/{record.id}.json']")
    assert len(provenance.select(".findings li")) == len(record.issues)


def test_the_address_carries_the_title_and_any_other_leads_to_it(client: TestClient) -> None:
    path = first(client, "source=cms&q=hospital")
    assert client.get(path).status_code == 200
    for other in (path.rsplit("/", 1)[0], f"{path.rsplit('/', 1)[0]}/another-title"):
        answer = client.get(other)
        assert answer.status_code == 301
        assert answer.headers["location"] == path
        assert answer.headers["cache-control"] == "no-cache"


def test_the_page_names_its_own_canonical_address(page: Page, client: TestClient) -> None:
    path = first(client, "source=cms&q=hospital")
    canonical = page(path).select_one("link[rel=canonical]")
    assert canonical
    assert canonical["href"] == BASE_URL + path


def test_a_title_without_latin_letters_has_an_address_too(small: Hub) -> None:
    hubs.bring_in(small.store, TOWN, [published("a", "Статистика воды")])
    hubs.settle(small)
    client = client_of(small)
    path = first(client, "q=%D0%B2%D0%BE%D0%B4%D1%8B")
    assert path.isascii()
    assert "Статистика воды" in client.get(path).text


def test_a_withdrawn_dataset_says_what_was_there(small: Hub) -> None:
    records = [published(f"r{n}", f"Register {n}") for n in range(8)]
    hubs.bring_in(small.store, TOWN, records)
    hubs.settle(small)
    client = client_of(small)
    path = first(client, "q=%22register+3%22")
    for day in (8, 16):
        hubs.bring_in(small.store, TOWN, [r for r in records if r["title"] != "Register 3"], day=day)
    hubs.settle(small)
    answer = client.get(path)
    assert answer.status_code == 410
    text = BeautifulSoup(answer.text, "html.parser").get_text(" ", strip=True)
    assert "“ Register 3 ”, published by Town of Example , is no longer listed by Town portal." in text
    document = client.get(f"/dataset/{path.split('/')[2]}.json")
    assert document.status_code == 410
    assert document.json()["title"] == "Register 3"
    assert "Register 3" not in [r["title"] for r in client.get("/search.json?limit=100").json()["results"]]
    assert "Register 3" not in client.get("/data.json").text


def test_an_unknown_dataset_is_a_page_that_helps_on(page: Page) -> None:
    found = page("/dataset/0000000000ab/anything", 404)
    assert "no dataset 0000000000ab" in found.get_text()
    assert found.select("form[role=search]")


def test_a_record_that_says_little_is_shown_as_it_is(small: Hub) -> None:
    bare = {"identifier": "x", "title": "Bare", "accessLevel": "non-public"}
    hubs.bring_in(small.store, TOWN, [bare])
    hubs.settle(small)
    text = BeautifulSoup(
        client_of(small).get(first(client_of(small), "q=bare")).text, "html.parser"
    ).get_text(" ", strip=True)
    for said in (
        "Non-public",
        "The publisher gives no description.",
        "names no file, service or page",
        "Date of the data not stated",
        "names no contact",
        "Licence Not stated",
    ):
        assert said in text


OFFERS = [
    (Distribution("https://a.example/x.csv", format="CSV", size=1_400_000), "Download CSV", ["1.4 MB"]),
    (Distribution("https://a.example/x"), "Download", []),
    (Distribution("https://a.example/x", "api", format="JSON"), "Use the API", ["JSON"]),
    (Distribution("https://a.example/x", "api", format="API"), "Use the API", []),
    (Distribution("https://a.example/x", "map"), "Open the map", []),
    (Distribution("https://a.example/x", "page", format="HTML"), "Visit the page", ["HTML"]),
]


@pytest.mark.parametrize(("distribution", "verb", "details"), OFFERS)
def test_a_way_to_the_data_says_what_following_it_does(
    distribution: Distribution, verb: str, details: list[str]
) -> None:
    made = offer(distribution)
    assert (made.verb, made.details, made.host) == (verb, details, "a.example")


def test_an_address_that_runs_something_is_shown_and_not_linked() -> None:
    assert offer(Distribution("javascript:alert(1)")).url is None


def test_headings_inside_a_description_do_not_disturb_the_outline() -> None:
    assert (
        rich_text("<h1>Use</h1><p>It <b>well</b></p>") == "<p><strong>Use</strong></p><p>It <b>well</b></p>"
    )
    assert rich_text("<script>alert(1)</script>") == ""
    assert rich_text(None) is None
