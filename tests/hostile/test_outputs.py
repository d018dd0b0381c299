"""A catalogue of nothing but attacks: every value from the hostile lists in every field that is shown."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from benchmarks.faults.hostile_values import TEXTS, URLS
from index.ingest import ingest
from index.store import Source
from search_api.hub import Hub
from tests.search_api import hubs
from tests.search_api.browser import TestClient

SOURCE = Source("evil", "dcat-us", "https://evil.example/", "Evil <b>& Co", "Town", "city")
OBEYED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
RUNS = re.compile(r"^\s*(?:javascript|data|vbscript|file)\s*:", re.IGNORECASE)


def published() -> Iterator[dict[str, Any]]:
    for number, raw in enumerate(text for text in TEXTS if isinstance(text, str)):
        url = URLS[number % len(URLS)]
        text = raw.encode("utf-8", "replace").decode()[:20_000]
        yield {
            "title": f"Harbour {text}",
            "identifier": f"evil-{number}",
            "description": text,
            "keyword": [text[:200], "harbour"],
            "publisher": {"name": text[:300] or "x"},
            "contactPoint": {"fn": text[:300], "hasEmail": f"mailto:{text[:100]}"},
            "landingPage": url,
            "license": url if isinstance(url, str) else None,
            "references": [u for u in URLS if isinstance(u, str)],
            "spatial": text[:300],
            "temporal": text[:100],
            "accessLevel": "public",
            "modified": "2024-05-31",
            "distribution": [{"downloadURL": u, "title": text[:300], "format": text[:30]} for u in URLS],
        }


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    made = hubs.open_hub(Path(tmp_path_factory.mktemp("evil")))
    records = list(published())
    made.store.put_source(SOURCE)
    run = ingest(
        made.store, SOURCE, hubs.fetched(SOURCE, "dcat-us-1.1", records), now=hubs.NOW, mapper=hubs.mapper()
    )
    assert run.added == len(records)
    hubs.settle(made)
    yield made
    made.engine.close()
    made.store.close()


def assert_inert(html: str, where: str) -> None:
    assert not OBEYED.search(html), f"{where}: a control character or a mark of direction"
    page = BeautifulSoup(html, "html.parser")
    for script in page.find_all("script"):
        assert script.get("src"), f"{where}: an inline script"
    assert not page.find_all(["iframe", "object", "embed", "math", "base"]), where
    for tag in page.find_all(True):
        for name, value in tag.attrs.items():
            text = value if isinstance(value, str) else " ".join(value)
            assert not name.lower().startswith("on"), f"{where}: <{tag.name} {name}>"
            if name in {"href", "src", "action", "formaction", "srcset"} and tag.name != "link":
                assert not RUNS.match(text), f"{where}: {text[:80]}"


def test_no_page_runs_anything(hub: Hub) -> None:
    client: TestClient = hubs.client_of(hub)
    paths = [
        "/",
        "/search?q=harbour",
        "/search?q=harbour&page=2",
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
    ]
    paths += [f"/dataset/{record.id}" for record in hub.store.live_records()]
    for path in paths:
        answer = client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.text[:300])
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
        assert_inert(answer.text, path)


def test_every_json_answer_is_json_and_no_link_in_it_runs(hub: Hub) -> None:
    client = hubs.client_of(hub)
    for record in hub.store.live_records():
        document = client.get(f"/dataset/{record.id}.json").json()
        links = [document["landing_page"], *(file["url"] for file in document["distributions"])]
        links += [link["url"] for link in document["documentation"]]
        links.append((document["license"] or {}).get("url"))
        assert not [link for link in links if link and not re.match(r"(?:https?|ftp)://", link)]
    found = client.get("/search.json?q=harbour").json()
    assert found["total"] > 20
