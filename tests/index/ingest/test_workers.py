"""Mapping in other processes gives what mapping here gives, and leaves nothing behind."""

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from index.ingest import workers
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
        (0, None, 0),
        (1, None, 1),
        (WORTH_IT - 1, None, 1),
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


def map_and_loop(schema: str, payload: bytes) -> ToyMapped:
    """Never ends for one record, in code that nothing can interrupt."""
    if b'About r2"' in payload:
        re.match(r"(a|a)*b", "a" * 64)
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


@pytest.mark.parametrize(("wrong", "victim"), [(map_and_loop, "r2"), (map_and_die, "r9")])
def test_of_a_few_records_the_one_that_hangs_or_kills_costs_itself_alone(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch, wrong: Any, victim: str
) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 3.0)
    monkeypatch.setattr(workers, "ALONE", 3.0)
    feed = Feed(many(10))
    run = harvest(feed, mapper=replace(TOY, map_record=wrong, processes=None))
    assert (run.status, run.added, run.quarantined) == ("ok", 9, 1)
    assert [error.identifier for error in store.run_errors(run.id)] == [victim]


def test_what_is_mapped_to_be_recognised_can_hang_nobody_either(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "PATIENCE", 3.0)
    monkeypatch.setattr(workers, "ALONE", 3.0)
    harvest(Feed([record(f"s{n}") for n in range(9)]))
    renamed = [record(f"s{n}", f"About s{n}") for n in range(8)]
    run = harvest(
        Feed([*renamed, record("r2")]), 1, mapper=replace(TOY, map_record=map_and_loop, processes=None)
    )
    assert (run.status, run.unchanged, run.quarantined, run.missing) == ("ok", 8, 1, 1)


def test_a_temporary_folder_of_a_long_name_is_no_hindrance(tmp_path: Path) -> None:
    """A socket's path may have 108 bytes, and the server from which processes are forked wants one there."""
    folder = tmp_path / ("a-long-name-" * 12)
    folder.mkdir()
    program = """
from index.ingest.mapper import Mapper
from index.ingest.mapping_process import MappingProcess
from index.store.model import Source
if __name__ == "__main__":
    one = MappingProcess(Mapper.standard(), Source("town", "dcat-us", "https://x.example/", "Town"))
    one.send([])
    print(one.receive(60))
    one.close()
"""
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    environment = {
        **os.environ,
        "TMPDIR": str(folder),
        "PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path]),
    }
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


def map_and_always_die(schema: str, payload: bytes) -> ToyMapped:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_where_every_process_dies_the_run_ends_and_says_how(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "DEATHS", 3)
    run = harvest(Feed(MIXED), mapper=replace(TOY, map_record=map_and_always_die, processes=2))
    assert (run.status, run.slug, store.run(run.id).status) == ("failed", "no-mapping", "failed")
    assert re.search(r"4 mapping processes died.*\(exit code -9\)", run.reason)
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
