"""`hub`: the bundled sample harvested into a store, followed by an index, with a search service over both.

It is made once and only read. `service` is its search service alone, `search` asks it with a text.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from index.engines.tantivy import TantivyEngine
from index.follow import follow
from index.ingest import ingest
from index.query.model import SearchPage, SearchRequest
from index.search import SearchService
from index.store import Store
from mappings.schemas import describe
from mappings.source_record import RunStatement, SourceRecord
from tests.index.catalogue import NOW, published, sources

BASE_URL = "https://hub.example"


@dataclass
class Feed:
    """A finished fetch in memory."""

    items: list[SourceRecord]
    statement: RunStatement = field(default_factory=lambda: RunStatement(complete=True))

    def records(self) -> Iterator[SourceRecord]:
        return iter(self.items)


@dataclass(frozen=True)
class Hub:
    store: Store
    engine: TantivyEngine
    service: SearchService


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    home = tmp_path_factory.mktemp("hub")
    store = Store.open(f"sqlite:///{home / 'store.sqlite'}")
    engine = TantivyEngine(home / "index")
    for source in sources().values():
        store.put_source(source)
        schema, items = published(source.id)
        ingest(store, source, Feed([_spooled(source.id, schema, item) for item in items]), now=NOW)
    follow(store, engine)
    yield Hub(store, engine, SearchService(store, engine, BASE_URL))
    engine.close()
    store.close()


@pytest.fixture(scope="session")
def service(hub: Hub) -> SearchService:
    return hub.service


@pytest.fixture
def search(service: SearchService) -> Callable[..., SearchPage]:
    def ask(q: str = "", **given: Any) -> SearchPage:
        return service.search(SearchRequest(now=NOW, q=q, **given))

    return ask


def _spooled(source: str, schema: str, item: dict[str, Any]) -> SourceRecord:
    light = describe(schema, item)
    return SourceRecord(
        source=source,
        identifier=light.identifier,
        schema=schema,
        payload=json.dumps(item).encode(),
        digest=light.digest,
        version=light.version,
        views=light.views,
        downloads=light.downloads,
    )
