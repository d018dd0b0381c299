"""Which fixture to take.

`store_url`   the URL of an empty, migrated store of this test alone; `store_kind` says where it is: each test
              runs for `sqlite`, a file as in production (WAL, several connections), and for PostgreSQL:
              `newest`, and in the tests of the store itself `oldest`, too.
`migrated`    makes more such stores at the same place.
`empty_url`   the URL of a database there that holds nothing yet.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import pytest

from tests.conftest import postgres_server
from tests.index.stores import Templates, copied, templates
from tests.servers.fresh import fresh_database

Migrated = Callable[[], str]


@pytest.fixture(params=["sqlite", "newest"])
def store_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


@pytest.fixture(scope="session")
def store_templates() -> Iterator[Templates]:
    with templates() as template:
        yield template


@pytest.fixture
def migrated(
    store_kind: str, tmp_path: Path, run_folder: Path, store_templates: Templates
) -> Iterator[Migrated]:
    numbers = count(1)
    with ExitStack() as until_the_end:

        def make() -> str:
            if store_kind == "sqlite":
                return f"sqlite:///{tmp_path / f'store{next(numbers)}.sqlite'}"
            server = postgres_server(run_folder, store_kind)
            return until_the_end.enter_context(copied(server, store_templates(server)))

        yield make


@pytest.fixture
def empty_url(store_kind: str, tmp_path: Path, run_folder: Path) -> Iterator[str]:
    if store_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    with fresh_database(postgres_server(run_folder, store_kind)) as url:
        yield url


@pytest.fixture
def store_url(migrated: Migrated) -> str:
    return migrated()
