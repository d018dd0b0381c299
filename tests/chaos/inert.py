"""Whether what a publisher wrote does anything in a visitor's browser or a spreadsheet."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree

from search_api.app import create_app
from search_api.hub import Hub as WebHub
from tests.chaos.scenario import After, siblings_stored
from tests.search_api.browser import TestClient

HARMLESS = ("http:", "https:", "mailto:", "ftp:", "/", "#", "?")
"""How a link may begin."""
SHOWN = 4
"""Records of the catalogue that carry something hostile, from its beginning."""


def inert_everywhere(after: After) -> None:
    """In every page and document made from the hostile records."""
    siblings_stored(SHOWN)(after)
    hub = after.hub
    web = WebHub(
        hub.store, hub.search, hub.engine, hub.settings.base_url, hub.settings.feeds, hub.settings.now
    )
    browser = TestClient(create_app(web), base_url=hub.settings.base_url)
    for number in range(SHOWN):
        record = after.record(number)
        assert "Bridges" in record.dataset.title
        assert all(link.startswith(HARMLESS) for link in _links_of(record.dataset))
        _page(browser, f"/dataset/{record.id}")
        _json(browser, f"/dataset/{record.id}.json")
    _page(browser, "/search?q=bridges")
    _json(browser, "/search.json?q=bridges")
    for path, check in (("/data.json", _data_json), ("/search.atom", _atom), ("/search.csv", _sheet)):
        answer = browser.get(path, params={"q": "bridges"} if path != "/data.json" else {})
        if answer.status_code == 200:  # a feed without a publishable record is a 404; not every hub has all
            check(answer.content)


def _links_of(dataset: Any) -> Iterator[str]:
    yield from (link for link in (dataset.landing_page,) if link)
    yield from (item.url for item in dataset.distributions if item.url)
    yield from (item.url for item in dataset.documentation if item.url)


def _page(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    assert "script-src" in answer.headers["content-security-policy"]
    page = BeautifulSoup(answer.text, "html.parser")
    assert "Bridges" in page.get_text(), f"{path} does not show the hostile records"
    for script in page.find_all("script"):
        text = script.get_text()
        assert script.get("type") == "application/ld+json" or "alert(1)" not in text
        assert "<" not in text or script.get("type") != "application/ld+json"
    for element in page.find_all(True):
        assert not [name for name in element.attrs if name.lower().startswith("on")], element
        for name in ("href", "src", "action"):
            assert str(element.get(name, "/")).lower().startswith(HARMLESS), element


def _json(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 200, path
    assert "json" in answer.headers["content-type"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    json.loads(answer.content)


def _data_json(feed: bytes) -> None:
    for record in json.loads(feed)["dataset"]:
        assert str(record.get("landingPage", "/")).lower().startswith(HARMLESS)


def _atom(feed: bytes) -> None:
    root = etree.fromstring(feed)
    for element in root.iter():
        assert element.get("href", "/").lower().startswith(HARMLESS)
        if element.get("type") == "html":
            assert BeautifulSoup(element.text or "", "html.parser").find("script") is None


def _sheet(text: bytes) -> None:
    rows = list(csv.reader(io.StringIO(text.decode())))
    assert len(rows) > SHOWN
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
