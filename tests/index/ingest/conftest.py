"""`store`: an empty store, opened. `harvest`: ingest a feed of the town into it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from index.ingest import Run, RunInput, ingest
from index.store import Store
from tests.index.ingest.support import SOURCE, TOY, days

Harvest = Callable[..., Run]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url)
    opened.put_source(SOURCE)
    yield opened
    opened.close()


@pytest.fixture
def harvest(store: Store) -> Harvest:
    def run(feed: RunInput, day: float = 0, **more: Any) -> Run:
        source = more.pop("source", SOURCE)
        store.put_source(source)
        return ingest(store, source, feed, now=days(day), mapper=more.pop("mapper", TOY), **more)

    return run
