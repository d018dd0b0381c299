"""A host is asked by one source of the hub at a time, whichever process fetches it."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from harvesters import host_locks
from harvesters.host_locks import lock_path, sweep, try_lock
from harvesters.leash import CalledBack, Leash
from tests.harvesters.fetching import Fetched, harvest
from tests.portals.feeds import body
from tests.portals.server import LoopbackServer, Seen, send


class BusyPortal(LoopbackServer):
    """Each answer takes `seconds`; `overlaps` counts requests that came while another was being answered."""

    def __init__(self, seconds: float = 0.3) -> None:
        super().__init__()
        self.seconds = seconds
        self.overlaps = 0
        self.order: list[str] = []
        self._active = 0
        self._lock = threading.Lock()

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        with self._lock:
            self.overlaps += self._active > 0
            self._active += 1
            self.order.append(seen.path)
        time.sleep(self.seconds)
        with self._lock:
            self._active -= 1
        if seen.path.endswith("v1"):
            number = len(self.order)
            result = b'{"resource":{"id":"%04d-aaaa"}}' % number if number < 12 else b""
            send(handler, 200, b'{"results":[%b],"resultSetSize":1}' % result)
        else:
            send(handler, 200, body("a", 3))


def fetch(folder: Path, name: str, portal_type: str, url: str, **entry: object) -> Fetched:
    own = folder / name
    own.mkdir(exist_ok=True)
    return harvest(own, portal_type, url, hosts=folder / "hosts", **entry)


@pytest.mark.parametrize(("take_turns", "overlap"), [(True, False), (False, True)])
def test_two_sources_on_one_host_are_asked_one_after_the_other(
    tmp_path: Path, take_turns: bool, overlap: bool
) -> None:
    def one(name: str) -> Fetched:
        return fetch(tmp_path, name, "dcat-us", f"{portal.url}{name}/data.json", take_turns=take_turns)

    with BusyPortal(seconds=1.5) as portal, ThreadPoolExecutor(2) as pool:
        both = list(pool.map(one, ("a", "b")))
        assert (portal.overlaps > 0) == overlap
    assert [one.verdict for one in both] == [(True, "", False)] * 2


@contextmanager
def somebody_asking(folder: Path, portal: BusyPortal) -> Iterator[Leash]:
    """Another fetch of the same host, in the middle of an answer that takes very long."""
    leash = Leash()

    def ask() -> None:
        with pytest.raises(CalledBack):
            fetch(folder, "slow", "dcat-us", f"{portal.url}slow/data.json", leash=leash)

    thread = threading.Thread(target=ask)
    thread.start()
    while thread.is_alive() and not portal.seen:
        time.sleep(0.02)
    yield leash
    leash.call_back("the test is over")
    thread.join()


def test_the_wait_counts_for_the_budget_and_ends_with_whoever_is_killed(tmp_path: Path) -> None:
    with BusyPortal(seconds=60) as portal, somebody_asking(tmp_path, portal) as leash:
        url = f"{portal.url}b/data.json"
        waiting = fetch(tmp_path, "b", "dcat-us", url, run_budget=1.0)
        assert waiting.verdict == (False, "host-busy", True)
        assert waiting.statement.requests == 0
        assert "127.0.0.1" in waiting.statement.reason
        portal.seconds = 0
        leash.call_back("killed")
        assert fetch(tmp_path, "b", "dcat-us", url).verdict == (True, "", False)


def test_a_portal_of_many_pages_lets_others_in_between(tmp_path: Path) -> None:
    with BusyPortal(seconds=0.25) as portal, ThreadPoolExecutor(2) as pool:
        many = pool.submit(fetch, tmp_path, "many", "socrata", portal.url, options={"page_size": 1})
        while not (portal.seen or many.done()):
            time.sleep(0.02)
        assert fetch(tmp_path, "b", "dcat-us", f"{portal.url}data.json").verdict == (True, "", False)
        assert not many.done()
        many.result()
        assert portal.overlaps == 0
        assert portal.order[-1] != "/data.json"


def test_a_lock_is_exclusive_and_remembers_when_the_host_was_asked(tmp_path: Path) -> None:
    path = lock_path(tmp_path, "data.example.gov", 443)
    first = try_lock(path)
    assert first is not None
    assert try_lock(path) is None
    assert first.last_asked() > 3600
    first.note()
    first.release()
    second = try_lock(path)
    assert second is not None
    assert 0 <= second.last_asked() < 60


def test_files_of_hosts_that_nobody_asks_are_swept_but_never_a_lock_that_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = try_lock(tmp_path / "held")
    for name in ("idle", "other"):
        lock = try_lock(tmp_path / name)
        assert lock is not None
        lock.release()
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    monkeypatch.setattr(host_locks, "_FORGET", -1.0)
    sweep(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["held"]
    assert held is not None


@pytest.mark.parametrize(
    ("host", "port", "name"),
    [
        ("Data.Example.GOV.", 443, "data.example.gov"),
        ("data.example.gov", 80, "data.example.gov"),
        ("data.example.gov", 8080, "data.example.gov_8080"),
        ("127.0.0.1", 80, "127.0.0.1"),
    ],
)
def test_a_host_has_one_file_whatever_its_scheme(tmp_path: Path, host: str, port: int, name: str) -> None:
    assert lock_path(tmp_path, host, port).name == name


@pytest.mark.parametrize("host", ["../../etc/passwd", "a/b", "x" * 300, "::1", "", "."])
def test_no_host_names_a_file_outside_the_folder(tmp_path: Path, host: str) -> None:
    assert lock_path(tmp_path, host, 80).parent == tmp_path
    lock = try_lock(lock_path(tmp_path, host, 80))
    assert lock is not None
