"""A part of the hub goes away under a running `serve` and comes back: clear 503s meanwhile, no restart."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from hubsearch.hub import open_hub
from hubsearch.settings import read_settings
from tests.conftest import run_command, without_a_server
from tests.hubsearch.served import Served
from tests.search_api.hubs import bring_in, published
from tests.search_api.test_dataset_page import TOWN
from tests.servers.elasticsearch import ElasticsearchServer
from tests.servers.errors import ServerMissing
from tests.servers.postgres import PostgresServer, newest

SEARCHES = ("/search.json?q=road", "/search?q=road", "/", "/api/v1/search", "/data.json?source=town")


@pytest.fixture
def environment(hub_home: Path) -> dict[str, str]:
    return {"HUBSEARCH_HOME": str(hub_home)}


def fill(environment: dict[str, str]) -> str:
    """Some records, the index, the feed; the public id of one record."""
    with open_hub(read_settings(environment)) as hub:
        bring_in(hub.store, TOWN, [published(f"road-{number}", f"Road {number}") for number in range(9)])
        hub.follow()
        hub.publish()
        return next(iter(hub.store.heads())).id


def needs_only_the_store(record: str) -> tuple[str, ...]:
    return (
        f"/dataset/{record}.json",
        f"/api/v1/datasets/{record}",
        "/sources",
        "/api/v1/sources",
        "/data.json",
    )


def says_503(served: Served, path: str) -> None:
    """A clear refusal in the caller's form, at once."""
    answer = served.get(path)
    assert answer.status_code == 503, (path, answer.text)
    assert int(answer.headers["retry-after"]) > 0
    if answer.headers["content-type"] == "application/json":
        assert "try again" in answer.json()["detail"]
    else:
        assert "try again" in answer.text
        assert "<h1>" in answer.text


def without_the_engine(served: Served, record: str) -> None:
    """Searches are refused, all else goes on."""
    for path in SEARCHES:
        says_503(served, path)
    for path in needs_only_the_store(record):
        assert served.get(path).status_code == 200, path
    assert served.get("/robots.txt").status_code == 200
    readiness = served.get("/readyz")
    assert readiness.status_code == 503
    assert readiness.json()["ready"] is False
    assert readiness.json()["reasons"]


def all_is_well(served: Served, record: str) -> None:
    for path in (*SEARCHES, *needs_only_the_store(record), "/healthz", "/readyz"):
        served.wait_until(lambda path=path: all(served.status(path) == 200 for _ in range(6)))
    assert served.get("/search.json?q=road").json()["total"] == 9


def test_an_index_that_is_removed_and_built_again(hub_home: Path, environment: dict[str, str]) -> None:
    record = fill(environment)
    with Served(hub_home, workers=2, environment=environment) as served:
        all_is_well(served, record)
        shutil.rmtree(hub_home / "index")
        served.wait_until(lambda: all(served.status("/readyz") == 503 for _ in range(10)))
        without_the_engine(served, record)
        assert "hubsearch index build" in served.get("/readyz").text
        assert served.get("/healthz").status_code == 200, "restarting it would mend nothing"
        assert run_command(hub_home, "index", "build").status == 0
        all_is_well(served, record)
        assert " 500 " not in served.log()
        assert "Traceback" not in served.log()


@contextmanager
def postgres() -> Iterator[PostgresServer]:
    try:
        with PostgresServer(newest()) as server:
            yield server
    except ServerMissing as missing:
        without_a_server(missing)


def without_the_store(served: Served, record: str) -> None:
    """All that needs it is refused; what the process has a copy of is there."""
    for path in (f"/dataset/{record}.json", f"/dataset/{record}", "/sources", "/api/v1/sources"):
        for _ in range(4):
            says_503(served, path)
    health = served.get("/healthz")
    assert health.status_code == 503
    assert health.json() == {
        "ok": False,
        "store": False,
        "engine": True,
        "reasons": {"store": health.json()["reasons"]["store"]},
    }
    assert served.get("/readyz").status_code == 503
    assert served.get("/robots.txt").status_code == 200
    for path in SEARCHES:
        assert served.get(path).status_code in {200, 503}, path


