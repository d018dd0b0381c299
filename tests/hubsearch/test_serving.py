"""`hubsearch serve` in earnest: several processes, a dead one replaced, ends in order, no port left."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from hubsearch.serving import server_options
from hubsearch.settings import read_settings
from tests.conftest import run_command
from tests.hubsearch.served import Served


@pytest.fixture
def home(demo_home: Path, hub_home: Path) -> Path:
    shutil.copytree(demo_home, hub_home)
    return hub_home


@pytest.fixture
def two_workers(home: Path) -> Iterator[Served]:
    with Served(home, workers=2) as served:
        served.wait_until(lambda: len(served.workers()) == 2)
        yield served


def test_a_worker_that_dies_is_replaced(two_workers: Served) -> None:
    first = {worker.pid for worker in two_workers.workers()}
    two_workers.workers()[0].kill()
    two_workers.wait_until(lambda: len({w.pid for w in two_workers.workers()} - first) == 1)
    assert len(two_workers.workers()) == 2
    assert all(two_workers.get("/search.json?q=water").status_code == 200 for _ in range(20))


def test_a_supervisor_that_is_killed_leaves_no_worker_and_no_port(two_workers: Served) -> None:
    workers = two_workers.workers()
    two_workers.process.kill()
    psutil.wait_procs(workers, timeout=30)
    assert not any(worker.is_running() for worker in workers)
    with Served(two_workers._log.parent / "hub", port=two_workers.port) as again:
        assert again.get("/readyz").status_code == 200


def test_sighup_renews_the_workers_one_by_one_while_searches_go_on(two_workers: Served) -> None:
    first = {worker.pid for worker in two_workers.workers()}
    statuses: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            statuses.append(two_workers.status("/search.json?q=water&facets=false"))

    asking = threading.Thread(target=ask)
    asking.start()
    two_workers.process.send_signal(signal.SIGHUP)
    two_workers.wait_until(lambda: len({w.pid for w in two_workers.workers()} - first) == 2)
    done.set()
    asking.join()
    assert set(statuses) == {200}


@pytest.mark.parametrize("workers", [1, 2])
def test_sigterm_lets_the_requests_under_way_finish(home: Path, workers: int) -> None:
    """A large answer is taken slowly; the server is told to stop in its middle."""
    whole = (home / "feeds" / "data.json").read_bytes()
    with Served(home, workers=workers) as served:
        headers = {"Accept-Encoding": "identity"}
        with httpx.stream("GET", served.url + "/data.json", headers=headers, timeout=30) as answer:
            parts = answer.iter_raw(65_536)
            received = next(parts)
            served.process.send_signal(signal.SIGTERM)
            served.wait_until(lambda: served.status("/robots.txt") == 0)
            received += b"".join(parts)
        assert received == whole
        assert served.process.wait(60) in {0, -signal.SIGTERM}
    assert "Traceback" not in served.log()


def test_while_it_drains_it_answers_and_says_that_it_is_not_ready(home: Path) -> None:
    with Served(home, workers=2, environment={"HUBSEARCH_DRAIN_SECONDS": "300"}) as served:
        assert served.get("/readyz").status_code == 200
        workers = served.workers()
        served.process.send_signal(signal.SIGTERM)
        served.wait_until(lambda: served.get("/readyz").status_code == 503)
        assert "being stopped" in served.get("/readyz").text
        assert served.get("/search.json?q=water").status_code == 200
        assert served.get("/healthz").status_code == 200, "a process that ends is not ill"
        for worker in workers:
            with suppress(psutil.NoSuchProcess):
                worker.terminate()  # told a second time it waits no longer
        assert served.process.wait(60) == 0


def test_two_instances_over_one_home_answer_alike(home: Path) -> None:
    with Served(home) as one, Served(home, workers=2) as other:
        for path in ("/search.json?q=water+quality", "/search?q=park", "/data.json", "/sources"):
            first, second = one.get(path), other.get(path)
            assert first.status_code == 200
            assert first.content == second.content, path
        assert one.get("/data.json").headers["etag"] == other.get("/data.json").headers["etag"]


def test_a_port_that_is_taken_is_said(two_workers: Served, home: Path) -> None:
    for workers in ("1", "2"):
        words = ("serve", "--port", str(two_workers.port), "--workers", workers)
        done = run_command(home, *words)
        assert done.status not in {0, None}
        assert "address already in use" in done.stderr.lower()
        assert "Traceback" not in done.stderr


def test_only_the_named_proxies_are_believed(tmp_path: Path) -> None:
    home = {"HUBSEARCH_HOME": str(tmp_path)}
    for given, trusted in ((None, "127.0.0.1,::1"), ("10.0.0.0/8,192.0.2.7", "10.0.0.0/8,192.0.2.7")):
        settings = read_settings(home | ({"HUBSEARCH_PROXIES": given} if given else {}))
        assert server_options(settings, "127.0.0.1", 8000)["forwarded_allow_ips"] == trusted


def test_a_store_that_cannot_be_opened_is_said_before_anything_is_served(tmp_path: Path) -> None:
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "store.sqlite").write_bytes(b"no database" * 100)
    done = run_command(tmp_path / "hub", "serve", "--workers", "2")
    assert done.status == 2
    assert "no SQLite database" in done.stderr
    assert os.linesep.join(done.stderr.splitlines()).count("hubsearch:") == 1
