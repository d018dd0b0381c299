"""Headers on every answer; hostile metadata inert and still readable in every page."""

import json
import re
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import escape

from index.store import Source
from search_api.hub import Hub
from search_api.pages.links import followed, linked
from search_api.security import CSP
from tests.search_api import hubs
from tests.search_api.browser import TestClient
from tests.search_api.hubs import BASE_URL, client_of

EVERY_KIND = [
    "/",
    "/search",
    "/search?page=0",
    "/search?q=&sort=relevance",
    "/search.json",
    "/search.json?limit=0",
    "/data.json",
    "/data.json?publisher=nobody",
    "/openapi.json",
    "/docs",
    "/sources",
    "/robots.txt",
    "/healthz",
    "/readyz",
    "/nowhere",
    "/dataset/nowhere",
    "/api/v1/sources",
]


@pytest.mark.parametrize("path", EVERY_KIND)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_every_answer_carries_the_headers(client: TestClient, path: str, method: str) -> None:
    headers = client.request(method, path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"


def test_the_policy_is_the_strict_one() -> None:
    assert CSP == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    "path", ["/search.json", "/data.json", "/openapi.json", "/api/v1/sources", "/search.json?limit=0"]
)
def test_any_site_may_read_the_json(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://other.example"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    preflight = client.options(
        path, headers={"Origin": "https://other.example", "Access-Control-Request-Method": "GET"}
    )
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD"


@pytest.mark.parametrize("path", ["/", "/search", "/sources"])
def test_no_other_site_reads_the_pages(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"Origin": "https://other.example"})
    assert "access-control-allow-origin" not in answer.headers


def test_pages_are_compressed_for_whoever_takes_it(client: TestClient) -> None:
    assert client.get("/search").headers["content-encoding"] == "gzip"
    assert "content-encoding" not in client.get("/search", headers={"Accept-Encoding": "identity"}).headers


ATTACK = "<script>alert(1)</script><img src=x onerror=alert(2)>"
HOSTILE: dict[str, dict[str, Any]] = {
    "script in texts": {
        "title": f"Harbour {ATTACK}",
        "description": f"<p onclick=alert(3)>Depths</p>{ATTACK}<a href='javascript:alert(4)'>x</a></script>",
        "keyword": [f"depth {ATTACK}"],
        "publisher": {"name": f"Harbour master {ATTACK}"},
        "contactPoint": {"fn": ATTACK, "hasEmail": "mailto:a@b.example"},
        "rights": ATTACK,
        "theme": [f"Sea {ATTACK}"],
    },
    "links that run": {
        "title": "Harbour links",
        "landingPage": "javascript:alert(1)",
        "license": "javascript:alert(2)",
        "describedBy": "data:text/html,<script>alert(3)</script>",
        "references": ["vbscript:alert(4)"],
        "distribution": [
            {"accessURL": "javascript:alert(5)"},
            {
                "downloadURL": "https://a.example/ok.csv",
                "mediaType": "text/csv",
                "title": ATTACK,
                "format": ATTACK,
            },
        ],
    },
    "marks of direction": {
        "title": "Harbour \u202eevitcefed\u202c \u2066twisted",
        "description": "\u202eabc",
    },
    "a very long title": {"title": "Harbour " + "word " * 2_000, "description": "x" * 20_000},
    "thousands of files": {
        "title": "Harbour files",
        "distribution": [
            {"downloadURL": f"https://a.example/{n}.csv", "mediaType": "text/csv"} for n in range(8_000)
        ],
    },
    "thousands of keywords": {"title": "Harbour words", "keyword": [f"w{n}" for n in range(5_000)]},
    "template syntax": {"title": "Harbour {{ 7*7 }} {% raw %}", "description": "{{ config }} ${7*7}"},
}
BRING_IN = Source("hostile", "dcat-us", "https://hostile.example/", f"Portal {ATTACK}", "Nowhere", "other")


@pytest.fixture
def hostile(small: Hub) -> TestClient:
    records = [hubs.published(name.replace(" ", "-"), **changes) for name, changes in HOSTILE.items()]
    hubs.bring_in(small.store, BRING_IN, records)
    hubs.settle(small)
    return client_of(small)


