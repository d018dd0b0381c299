"""ArcGIS Hub sites fetched by the real child: the generated feed, and the older document in its place."""

import json
from pathlib import Path

import pytest

from mappings.schemas import map_record
from tests.harvesters.fetching import harvest
from tests.portals import Answer, StaticPortal
from tests.shared_data import SHARED, load, needs_shared, open_feed

FEED = "/api/feed/dcat-us/1.1.json"
RECORD = {"identifier": "https://x.gov/datasets/town::a", "title": "A", "keyword": ["a"]}
DOCUMENT = Answer(json.dumps({"dataset": [RECORD]}).encode(), headers={"ETag": '"1"'})
REAL = sorted(path.name for path in (SHARED / "arcgis-hub" / "latest").glob("*") if path.is_file())


@pytest.mark.parametrize("address", ["", "datasets/town::a/about", "search?q=a"])
def test_the_feed_is_asked_below_the_root(tmp_path: Path, address: str) -> None:
    with StaticPortal({FEED: DOCUMENT, "/data.json": Answer(b'{"dataset":[]}')}) as portal:
        fetched = harvest(tmp_path, "arcgis-hub", portal.url + address)
        assert portal.paths()[-1] == FEED
    assert fetched.verdict == (True, "", False)
    assert [(r.identifier, r.schema) for r in fetched.records] == [(RECORD["identifier"], "dcat-us-1.1")]


@pytest.mark.parametrize("status", [404, 410])
def test_a_hub_without_the_feed_has_the_older_document(tmp_path: Path, status: int) -> None:
    with StaticPortal({FEED: Answer(b"no", status), "/data.json": DOCUMENT}) as portal:
        fetched = harvest(tmp_path, "arcgis-hub", portal.url)
        assert portal.paths()[-2:] == [FEED, "/data.json"]
    assert fetched.verdict == (True, "", False)
    assert len(fetched.records) == 1


def test_neither_is_a_failure_that_says_so(tmp_path: Path) -> None:
    with StaticPortal({}) as portal:
        fetched = harvest(tmp_path, "arcgis-hub", portal.url)
    assert fetched.verdict == (False, "http-status", True)
    assert "data.json answers 404" in fetched.statement.reason


def test_a_feed_that_is_refused_is_not_replaced_by_another(tmp_path: Path) -> None:
    with StaticPortal({FEED: Answer(b"no", 403), "/data.json": DOCUMENT}) as portal:
        fetched = harvest(tmp_path, "arcgis-hub", portal.url)
        assert "/data.json" not in portal.paths()
    assert fetched.verdict == (False, "http-status", True)


@needs_shared
@pytest.mark.parametrize("name", REAL[:12:3])
def test_a_real_feed_comes_whole_and_maps(tmp_path: Path, name: str) -> None:
    expected = load(f"arcgis-hub/latest/{name}")["dataset"]
    with StaticPortal({FEED: Answer(open_feed(f"arcgis-hub/latest/{name}"))}) as portal:
        fetched = harvest(tmp_path, "arcgis-hub", portal.url)
    assert fetched.statement.complete
    assert len(fetched.records) == len(expected)
    for record in fetched.records:
        dataset = map_record(record.schema, record.payload).dataset
        assert dataset.title
        assert "{{" not in (dataset.description or "")
