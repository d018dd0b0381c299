"""`store`: an empty store, opened; in SQLite and in both versions of PostgreSQL."""

from collections.abc import Iterator

import pytest

from index.store import Store


@pytest.fixture(params=["sqlite", "newest", "oldest"])
def store_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = Store.open(store_url)
    yield opened
    opened.close()