def test_postgresql_stopped_killed_and_started_again(hub_home: Path, environment: dict[str, str]) -> None:
    with postgres() as server:
        environment |= {"HUBSEARCH_STORE": server.url()}
        record = fill(environment)
        with Served(hub_home, workers=2, environment=environment) as served:
            all_is_well(served, record)
            for end in (server.stop, server.kill):
                end()
                served.wait_until(lambda: all(served.status("/healthz") == 503 for _ in range(10)))
                without_the_store(served, record)
                for _ in range(10):
                    assert served.get("/data.json").status_code in {200, 503}
                _replace_a_worker(served)  # the new one starts while the store is away
                without_the_store(served, record)
                server.start()
                all_is_well(served, record)
            assert "Traceback" not in served.log()
            assert server.password not in served.log()


def _replace_a_worker(served: Served) -> None:
    before = served.workers()
    before[0].kill()
    served.wait_until(lambda: len(set(served.workers()) - set(before)) == 1)


def test_serve_says_at_once_when_its_store_is_away(hub_home: Path, environment: dict[str, str]) -> None:
    with postgres() as server:
        address = server.url()
    done = run_command(hub_home, "serve", HUBSEARCH_STORE=address)
    assert done.status == 2
    assert done.stderr.startswith("hubsearch: the store postgresql")
    assert server.password not in done.stderr


@pytest.mark.slow
def test_a_store_that_hangs_keeps_nobody_waiting_for_ever(
    hub_home: Path, environment: dict[str, str]
) -> None:
    """It accepts connections and says nothing more: the worst way to be away."""
    with postgres() as server:
        environment |= {"HUBSEARCH_STORE": server.url()}
        record = fill(environment)
        with Served(hub_home, environment=environment) as served:
            all_is_well(served, record)
            processes = _postgres_processes(server)
            for process in processes:
                process.suspend()
            try:
                served.wait_until(lambda: served.get("/healthz", seconds=10).status_code == 503)
                assert "within" in served.get("/healthz", seconds=10).json()["reasons"]["store"]
                answer = served.get(f"/dataset/{record}.json", seconds=60)
                assert answer.status_code == 503
                assert served.get("/healthz", seconds=10).status_code == 503
            finally:
                for process in processes:
                    process.resume()
            all_is_well(served, record)


def _postgres_processes(server: PostgresServer) -> list[psutil.Process]:
    pid = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    postmaster = psutil.Process(pid)
    return [postmaster, *postmaster.children(recursive=True)]


def test_elasticsearch_away_at_the_start_and_later(hub_home: Path, environment: dict[str, str]) -> None:
    try:
        server = ElasticsearchServer()
    except ServerMissing as missing:
        without_a_server(missing)
    with server:
        environment |= {"HUBSEARCH_ENGINE": server.url, "HUBSEARCH_ENGINE_INDEX": "faults"}
        record = fill(environment)
        server.kill()
        with Served(hub_home, workers=2, environment=environment) as served:
            without_the_engine(served, record)
            assert served.get("/healthz").json()["engine"] is False
            server.start()
            all_is_well(served, record)
            server.stop()
            served.wait_until(lambda: all(served.status("/readyz") == 503 for _ in range(10)))
            without_the_engine(served, record)
            server.start()
            all_is_well(served, record)
            server.request("DELETE", "/" + next(iter(server.request("GET", "/faults-*"))))
            served.wait_until(lambda: all(served.status("/readyz") == 503 for _ in range(10)))
            without_the_engine(served, record)
            assert run_command(hub_home, "index", "build", **environment).status == 0
            all_is_well(served, record)
            assert "Traceback" not in served.log()
            assert server.password not in served.log()
