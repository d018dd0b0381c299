"""A fetch lasts no longer than whoever asked for it, even while the portal says nothing at all."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from harvesters.leash import LET_GO, CalledBack, Leash
from harvesters.portal import Portal
from harvesters.supervise import fetch
from tests.harvesters.fetching import fetching_children
from tests.portals import Answer, StaticPortal

SILENT = Answer(b'{"dataset":[{"identifier":"a","title":"A"}]}', pause=30, step=5)
FETCH = (
    "import sys, time; from pathlib import Path; from harvesters.leash import Leash;"
    "from harvesters.portal import Portal; from harvesters.supervise import fetch;"
    "leash = Leash(time.monotonic() + float(sys.argv[3]));"
    "fetch(Portal('p', 'dcat-us', sys.argv[1], allow_private=True), Path(sys.argv[2]), user_agent='x',"
    "      leash=leash)"
)


@pytest.mark.parametrize(
    ("by", "seconds"),
    [
        pytest.param(signal.SIGKILL, 600, id="the parent is killed"),
        pytest.param(signal.SIGSTOP, 10, id="the parent hangs longer than it may"),
    ],
)
def test_a_silent_fetch_ends_with_its_parents_right_to_it(
    tmp_path: Path, by: signal.Signals, seconds: float
) -> None:
    with StaticPortal({"/data.json": SILENT}) as portal:
        command = [sys.executable, "-c", FETCH, portal.url, str(tmp_path / "run.spool"), str(seconds)]
        with subprocess.Popen(
            command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE, text=True
        ) as parent:
            while not portal.seen:
                assert parent.poll() is None
                time.sleep(0.02)
            children = fetching_children(parent.pid)
            assert len(children) == 1
            parent.send_signal(by)
            deadline = time.monotonic() + 30
            while not all(over(child) for child in children) and time.monotonic() < deadline:
                time.sleep(0.02)
            alive = [child for child in children if not over(child)]
            parent.send_signal(signal.SIGCONT)
            _, told = parent.communicate(timeout=60)
    assert alive == []
    if by is signal.SIGSTOP:  # awake again it does not take the end of its time for a crash of the portal's
        assert "CalledBack: the time it was given ran out" in told
    assert list(tmp_path.glob("*.spool")) == []


def test_a_fetch_whose_parent_died_while_it_started_begins_nothing(tmp_path: Path) -> None:
    """The job came whole, and behind it the pipe's end: no spool may be opened that nobody would remove."""
    begin = "from harvesters.leash import receive; receive(0); open('begun', 'w')"
    path = {"PYTHONPATH": str(Path(__file__).parents[2])}
    for _ in range(5):
        done = subprocess.run(
            [sys.executable, "-c", begin], input=b'{"a": 1}\ninf\n', cwd=tmp_path, env=path, check=False
        )
        assert (done.returncode, list(tmp_path.iterdir())) == (LET_GO, [])


def over(process: psutil.Process) -> bool:
    """A parent that hangs cannot bury its child."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_a_fetch_that_is_called_back_ends_at_once_and_leaves_no_spool(tmp_path: Path) -> None:
    leash = Leash()
    with StaticPortal({"/data.json": SILENT}) as portal:

        def call_back() -> None:
            while not portal.seen:
                time.sleep(0.02)
            leash.call_back("enough")

        thread = threading.Thread(target=call_back)
        thread.start()
        entry = Portal("p", "dcat-us", portal.url, allow_private=True)
        with pytest.raises(CalledBack, match="enough"):
            fetch(entry, tmp_path / "run.spool", user_agent="x", leash=leash)
        thread.join()
    assert [path.name for path in tmp_path.iterdir()] == ["run.log"]
    assert fetching_children() == []


def test_a_leash_that_is_made_longer_lets_the_fetch_go_on(tmp_path: Path) -> None:
    leash = Leash(time.monotonic() + 4)
    body = Answer(b'{"dataset":[{"identifier":"a","title":"A"}]}', pause=0.3, step=2)  # takes some 7 s
    with StaticPortal({"/data.json": body}) as portal:
        thread = threading.Timer(2, leash.extend, (time.monotonic() + 60,))
        thread.start()
        entry = Portal("p", "dcat-us", portal.url, allow_private=True)
        assert fetch(entry, tmp_path / "run.spool", user_agent="x", leash=leash).complete
        thread.join()
