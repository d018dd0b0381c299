"""An engine that hangs takes nothing from the pages that need only the store."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

from search_api.hub import Hub
from tests.search_api import hubs
from tests.search_api.test_health import Replaced


def test_while_searches_hang_all_else_is_answered(hub: Hub) -> None:
    released, real = Event(), hub.search

    def hung(request: object) -> object:
        released.wait()
        return real.search(request)  # type: ignore[arg-type]

    client = hubs.client_of(replace(hub, search=Replaced(real, search=hung)))
    head = next(iter(hub.store.heads()))
    searches = ("/search.json?q=water", "/search?q=water", "/", "/api/v1/search", "/api/v1/facets")
    with client, ThreadPoolExecutor(90) as pool:
        waiting = [pool.submit(client.get, searches[n % len(searches)]) for n in range(80)]
        for path in (
            f"/dataset/{head.id}.json",
            "/data.json",
            "/sources",
            "/healthz",
            "/robots.txt",
            "/docs",
        ):
            assert client.get(path).status_code == 200, path
        assert not any(one.done() for one in waiting)
        released.set()
        assert {one.result().status_code for one in waiting} == {200}
