"""`hub`: the bundled sample harvested into a store, followed by an index, with a search service over both.

It is made once for each engine and only read; each test runs over both. `service` is its search service
alone, `search` asks it with a text.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from index.engines.protocol import Engine
from index.follow import follow
from index.ingest import ingest
from index.query.model import SearchPage, SearchRequest
from index.search import SearchService
from index.store import Store
from mappings.schemas import describe
from mappings.source_record import RunStatement, SourceRecord
from tests.index.catalogue import NOW, published, sources
from tests.index.engines.kinds import KINDS, opened

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
    engine: Engine
    service: SearchService


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = Store.open(f"sqlite:///{tmp_path_factory.mktemp('hub') / 'store.sqlite'}")
    for source in sources().values():
        made.put_source(source)
        schema, items = published(source.id)
        ingest(made, source, Feed([_spooled(source.id, schema, item) for item in items]), now=NOW)
    yield made
    made.close()


@pytest.fixture(scope="session", params=KINDS)
def hub(
    request: pytest.FixtureRequest, store: Store, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Hub]:
    with opened(request.param, request, tmp_path_factory.mktemp("index")) as engine:
        follow(store, engine)
        yield Hub(store, engine, SearchService(store, engine, BASE_URL))


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
