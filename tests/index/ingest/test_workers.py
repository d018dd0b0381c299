"""Mapping in other processes gives what mapping here gives, and leaves nothing behind."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from index.ingest import IngestError, workers
from index.ingest.workers import WORTH_IT, Workers, processes_for
from index.store import Store
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import SOURCE, TOY, Feed, ToyMapped, dump, many, map_toy, numbers, record

MIXED = [
    *many(1800, keywords=["x"], issue="slug"),
    record("bad", refuse="no title"),
    record("crash", crash="boom"),
    record(None),
    *(record(f"s{n}", version="2") for n in range(300)),
]


def test_processes_store_what_one_process_stores(tmp_path: Path, store: Store, harvest: Harvest) -> None:
    here = harvest(Feed(MIXED))
    before = dump(store)
    store.remove_source(SOURCE.id)
    there = harvest(Feed(MIXED), mapper=replace(TOY, processes=2))
    assert numbers(there) == numbers(here)
    assert there.issues == here.issues == {"slug": 1800}
    after = dump(store)
    assert after["contents"] == before["contents"]
    assert after["facet_labels"] == before["facet_labels"]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("changed", "asked", "expected"),
    [
        (WORTH_IT - 1, None, 0),
        (WORTH_IT, None, min(4, os.cpu_count() or 1)),
        (5, 2, 2),
        (10**6, 0, 0),
    ],
)
def test_processes_are_started_where_they_pay(changed: int, asked: int | None, expected: int) -> None:
    assert processes_for(changed, replace(TOY, processes=asked)) == expected


def map_and_die(schema: str, payload: bytes) -> ToyMapped:
    """Dies as a process does that the kernel kills for its memory."""
    if b"About s77" in payload or b"About r9" in payload:
        os.kill(os.getpid(), signal.SIGKILL)
    return map_toy(schema, payload)


def map_and_hang(schema: str, payload: bytes) -> ToyMapped:
    """Never ends for one record."""
    while b'About s7"' in payload:
        time.sleep(1)
    return map_toy(schema, payload)


def map_and_die_at_once(schema: str, payload: bytes) -> ToyMapped:
    """Dies here as it would elsewhere, so that the run is cut off; told where it may."""
    if b"poison" in payload and not multiprocessing.parent_process():
        raise KeyboardInterrupt
    if b"poison" in payload:
        os.kill(os.getpid(), signal.SIGSEGV)
    return map_toy(schema, payload)


def test_a_record_that_kills_the_process_costs_itself_alone(store: Store, harvest: Harvest) -> None:
    items = [*many(10), *(record(f"s{n}") for n in range(300))]
    run = harvest(Feed(items), mapper=replace(TOY, map_record=map_and_die, processes=2))
    assert numbers(run) == {"fetched": 310, "added": 308, "quarantined": 2}
    errors = {error.identifier: (error.slug, error.message) for error in store.run_errors(run.id)}
    assert set(errors) == {"s77", "r9"}
    assert errors["s77"] == (
        "mapping-failed",
        "mapping the record: the mapping process ended by itself (exit code -9)",
    )
    assert multiprocessing.active_children() == []


def test_a_record_whose_mapping_never_ends_costs_itself_alone(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 5.0)
    monkeypatch.setattr(workers, "ALONE", 5.0)
    items = [record(f"s{n}") for n in range(20)]
    run = harvest(Feed(items), mapper=replace(TOY, map_record=map_and_hang, processes=1))
    assert numbers(run) == {"fetched": 20, "added": 19, "quarantined": 1}
    assert [error.message for error in store.run_errors(run.id)] == [
        "mapping the record: it took more than 5 s and was ended"
    ]


def test_after_a_run_that_was_cut_off_records_are_mapped_where_they_can_kill_nobody(
    store: Store, harvest: Harvest
) -> None:
    feed = Feed([*many(5), record("poison")])
    mapper = replace(TOY, map_record=map_and_die_at_once, processes=None)
    with pytest.raises(KeyboardInterrupt):
        harvest(feed, mapper=mapper)
    run = harvest(feed, mapper=mapper)
    assert (run.status, run.added, run.quarantined) == ("ok", 5, 1)
    assert [error.identifier for error in store.run_errors(run.id)] == ["poison"]


def map_and_always_die(schema: str, payload: bytes) -> ToyMapped:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_where_every_process_dies_the_run_ends_and_says_how(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "DEATHS", 3)
    with pytest.raises(IngestError, match=r"4 mapping processes died.*\(exit code -9\)"):
        harvest(Feed(MIXED), mapper=replace(TOY, map_record=map_and_always_die, processes=2))
    assert store.run("1").status == "failed"
    assert multiprocessing.active_children() == []
    assert numbers(harvest(Feed(MIXED)))["fetched"] == len(MIXED)
    assert store.record_counts() == {"town": 2100}


def test_a_portion_larger_than_a_pipe_goes_through(harvest: Harvest) -> None:
    big = [record(f"r{n}", text="x" * 300_000) for n in range(30)]
    run = harvest(Feed(big), mapper=replace(TOY, processes=2))
    assert run.added == 30


PARENT = """
import time
from index.ingest.workers import Workers
from tests.index.ingest.support import SOURCE, TOY

if __name__ == "__main__":
    workers = Workers(TOY, SOURCE, 2)
    print(*(worker._process.pid for worker in workers._workers), flush=True)
    time.sleep(60)
"""


def test_the_processes_go_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, str(script)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    )
    assert parent.stdout is not None
    children = [int(word) for word in parent.stdout.readline().split()]
    assert len(children) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while any(alive(child) for child in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(child) for child in children)


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_leaving_in_the_middle_ends_the_processes() -> None:
    with Workers(TOY, SOURCE, 2) as workers:
        next(workers.map(iter([[]] * 5)))
    assert multiprocessing.active_children() == []