def pages_of(client: TestClient) -> list[tuple[str, str]]:
    """Every page that shows the records: (address, HTML)."""
    results = client.get("/search.json?q=harbour&limit=100").json()["results"]
    assert len(results) == len(HOSTILE)
    paths = [result["url"].removeprefix(BASE_URL) for result in results]
    paths += ["/search?q=harbour", "/search", "/", "/sources", "/search?facet_limit=100"]
    answers = [(path, client.get(path)) for path in paths]
    assert [answer.status_code for _, answer in answers] == [200] * len(answers)
    return [(path, answer.text) for path, answer in answers]


def test_hostile_metadata_runs_nowhere(hostile: TestClient) -> None:
    for path, html in pages_of(hostile):
        page = BeautifulSoup(html, "html.parser")
        assert not page.find_all("script"), path
        for tag in page.find_all(True):
            assert not [name for name in tag.attrs if name.lower().startswith("on")], (path, tag)
            assert tag.name not in {"iframe", "object", "embed", "img", "svg"}, (path, tag)
        for link in page.find_all("a"):
            assert re.match(r"(?:/|\?|#|https?:|mailto:)", str(link.get("href", "/"))), (path, link)


def test_publishers_links_are_not_endorsed(hostile: TestClient) -> None:
    for path, html in pages_of(hostile):
        for link in BeautifulSoup(html, "html.parser").select("a[href^=http]"):
            assert {"nofollow", "noopener"} <= set(link["rel"]), (path, link)


def test_pages_of_hostile_metadata_stay_small_and_readable(hostile: TestClient) -> None:
    for path, html in pages_of(hostile):
        assert len(html) < 120_000, path
        page = BeautifulSoup(html, "html.parser")
        assert page.title
        assert len(page.title.get_text()) < 160
        assert "49" not in page.title.get_text()


def test_the_rest_of_many_files_is_one_link_away(hostile: TestClient) -> None:
    (found,) = (
        r
        for r in hostile.get("/search.json?q=harbour+files").json()["results"]
        if r["title"] == "Harbour files"
    )
    path = found["url"].removeprefix(BASE_URL)
    page = BeautifulSoup(hostile.get(path).text, "html.parser")
    assert len(page.select(".offers > li")) == 50
    more = page.select_one("a[href='?files=all']")
    assert more
    assert "7,950 more ways to get it" in page.get_text()
    all_of_them = BeautifulSoup(hostile.get(f"{path}?files=all").text, "html.parser")
    assert len(all_of_them.select(".offers > li")) == 1_000
    assert "7,000 more ways to get it" in all_of_them.get_text()
    assert len(hostile.get(f"{path.rsplit('/', 1)[0]}.json").json()["distributions"]) == 8_000


def test_the_feed_of_hostile_metadata_holds_no_link_that_runs(hostile: TestClient) -> None:
    feed = hostile.get("/data.json").json()
    assert len(feed["dataset"]) == len(HOSTILE)
    text = json.dumps(feed).lower()
    assert "javascript:" not in text
    assert "vbscript:" not in text
    assert "<script" not in text


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.example/", True),
        ("ftp://a.example/x", True),
        ("mailto:a@b.example", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//a.example/", False),
        ("/relative", False),
        ("https://[bad", False),
        ("", False),
    ],
)
def test_only_harmless_addresses_become_links(url: str, kept: bool) -> None:
    assert (followed(url) == url) if kept else followed(url) is None


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(
        alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("<>\"'&:/. https"), max_size=80
    )
)
def test_text_with_links_says_the_same_and_nothing_more(text: str) -> None:
    html = linked(text)
    found = BeautifulSoup(str(html), "html.parser")
    assert {tag.name for tag in found.find_all(True)} <= {"a"}
    assert re.sub(r"</?a[^>]*>", "", str(html)) == str(escape(text))


def test_addresses_in_plain_text_become_links_without_their_full_stop() -> None:
    address = "https://a.example/x?a=1&amp;b=2"
    link = f'<a href="{address}" rel="nofollow noopener">{address}</a>'
    assert str(linked("See https://a.example/x?a=1&b=2. Or not")) == f"See {link}. Or not"
