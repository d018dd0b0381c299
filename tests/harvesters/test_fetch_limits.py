"""A run ends within its time, its memory and its bytes, and however its child dies there is a statement."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from tests.harvesters.fetching import fetching_children, harvest, zygotes
from tests.portals import Answer, StaticPortal

GOOD = Answer(b'{"dataset":[{"identifier":"a","title":"A"}]}')


def test_one_byte_a_second_is_cut_at_the_budget(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": Answer(GOOD.body, pause=1, step=1)}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url, run_budget=1.5)
    assert fetched.verdict == (False, "deadline", False)


def test_a_silent_server_is_a_timeout_and_asked_again(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": [Answer(GOOD.body, pause=5, step=10), GOOD]}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url, request_timeout=0.4)
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.requests == 2


@pytest.mark.parametrize("answer", [Answer(b"x" * 5_000), Answer(b"x" * 5_000, chunked=True, step=500)])
def test_a_body_over_max_bytes_is_not_fetched_to_its_end(tmp_path: Path, answer: Answer) -> None:
    with StaticPortal({"/data.json": answer}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url, max_bytes=2_000)
        assert len(portal.seen) == 1
    assert fetched.verdict == (False, "too-large", False)


def test_a_child_that_grows_too_large_is_ended(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": Answer(GOOD.body, pause=0.5, step=1)}) as portal:
        fetched = harvest(tmp_path, "dcat-us", portal.url, memory_limit=10 * 1024**2)
    assert fetched.verdict == (False, "memory", True)
    assert "10 MB" in fetched.statement.reason
    assert fetching_children() == []


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGTERM])
def test_a_child_that_is_killed_is_one_crashed_run(tmp_path: Path, by: signal.Signals) -> None:
    def kill_the_child() -> None:
        while not portal.seen:
            time.sleep(0.02)
        for child in fetching_children():
            os.kill(child.pid, by)

    with StaticPortal({"/data.json": Answer(GOOD.body, pause=0.5, step=4)}) as portal:
        killer = threading.Thread(target=kill_the_child)
        killer.start()
        fetched = harvest(tmp_path, "dcat-us", portal.url, run_budget=20)
        killer.join()
    assert not fetched.statement.complete
    assert fetched.statement.slug == "crashed"
    assert fetched.records == []


def test_a_zygote_that_is_killed_costs_the_fetches_under_way_and_no_later_one(tmp_path: Path) -> None:
    """The system may kill any process, and nobody then hears how the children end: those fetches
    have failed, and one that begins afterwards begins a new zygote."""

    def kill_the_zygote() -> None:
        while not portal.seen:
            time.sleep(0.02)
        children.extend(fetching_children())
        for zygote in zygotes():
            zygote.kill()

    children: list[psutil.Process] = []
    with StaticPortal({"/data.json": Answer(GOOD.body, pause=0.1, step=4)}) as portal:
        killer = threading.Thread(target=kill_the_zygote)
        killer.start()
        (tmp_path / "one").mkdir()
        fetched = harvest(tmp_path / "one", "dcat-us", portal.url, run_budget=5)
        killer.join()
        assert len(children) == 1
        assert psutil.wait_procs(children, timeout=20)[1] == []
    assert fetched.verdict == (False, "crashed", True)
    with StaticPortal({"/data.json": GOOD}) as portal:
        (tmp_path / "two").mkdir()
        assert harvest(tmp_path / "two", "dcat-us", portal.url).verdict == (True, "", False)
    assert len(zygotes()) == 1


def test_a_fetch_has_the_environment_of_its_beginning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the one that the zygote was started with: a secret may have been provided since."""
    with StaticPortal({"/data.json": GOOD}) as portal:
        harvest(tmp_path, "dcat-us", portal.url)
        monkeypatch.setenv("LATER_TOKEN", "told-later")
        auth = {"header": "X-App-Token", "env": "LATER_TOKEN"}
        assert harvest(tmp_path, "dcat-us", portal.url, auth=auth).verdict == (True, "", False)
        assert [seen.headers.get("X-App-Token") for seen in portal.seen] == [None, "told-later"]


def test_a_child_whose_parent_is_killed_does_not_outlive_it(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from harvesters.portal import Portal;"
        "from harvesters.supervise import fetch;"
        "fetch(Portal('p', 'dcat-us', sys.argv[1], allow_private=True), Path(sys.argv[2]), user_agent='x')"
    )
    with StaticPortal({"/data.json": Answer(GOOD.body, pause=0.3, step=1)}) as portal:
        command = [sys.executable, "-c", code, portal.url, str(tmp_path / "run.spool")]
        with subprocess.Popen(command, cwd=Path(__file__).parents[2]) as parent:
            while not portal.seen:
                time.sleep(0.02)
            children = fetching_children(parent.pid)
            parent.kill()
        assert len(children) == 1
        gone, alive = psutil.wait_procs(children, timeout=20)
    assert (len(gone), alive) == (1, [])
    assert not (tmp_path / "run.spool").exists()


def test_a_mistake_of_ours_is_a_crashed_run_with_its_name(tmp_path: Path) -> None:
    with StaticPortal({"/data.json": GOOD}) as portal:
        fetched = harvest(tmp_path, "no-such-type", portal.url)
        assert portal.seen == []
    assert fetched.verdict == (False, "crashed", True)
    assert "no-such-type" in fetched.statement.reason
    assert "Traceback" in fetched.log


@pytest.mark.slow
def test_a_large_feed_passes_through_constant_memory(tmp_path: Path) -> None:
    padding = b"y" * 2_900
    record = b'{"identifier":"%d","title":"x","description":"%b"}'
    body = b'{"dataset":[' + b",".join(record % (number, padding) for number in range(14_000)) + b"]}"
    peak = 0
    stop = threading.Event()

    def watch() -> None:
        nonlocal peak
        while not stop.wait(0.02):
            for child in fetching_children():
                with contextlib.suppress(psutil.NoSuchProcess):
                    peak = max(peak, child.memory_info().rss)

    with StaticPortal({"/data.json": Answer(body)}) as portal:
        watcher = threading.Thread(target=watch)
        watcher.start()
        fetched = harvest(tmp_path, "dcat-us", portal.url)
        stop.set()
        watcher.join()
    assert len(body) > 40_000_000
    assert fetched.verdict == (True, "", False)
    assert fetched.statement.records == 14_000
    assert 20 * 1024**2 < peak < 128 * 1024**2
