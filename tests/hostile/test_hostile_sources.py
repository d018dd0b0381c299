"""Sources that hang, drip or never end, among healthy ones: the healthy ones are done first."""

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.faults.hostile_portals import HOSTILE, RECORDS, healthy, portals
from benchmarks.faults.hostile_sources import by_command, by_worker, together
from hubsearch.work.lanes import SHARE, Lanes, fetches_by_memory

BAD = ("hang", "half", "drip")
BUDGET = 8.0


@pytest.mark.slow
@pytest.mark.parametrize("way", [by_command, by_worker])
def test_healthy_sources_do_not_wait_for_hostile_ones(tmp_path: Path, way: object) -> None:
    """More hostile sources than fit in front, first in the file; the long form is
    `python -m benchmarks.faults.hostile_sources`."""
    answers = {f"bad-{name}": HOSTILE[name] for name in BAD}
    good = [f"good-{number}" for number in range(3)]
    answers |= dict.fromkeys(good, ("dcat-us", healthy))
    with portals(answers) as entries:
        for name in BAD:
            entries[f"bad-{name}"] |= {"run_budget": BUDGET, "request_timeout": BUDGET}
        watch = together(tmp_path / "hub", entries, way)[0]  # type: ignore[arg-type]
    hostile = [name for name in answers if name not in good]
    assert {watch.runs[name].status for name in good} == {"ok"}
    assert [watch.runs[name].added for name in good] == [RECORDS] * 3
    assert max(watch.landed_at[name] for name in good) < min(watch.landed_at[name] for name in hostile)
    assert {watch.runs[name].status for name in hostile} <= {"failed", "incomplete"}


def child(program: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program])


def looked_at(lanes: Lanes, process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether a fetch with this child leaves the front within so many seconds."""
    with lanes.place() as lane:
        deadline = time.monotonic() + seconds
        while lane.in_front and time.monotonic() < deadline:
            lane.look(process.pid)
            time.sleep(0.02)
        return not lane.in_front


def test_a_child_that_waits_leaves_the_front() -> None:
    process = child("import time; time.sleep(60)")
    assert looked_at(Lanes(4), process, 30)
    process.kill()
    process.wait()


def test_a_child_that_computes_stays_for_its_share_and_then_goes_on_at_a_lower_priority() -> None:
    process = child("while True: pass")
    before = os.getpriority(os.PRIO_PROCESS, process.pid)
    assert looked_at(Lanes(4), process, 50)
    assert os.getpriority(os.PRIO_PROCESS, process.pid) > before
    times = psutil.Process(process.pid).cpu_times()
    assert times.user + times.system >= SHARE
    process.kill()
    process.wait()


def test_a_child_that_is_gone_is_no_trouble() -> None:
    process = child("pass")
    process.wait()
    with Lanes(2).place() as lane:
        lane.look(process.pid)
        assert lane.in_front


def test_the_front_is_narrow_and_takes_those_who_came_first_first() -> None:
    lanes = Lanes(16)
    width = 2 * (os.cpu_count() or 1)
    inside: list[int] = []
    go_on = threading.Event()

    def fetch(number: int) -> None:
        with lanes.place():
            inside.append(number)
            go_on.wait(60)

    threads = []
    for number in range(width + 3):
        threads.append(threading.Thread(target=fetch, args=(number,)))
        threads[-1].start()
        time.sleep(0.05)
    assert inside == list(range(width))
    assert not lanes.has_room()
    go_on.set()
    for thread in threads:
        thread.join(60)
    assert sorted(inside) == list(range(width + 3))
    assert lanes.has_room()


def test_as_many_fetch_as_memory_has_room_for() -> None:
    assert 2 <= fetches_by_memory() <= 16
