"""Workers as an operator sees them: what is due is done, once, whatever happens to whom."""

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from index.store import StoreError
from tests.conftest import without_a_server
from tests.hubsearch.workers import Hub, accounts, document, wait_until
from tests.portals import FeedsPortal
from tests.servers.errors import ServerMissing
from tests.servers.postgres import PostgresServer, newest


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'hub' / 'store.sqlite'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def hub(store_url: str, tmp_path: Path) -> Iterator[Hub]:
    opened = Hub(tmp_path / "hub", store_url)
    yield opened
    opened.close()


@pytest.fixture
def grown(postgres_url: str, elasticsearch_url: str, cluster_index: str, tmp_path: Path) -> Iterator[Hub]:
    """A hub that may have several workers, on PostgreSQL and Elasticsearch."""
    engine = {"HUBSEARCH_ENGINE": elasticsearch_url, "HUBSEARCH_ENGINE_INDEX": cluster_index}
    opened = Hub(tmp_path / "hub", postgres_url, engine)
    yield opened
    opened.close()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server that a test may stop and kill."""
    try:
        server = PostgresServer(newest())
    except ServerMissing as missing:
        without_a_server(missing)
    with server:
        yield server


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Hub]:
    """A hub on SQLite."""
    opened = Hub(tmp_path / "hub", f"sqlite:///{tmp_path / 'hub' / 'store.sqlite'}")
    yield opened
    opened.close()


def test_once_does_all_that_is_due_and_nothing_before_its_time(hub: Hub) -> None:
    hub.environment["HUBSEARCH_NOW"] = "2026-03-01T00:00:00Z"
    with FeedsPortal({"a": 3, "b": 4, "c": 5}) as portal:
        hub.portals.write_text(portal.entries())
        first = hub.command("worker", "--once", "--json")
        assert first.returncode == 0, first.stderr
        assert {run["source"]: run["added"] for run in document(first)["runs"]} == {"a": 3, "b": 4, "c": 5}
        assert document(hub.command("search", "bridge", "--json"))["total"] == 12
        assert (hub.home / "feeds" / "data.json").exists() or hub.store.database.is_postgres
        assert document(hub.command("worker", "--once", "--json")) == {"runs": []}
        hub.environment["HUBSEARCH_NOW"] = "2026-03-02T00:00:00Z"
        assert len(document(hub.command("worker", "--once", "--json"))["runs"]) == 3
        assert portal.fetches == {"a": 2, "b": 2, "c": 2}


def test_a_failing_source_is_tried_again_soon_a_held_one_waits(small: Hub) -> None:
    small.environment["HUBSEARCH_NOW"] = "2026-03-01T00:00:00Z"
    now = datetime(2026, 3, 1, tzinfo=UTC)
    with FeedsPortal({"good": 3, "empty": 0}) as portal:
        gone = '[[portal]]\nid = "gone"\ntype = "dcat-us"\nurl = "http://127.0.0.1:9/data.json"\n'
        small.portals.write_text(f"{portal.entries()}\n{gone}allow_private = true\n")
        done = small.command("worker", "--once", "--json")
    assert done.returncode == 4, done.stderr
    statuses = {run["source"]: run["status"] for run in document(done)["runs"]}
    assert statuses == {"good": "ok", "empty": "held", "gone": "failed"}
    assert now < small.job("gone").due_at <= now + timedelta(minutes=5)
    assert now + timedelta(hours=23) <= small.job("empty").due_at <= now + timedelta(days=1)
    listed = {job["name"]: job for job in document(small.command("jobs", "--json"))}
    assert (listed["harvest:gone"]["attempts"], listed["harvest:good"]["attempts"]) == (1, 0)
    assert "unreachable" in listed["harvest:gone"]["trouble"] or listed["harvest:gone"]["trouble"]
    assert listed["harvest:good"]["done"] == now.isoformat()
    assert "gone" in small.command("jobs").stdout


def test_a_store_on_sqlite_takes_one_worker(small: Hub) -> None:
    small.portals.write_text("")
    first = small.worker()
    wait_until(lambda: small.store.jobs.get("worker"), first)
    second = small.command("worker")
    assert second.returncode == 2
    assert f"process {first.process.pid}" in second.stderr
    assert "PostgreSQL" in second.stderr
    first.kill()
    assert small.command("worker", "--once").returncode == 0  # a dead one is in nobody's way


def test_several_workers_share_what_is_due(grown: Hub) -> None:
    names = {f"town-{number}": 10 + number for number in range(8)}
    with FeedsPortal(names, seconds=0.3) as portal:
        grown.portals.write_text(portal.entries())
        workers = [grown.worker() for _ in range(3)]
        wait_until(lambda: grown.harvested(*names), *workers)
        wait_until(lambda: grown.drift()["index"] == sum(names.values()), *workers)
    assert portal.fetches == dict.fromkeys(names, 1)
    assert sum(portal.overlaps.values()) == 0
    assert sum("begins" in worker.said() for worker in workers) >= 2
    assert all(run.status == "ok" and accounts(run) for run in grown.runs())


def test_a_commit_by_anybody_is_searchable_and_published_soon(small: Hub) -> None:
    """Somebody who neither follows nor publishes changes the store; the worker notices by itself."""
    small.portals.write_text("")
    worker = small.worker()
    with FeedsPortal({"a": 7}) as portal:
        small.portals.write_text(portal.entries())
        wait_until(lambda: small.harvested("a"), worker)
        wait_until(lambda: "7 changed datasets taken in" in worker.said(), worker)
    small.store.remove_source("a")
    wait_until(lambda: document(small.command("search", "bridge", "--json"))["total"] == 0, worker)


def test_a_changed_portals_file_is_in_force_and_a_broken_one_is_said(small: Hub) -> None:
    with FeedsPortal({"a": 2, "b": 3}) as portal:
        entry_of_a, entry_of_b = portal.entries().split("\n\n")
        worker = small.worker()
        wait_until(lambda: "no portals file" in worker.said(), worker)
        small.portals.write_text(entry_of_a)
        wait_until(lambda: small.harvested("a"), worker)
        small.portals.write_text("[[portal]\nid = ")
        wait_until(lambda: "CANNOT BE USED" in worker.said(), worker)
        assert small.job("a").due_at is not None
        small.portals.write_text(entry_of_b)
        wait_until(lambda: small.harvested("b"), worker)
        assert small.job("a").due_at is None
        small.portals.write_text(f"{entry_of_b}\n{entry_of_a}")
        wait_until(lambda: small.job("a").due_at, worker)
    assert small.store.record_counts() == {"a": 2, "b": 3}
    assert portal.fetches == {"a": 1, "b": 1}
    assert worker.process.poll() is None


def test_told_to_stop_it_ends_what_it_can_and_gives_back_the_rest(hub: Hub) -> None:
    with FeedsPortal({"quick": 5, "endless": 5, "waiting": 5}) as portal:
        hub.portals.write_text(portal.entries())
        portal.seconds = 600
        worker = hub.worker("--harvests", "2", "--grace", "1")
        wait_until(lambda: portal.under_way() == 2, worker)
        worker.signal(signal.SIGTERM)
        assert worker.ended() == 0
        wait_until(lambda: portal.under_way() == 0)
        jobs = [job for job in hub.store.jobs.every() if job.name.startswith("harvest:")]
        assert [(job.owner, job.attempts) for job in jobs] == [(None, 0)] * 3
        assert hub.runs() == []
        assert list((hub.home / "spool").rglob("*.spool*")) == []
        portal.seconds = 1
        worker = hub.worker("--harvests", "1", "--grace", "60")
        wait_until(lambda: portal.under_way() == 1, worker)
        worker.signal(signal.SIGTERM)
        assert worker.ended() == 0, worker.said()
    assert [run.status for run in hub.runs()] == ["ok"]
    assert sum(portal.fetches.values()) == 1


def test_a_second_signal_ends_it_at_once(small: Hub) -> None:
    with FeedsPortal({"endless": 5}, seconds=600) as portal:
        small.portals.write_text(portal.entries())
        worker = small.worker("--grace", "600")
        wait_until(lambda: portal.under_way() == 1, worker)
        worker.signal(signal.SIGTERM)
        wait_until(lambda: "Stopping" in worker.said(), worker)
        worker.signal(signal.SIGTERM)
        assert worker.ended() == 128 + signal.SIGTERM
        wait_until(lambda: portal.under_way() == 0)


def test_one_that_hung_finds_its_source_taken_over_and_lands_nothing(grown: Hub) -> None:
    with FeedsPortal({"a": 5}, seconds=8) as portal:
        grown.portals.write_text(portal.entries())
        hung = grown.worker()
        wait_until(lambda: portal.under_way() == 1, hung)
        hung.signal(signal.SIGSTOP)
        other = grown.worker()
        wait_until(lambda: "a: begins (lease 2" in other.said(), other)
        wait_until(lambda: grown.harvested("a"), other)
        hung.signal(signal.SIGCONT)
        wait_until(lambda: "a: stopped, to be done again" in hung.said(), hung)
    assert portal.overlaps["a"] == 0
    assert portal.fetches["a"] == 1
    assert [run.status for run in grown.runs()] == ["ok"]


def test_commands_and_workers_keep_off_each_others_sources(grown: Hub) -> None:
    with FeedsPortal({"a": 5, "b": 5}, seconds=600) as portal:
        grown.portals.write_text(portal.entries())
        worker = grown.worker("--grace", "0")
        wait_until(lambda: portal.under_way() == 2, worker)
        done = grown.command("harvest", "a", "--json")
        run = document(done)["runs"][0]
        assert (done.returncode, run["run"], run["status"]) == (3, None, "failed")
        assert f"process {worker.process.pid} on" in run["reason"]
        refused = grown.command("source", "remove", "a", "--yes")
        assert refused.returncode == 2
        assert f"process {worker.process.pid} on" in refused.stderr
        assert "[[portal]]" in grown.portals.read_text()
        assert portal.overlaps["a"] == 0
        worker.signal(signal.SIGTERM)
        worker.ended()
        portal.seconds = 0
        assert grown.command("harvest", "a").returncode == 0
        assert grown.job("a").due_at > datetime.now(UTC) + timedelta(hours=22)
        assert grown.command("source", "remove", "a", "--yes").returncode == 0
        assert grown.store.jobs.get("harvest:a") is None


def test_a_harvest_that_was_killed_can_be_given_again_at_once(hub: Hub) -> None:
    hub.environment["HUBSEARCH_LEASE_SECONDS"] = "3600"
    with FeedsPortal({"a": 5}, seconds=600) as portal:
        hub.portals.write_text(portal.entries())
        killed = hub.worker()
        wait_until(lambda: portal.under_way() == 1, killed)
        killed.kill()
        wait_until(lambda: portal.under_way() == 0)
        portal.seconds = 0
        done = hub.command("harvest", "a")
    assert done.returncode == 0, done.stderr
    assert portal.overlaps["a"] == 0
    assert len(list((hub.home / "spool").rglob("*"))) == 1  # the folder: what was cut off is swept away


@pytest.mark.slow
def test_killed_again_and_again_workers_lose_nothing(grown: Hub) -> None:
    names = {f"town-{number}": 700 for number in range(6)}
    with FeedsPortal(names, seconds=0.5) as portal:
        grown.portals.write_text(portal.entries())
        workers = [grown.worker() for _ in range(2)]
        for number in range(6):
            time.sleep(0.7 + 0.4 * number)  # in the start, the fetch, the landing, the following
            workers[number % 2].kill()
            workers[number % 2] = grown.worker()
        wait_until(lambda: grown.harvested(*names), *workers)
        for worker in workers:
            wait_until(lambda worker=worker: "Working on" in worker.said(), worker)  # it hears signals now
            worker.signal(signal.SIGTERM)
        assert [worker.ended() for worker in workers] == [0, 0]
    assert sum(portal.overlaps.values()) == 0
    assert grown.store.record_counts() == names
    ended = [run for run in grown.runs() if run.status != "failed"]
    assert {run.source for run in ended} == set(names)
    assert {run.status for run in ended} == {"ok"}
    assert all(accounts(run) for run in grown.runs())
    drift = grown.drift()
    assert (drift["store"], drift["index"]) == (4200, 4200)
    assert (drift["missing"], drift["extra"], drift["stale"]) == (0, 0, 0)


def test_a_store_that_restarts_is_waited_for_and_nothing_is_lost(
    own_postgres: PostgresServer, tmp_path: Path
) -> None:
    grown = Hub(tmp_path / "hub", own_postgres.url())
    names = {f"town-{number}": 800 for number in range(4)}
    try:
        with FeedsPortal(names, seconds=2) as portal:
            grown.portals.write_text(portal.entries())
            worker = grown.worker()
            wait_until(lambda: portal.under_way() >= 2, worker)
            own_postgres.kill()
            wait_until(lambda: "store: waits" in worker.said(), worker)
            own_postgres.start()
            wait_until(lambda: "store: goes on" in worker.said(), worker)
            wait_until(lambda: worker.said().count("begins") == len(names), worker)
            own_postgres.restart()
            wait_until(lambda: _away_or(lambda: grown.harvested(*names)), worker)
            worker.signal(signal.SIGTERM)
            assert worker.ended() == 0, worker.said()
        assert worker.said().count("store: waits") <= 3  # two outages, and a server that starts may flap
        assert sum(portal.overlaps.values()) == 0
        assert grown.store.record_counts() == names
        assert grown.drift() == {"store": 3200, "index": 3200, "missing": 0, "extra": 0, "stale": 0}
    finally:
        grown.close()


def test_a_worker_whose_store_is_away_at_the_start_waits_for_it(
    own_postgres: PostgresServer, tmp_path: Path
) -> None:
    grown = Hub(tmp_path / "hub", own_postgres.url())
    grown.store.close()
    own_postgres.stop()
    try:
        assert grown.command("worker", "--once").returncode == 2
        with FeedsPortal({"a": 3}) as portal:
            grown.portals.write_text(portal.entries())
            worker = grown.worker()
            wait_until(lambda: "store: waits" in worker.said(), worker)
            own_postgres.start()
            wait_until(lambda: _away_or(lambda: grown.harvested("a")), worker)
            assert own_postgres.password not in worker.said()
    finally:
        grown.close()


def test_harvests_go_on_while_the_engine_is_away_and_the_index_catches_up(small: Hub) -> None:
    away = {"HUBSEARCH_ENGINE": "http://127.0.0.1:9"}
    with FeedsPortal({"a": 3, "b": 4}) as portal:
        small.portals.write_text(portal.entries())
        there, small.environment = small.environment, small.environment | away
        by_hand = small.command("harvest", "a", "--json")
        assert (by_hand.returncode, document(by_hand)["runs"][0]["added"]) == (0, 3)
        assert "not in the index yet" in by_hand.stderr
        worker = small.worker()
        wait_until(lambda: small.harvested("a", "b"), worker)
        wait_until(lambda: "engine: waits and tries again" in worker.said(), worker)
        worker.signal(signal.SIGTERM)
        assert worker.ended() == 0
        assert worker.said().count("engine: waits") == 1
        small.environment = there
        assert small.command("worker", "--once").returncode == 0
    assert small.drift()["index"] == 7


def test_an_index_ahead_of_a_store_restored_from_a_backup_is_built_anew(small: Hub) -> None:
    kept, store = small.home / "kept.sqlite", small.home / "store.sqlite"
    with FeedsPortal({"a": 3}) as portal:
        small.portals.write_text(portal.entries(schedule="never"))
        assert small.command("harvest", "a").returncode == 0
        small.store.close()  # the last one to go leaves one whole file
        shutil.copy(store, kept)
        portal.sizes["a"] = 6
        assert small.command("harvest", "a").returncode == 0
        kept.replace(store)
        assert small.command("worker", "--once").returncode == 0
    assert document(small.command("search", "bridge", "--json"))["total"] == 3
    assert small.drift() == {"store": 3, "index": 3, "missing": 0, "extra": 0, "stale": 0}


def _away_or(condition: Callable[[], bool]) -> bool:
    """Asked by the test itself, whose connections were cut as well."""
    try:
        return condition()
    except StoreError:
        return False
