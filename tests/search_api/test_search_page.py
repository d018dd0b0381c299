"""The search page: reads well to a person, a keyboard and a screen reader, and is wholly told by its
address."""

import re
from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag

from index.fields import FACETS
from index.search import SearchService
from search_api.hub import Hub
from search_api.params import read_state
from search_api.state import SearchState
from tests.search_api.browser import TestClient
from tests.search_api.conftest import Page
from tests.search_api.hubs import BASE_URL, NOW, client_of
from tests.search_api.test_health import Replaced


def form_state(page: BeautifulSoup, *, also: list[tuple[str, str]] = []) -> list[tuple[str, str]]:  # noqa: B006
    """What a browser would send if the form were submitted now, `also` chosen besides."""
    sent: list[tuple[str, str]] = []
    for field in page.select("#search input, input[form=search], select[form=search]"):
        if field.name == "select":
            chosen = field.find("option", selected=True) or field.find("option")
            sent.append((str(field["name"]), str(chosen["value"])))  # type: ignore[index]
        elif field.get("type") not in {"checkbox", "radio"} or field.has_attr("checked"):
            sent.append((str(field["name"]), str(field.get("value", ""))))
    return sent + also


def submit(client: TestClient, page: BeautifulSoup, *, also: list[tuple[str, str]] = []) -> str:  # noqa: B006
    """Submit the form and follow the redirect to the canonical address."""
    address = f"/search?{urlencode(form_state(page, also=also))}"
    answer = client.get(address)
    if answer.status_code == 308:
        address = answer.headers["location"]
    assert client.get(address).status_code == 200
    return address


def status(page: BeautifulSoup) -> str:
    (found,) = page.select("[role=status]")
    return found.get_text(" ", strip=True)


def test_the_parts_come_in_the_order_a_reader_needs_them(page: Page) -> None:
    found = page("/search?format=csv&q=medicare")
    order = [
        found.select_one(choice)
        for choice in ("a.skip", "h1", "#q", ".filters", "#count", ".chips", "#sort", "ol.cards", "nav.pages")
    ]
    assert all(order)
    places = [list(found.descendants).index(part) for part in order]  # type: ignore[arg-type]
    assert places == sorted(places)


def test_each_field_has_a_label_and_each_group_a_legend(page: Page) -> None:
    found = page("/search?q=medicare")
    for field in found.select("input:not([type=hidden]), select"):
        labelled = field.find_parent("label") or found.find("label", attrs={"for": field.get("id")})
        assert labelled, field
    assert all(group.find("legend") for group in found.find_all("fieldset"))


