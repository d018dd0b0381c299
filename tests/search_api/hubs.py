"""Real hubs for the tests: the bundled catalogues ingested, indexed and published as a harvest does it."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import orjson

from dcat.publish import publish
from index.engines.tantivy import TantivyEngine
from index.follow import follow
from index.ingest import Mapper, ingest
from index.search import SearchService
from index.store import Source, Store
from mappings.schemas import describe, trouble
from mappings.source_record import RunStatement, SourceRecord
from search_api.app import create_app
from search_api.feed_records import every_record
from search_api.hub import Hub
from tests.search_api.browser import TestClient

NOW = datetime(2026, 1, 31, 6, tzinfo=UTC)
BASE_URL = "https://hub.example"

Object = dict[str, Any]

SAMPLES = (
    (
        Source("cms", "dcat-us", "https://data.cms.gov/", "Medicare data", "United States", "federal"),
        "cms.data.json.gz",
    ),
    (
        Source("opm", "dcat-us", "https://www.opm.gov/", "Personnel data", "United States", "federal"),
        "opm.data.json.gz",
    ),
    (
        Source("sf", "socrata", "https://data.sfgov.org/", "DataSF", "San Francisco", "city"),
        "data.sfgov.org.jsonl.gz",
    ),
)


class Fetched:
    """A complete fetch held in memory."""

    def __init__(self, records: list[SourceRecord]) -> None:
        self._records = records
        self.statement = RunStatement(complete=True, records=len(records))

    def records(self) -> Iterator[SourceRecord]:
        return iter(self._records)


def fetched(source: Source, schema: str, objects: list[Object]) -> Fetched:
    """These published objects as a harvester hands them over."""
    records = []
    for published in objects:
        light = describe(schema, published)
        records.append(
            SourceRecord(
                source=source.id,
                identifier=light.identifier,
                schema=schema,
                payload=orjson.dumps(published),
                url=source.url,
                digest=light.digest,
                version=light.version,
                views=light.views,
                downloads=light.downloads,
                trouble=trouble(schema, published),
            )
        )
    return Fetched(records)


def bring_in(store: Store, source: Source, objects: list[Object], *, day: int = 0) -> None:
    """One complete harvest of a source, `day` days after `NOW`."""
    schema = "socrata-discovery" if source.type == "socrata" else "dcat-us-1.1"
    store.put_source(source)
    run = ingest(
        store, source, fetched(source, schema, objects), now=NOW + timedelta(days=day), mapper=mapper()
    )
    assert run.status == "ok", run.reason


def mapper() -> Mapper:
    """The real mapping, in this process."""
    return replace(Mapper.standard(), processes=0)


def sample(name: str) -> list[Object]:
    """The records of a bundled catalogue."""
    raw = gzip.decompress(files("hubsearch.demo.sample").joinpath(name).read_bytes())
    if name.endswith(".jsonl.gz"):
        return [json.loads(line) for line in raw.split(b"\n") if line.strip()]
    found: list[Object] = json.loads(raw)["dataset"]
    return found


def open_hub(home: Path) -> Hub:
    """An empty hub in a folder."""
    home.mkdir(parents=True, exist_ok=True)
    store = Store.open(f"sqlite:///{home / 'store.sqlite'}")
    engine = TantivyEngine(home / "index")
    search = SearchService(store, engine, BASE_URL)
    return Hub(store, search, engine, BASE_URL, home / "feeds", lambda: NOW, title="Test hub")


def settle(hub: Hub) -> None:
    """What follows a harvest: the index catches up, the feed is published."""
    follow(hub.store, hub.engine)
    records = every_record(hub.store, hub.base_url)
    publish(records, hub.feeds_dir / "data.json", feed_url=f"{hub.base_url}/data.json", allow_shrink=True)


def client_of(hub: Hub) -> TestClient:
    """A browser without JavaScript that follows no redirect by itself."""
    return TestClient(create_app(hub), base_url=BASE_URL, follow_redirects=False)


def published(identifier: str, title: str = "Plain dataset", **changes: Any) -> Object:
    """A complete DCAT-US record, with changes."""
    return {
        "@type": "dcat:Dataset",
        "identifier": identifier,
        "title": title,
        "description": "What it holds.",
        "keyword": ["plain"],
        "modified": "2025-01-02",
        "publisher": {"name": "Town of Example"},
        "contactPoint": {"fn": "Clerk", "hasEmail": "mailto:clerk@town.example"},
        "accessLevel": "public",
        "distribution": [
            {"downloadURL": "https://town.example/data.csv", "mediaType": "text/csv", "title": "Rows"}
        ],
        **changes,
    }
