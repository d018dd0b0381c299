"""Which fixture to take.

`hub`     three real catalogues, harvested, indexed and published; shared, read it only.
`client`  a browser at that hub.
`page`    fetches an address there and gives its parsed HTML (status 200 unless told otherwise).
`small`   an empty hub of this test alone, to bring records into with `hubs.bring_in`.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from search_api.hub import Hub
from tests.search_api import hubs
from tests.search_api.browser import TestClient

Page = Callable[..., BeautifulSoup]


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    made = hubs.open_hub(tmp_path_factory.mktemp("web"))
    for source, name in hubs.SAMPLES:
        hubs.bring_in(made.store, source, hubs.sample(name))
    hubs.settle(made)
    yield made
    made.engine.close()
    made.store.close()


@pytest.fixture(scope="session")
def client(hub: Hub) -> TestClient:
    return hubs.client_of(hub)


@pytest.fixture(scope="session")
def page(client: TestClient) -> Page:
    def fetch(address: str, status: int = 200) -> BeautifulSoup:
        answer = client.get(address)
        assert answer.status_code == status, answer.text[:500]
        return BeautifulSoup(answer.text, "html.parser")

    return fetch


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Hub]:
    made = hubs.open_hub(tmp_path)
    yield made
    made.engine.close()
    made.store.close()