def test_headings_leave_no_level_out(page: Page) -> None:
    levels = [int(heading.name[1]) for heading in page("/search?q=medicare").find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_count_is_said_once_and_matches_the_json(page: Page, client: TestClient) -> None:
    total = client.get("/search.json?q=medicare").json()["total"]
    found = page("/search?q=medicare")
    assert status(found) == f"{total} datasets for medicare"
    assert found.title
    assert found.title.get_text().startswith(f"{total} datasets for medicare")
    assert status(page("/search?format=csv&q=medicare&source=cms")).endswith("for medicare, 2 filters")


def test_a_card_shows_title_publisher_portal_freshness_and_formats(page: Page, client: TestClient) -> None:
    result = client.get("/search.json?format=csv&q=medicare").json()["results"][0]
    card = page("/search?format=csv&q=medicare").select("ol.cards > li")[0]
    link = card.select_one("h3 a")
    assert link
    assert link.get_text() == result["title"]
    assert link["href"] == urlsplit(result["url"]).path
    text = card.get_text(" ", strip=True)
    for expected in (result["publisher"], "Portal: Medicare data", "Updated", *result["formats"][:8]):
        assert expected in text
    assert card.find("time")
    assert card.select("mark")


def test_the_form_without_a_change_leads_back_to_the_same_search(client: TestClient, page: Page) -> None:
    address = "/search?format=csv&q=medicare&sort=title&source=cms"
    assert submit(client, page(address)) == address


def test_choosing_two_values_of_a_facet_widens_it_and_another_facet_narrows(
    client: TestClient, page: Page
) -> None:
    first = submit(client, page("/search"), also=[("source", "cms")])
    second = submit(client, page(first), also=[("source", "sf")])
    third = submit(client, page(second), also=[("format", "csv")])
    assert third == "/search?format=csv&source=cms&source=sf"
    totals = [
        client.get(f"/search.json?{urlsplit(address).query}").json()["total"]
        for address in (first, second, third)
    ]
    assert totals[0] < totals[1]
    assert totals[1] > totals[2] > 0


def test_a_chip_takes_its_own_filter_off_and_no_other(page: Page) -> None:
    chips = page("/search?format=csv&q=medicare&source=cms&source=sf").select(".chips a")
    assert [chip.get_text(" ", strip=True) for chip in chips] == [
        "Portal: Medicare data , remove filter ×",
        "Portal: DataSF , remove filter ×",
        "Format: CSV , remove filter ×",
        "Remove all filters",
    ]
    assert [chip["href"] for chip in chips] == [
        "/search?format=csv&q=medicare&source=sf",
        "/search?format=csv&q=medicare&source=cms",
        "/search?q=medicare&source=cms&source=sf",
        "/search?q=medicare",
    ]
    assert all(chip["rel"] == ["nofollow"] for chip in chips)


def test_facets_are_fields_and_never_links_for_crawlers(page: Page) -> None:
    filters = page("/search").select_one(".filters")
    assert filters
    assert {tuple(link["rel"]) for link in filters.find_all("a")} <= {("nofollow",)}
    assert len(filters.select("input[type=checkbox]")) > 20
    assert filters.select("button[type=submit][form=search]")


def test_counts_in_the_form_are_totals_of_the_search_they_stand_for(page: Page, client: TestClient) -> None:
    for box in page("/search?q=health&source=sf").select(".filters input[name=source]"):
        label = box.find_parent("label")
        assert label
        shown = re.search(r"([\d,]+) datasets?$", label.get_text(" ", strip=True))
        assert shown
        total = client.get(f"/search.json?q=health&source={box['value']}").json()["total"]
        assert int(shown[1].replace(",", "")) == total


def test_more_values_of_a_facet_are_one_link_away(page: Page) -> None:
    before = page("/search?source=sf")
    more = before.select_one("a[href*=facet_limit]")
    assert more
    after = page(str(more["href"]))
    assert len(after.select("input[name=publisher]")) > len(before.select("input[name=publisher]"))


def test_windows_of_time_are_a_choice_of_one(page: Page) -> None:
    radios = page("/search?updated=5y").select("input[type=radio][name=updated]")
    assert radios[0]["value"] == ""
    assert [radio["value"] for radio in radios if radio.has_attr("checked")] == ["5y"]


def test_pages_of_results_lead_on_and_back(page: Page, client: TestClient) -> None:
    found = page("/search?page=2")
    nav = found.select_one("nav.pages")
    assert nav
    assert {a.get_text(" ", strip=True): a["href"] for a in nav.select("a.step")} == {
        "Previous page": "/search",
        "Next page": "/search?page=3",
    }
    assert nav.select_one("[aria-current=page]")
    first_ids = {a["href"] for a in page("/search").select("h3 a")}
    assert first_ids.isdisjoint({a["href"] for a in found.select("h3 a")})
    assert found.select_one("ol.cards")["start"] == "21"  # type: ignore[index]


def test_a_page_beyond_the_last_says_so(page: Page) -> None:
    assert "There is no page 400" in page("/search?page=400").get_text()


def test_nothing_found_offers_the_searches_close_by_with_their_counts(page: Page, client: TestClient) -> None:
    found = page("/search?format=pdf&match=all&q=medicare&source=opm")
    assert status(found) == "No datasets for medicare, 2 filters"
    ways = {
        item.get_text(" ", strip=True): item.a
        for item in found.select(".nothing li")
        if item.select("a[rel]")
    }
    assert list(ways) == ["Without “Format: PDF” (5 datasets)", "Without any filter (144 datasets)"]
    for said, link in ways.items():
        assert link
        total = client.get(f"/search.json?{urlsplit(str(link['href'])).query}").json()["total"]
        assert f"({total} datasets)" in said
    assert not found.select(".notice"), "the links say it already"


def test_nothing_found_costs_a_few_dozen_questions_at_most(hub: Hub) -> None:
    engine = Replaced(hub.engine, search=hub.engine.search, count=hub.engine.count)
    service = SearchService(hub.store, engine, BASE_URL)  # type: ignore[arg-type]
    state = SearchState(
        q="zoning medicare -water",
        filters={facet.name: (facet.fixed or ("a",))[:1] for facet in FACETS}
        | {"source": ("opm",), "format": ("pdf", "xml"), "level": ("city",), "publisher": ("cms",)},
        match="all",
    )
    answer = client_of(replace(hub, search=service)).get(state.url())
    assert "No datasets for zoning" in answer.text
    assert engine.asked < 40


def test_an_unknown_value_is_said_and_never_a_silent_zero(page: Page) -> None:
    found = page("/search?q=medicare&source=atlantis")
    (notice,) = [p.get_text() for p in found.select(".notice") if "atlantis" in p.get_text()]
    assert "left out" in notice
    assert status(found).endswith("for medicare"), "a filter that is not used is not counted"
    assert "atlantis (not used)" in found.select(".chips a")[0].get_text()
    assert found.select("ol.cards > li")


def test_a_value_given_by_its_label_is_shown_as_selected(page: Page) -> None:
    found = page("/search?source=medicare+data")
    assert [str(box["value"]) for box in found.select("input[name=source][checked]")] == ["cms"]


def test_partial_matches_are_labelled_and_explained(page: Page, client: TestClient) -> None:
    found = client.get("/search.json?q=hospital+compare+zebra").json()
    assert found["match"] == "any"
    text = page("/search?q=hospital+compare+zebra").get_text(" ", strip=True)
    assert "No dataset has all your words" in text
    assert "Some of your words only" in text


NOT_CANONICAL = [
    ("/search?sort=relevance&q=water", "/search?q=water"),
    ("/search?q=water&format=CSV", "/search?format=csv&q=water"),
    ("/search?q=&page=1", "/search"),
    ("/search?utm_source=mail", "/search"),
    ("/search?source=sf&source=cms", "/search?source=cms&source=sf"),
]


@pytest.mark.parametrize(("given", "canonical"), NOT_CANONICAL)
def test_an_address_that_is_not_canonical_leads_to_the_one_that_is(
    client: TestClient, given: str, canonical: str
) -> None:
    answer = client.get(given)
    assert answer.status_code == 308
    assert answer.headers["location"] == canonical
    assert client.get(canonical).status_code == 200


def test_links_on_the_page_are_canonical(page: Page, client: TestClient) -> None:
    found = page("/search?format=csv&q=health+care&source=sf")
    addresses = {str(a["href"]) for a in found.find_all("a") if str(a["href"]).startswith("/search?")}
    assert addresses
    for address in addresses:
        pairs = parse_qsl(urlsplit(address).query)
        assert pairs == read_state(pairs).pairs(), address


def test_narrowed_pages_are_not_for_search_engines(page: Page) -> None:
    assert not page("/search").select("meta[name=robots]")
    assert page("/search?q=water").select_one("meta[name=robots]")["content"] == "noindex,follow"  # type: ignore[index]


def test_the_page_shows_what_the_service_found(hub: Hub, page: Page) -> None:
    state = SearchState(q="health", sort="title")
    expected = hub.search.search(state.request(NOW))
    titles = [link.get_text() for link in page(state.url()).select("h3 a")]
    assert titles == [result.title for result in expected.results]


def test_no_page_holds_inline_script_or_style(page: Page) -> None:
    for address in ("/", "/search?q=water", "/sources", "/docs"):
        found = page(address)
        assert not found.select("script, style, [style]")
        assert not [tag for tag in found.find_all(True) for name in tag.attrs if name.startswith("on")]
        for part in ("header", "nav", "main", "footer"):
            assert isinstance(found.find(part), Tag)
        assert found.html
        assert found.html["lang"] == "en"


def test_the_link_to_complete_results_stands_apart_from_its_sentence(page: Page) -> None:
    (notice,) = page("/search?q=employment+drug").select(".notice")
    assert notice.get_text().endswith("some of them. Show only those with all words")
