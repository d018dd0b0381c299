"""A store is copied into another database, and everything in it is there and goes on."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from index.engines.protocol import Refused
from index.ingest import approve, ingest
from index.store import Store, StoreError, feeds, moving
from index.store.database import Database
from index.store.moving import move
from index.store.schema import (
    clusters,
    former_identifiers,
    jobs,
    metadata,
    records,
    runs,
    sources,
    validators,
)
from tests.conftest import postgres_server
from tests.index.ingest.support import FEED, NOW, SOURCE, TOY, Feed, days, many, numbers, record
from tests.index.stores import Templates, copied

EAGER = replace(SOURCE, grace_days=0)
OTHER = replace(SOURCE, id="county", title="Zürich & Söhne", jurisdiction="County")

Place = Callable[[str], str]
"""A kind of database → the URL of an empty store there."""


@pytest.fixture
def place(tmp_path: Path, run_folder: Path, store_templates: Templates) -> Iterator[Place]:
    made: list[str] = []
    with ExitStack() as until_the_end:

        def make(kind: str) -> str:
            made.append(kind)
            if kind == "sqlite":
                return f"sqlite:///{tmp_path / f'place{len(made)}.sqlite'}"
            server = postgres_server(run_folder, kind)
            return until_the_end.enter_context(copied(server, store_templates(server)))

        yield make


def fill(store: Store) -> None:
    """Something in every table: tombstones, a held run and one removed with its source, leases, a feed."""
    store.put_source(EAGER)
    for items in (FEED, FEED[1:], FEED[1:]):
        ingest(store, EAGER, Feed(items), now=days(0), mapper=TOY)
    held = ingest(store, EAGER, Feed([]), now=days(1), spool_path=Path("/spool/7"), mapper=TOY)
    assert held.status == "held"
    for source in (OTHER, replace(SOURCE, id="gone")):
        store.put_source(source)
        ingest(store, source, Feed([*many(3), record("big", text="x" * 3_000_000)]), now=days(1), mapper=TOY)
    store.remove_source("gone")
    store.note_refused([Refused("c1", 7, "too long")], ["c1"])
    lease = {
        "owner": "w",
        "token": 3,
        "attempts": 1,
        "leased_at": NOW,
        "lease_until": NOW + timedelta(days=1),
    }
    feeds.put(store.database, "data.json", BytesIO(b"x" * 2_500_000), {"datasets": 3}, now=NOW, before=None)
    with store.database.write() as connection:
        connection.execute(insert(jobs), {"name": "harvest:town", "due_at": NOW, **lease})
        some = connection.execute(
            select(records.c.id).where(records.c.source == EAGER.id).limit(1)
        ).scalar_one()
        renamed = {"source": EAGER.id, "identifier": "before", "record": some, "run": 1}
        connection.execute(insert(former_identifiers), renamed)
        known = {
            "source": EAGER.id,
            "entry": "e",
            "url": "https://example.gov/data.json",
            "etag": '"1"',
            "run": 1,
        }
        connection.execute(insert(validators), known)


def rows(store: Store) -> dict[str, list[Any]]:
    with store.database.read() as connection:
        return {
            table.name: sorted(connection.execute(select(table)).all(), key=repr)
            for table in metadata.sorted_tables
        }


@pytest.mark.parametrize(
    ("here", "there"),
    [("sqlite", "newest"), ("newest", "sqlite"), ("sqlite", "oldest"), ("oldest", "newest")],
)
def test_every_row_of_every_table_arrives_and_the_hub_goes_on(place: Place, here: str, there: str) -> None:
    source, target = Store.open(place(here)), Database.connect(place(there))
    fill(source)
    told: list[tuple[str, int]] = []
    done = move(source.database, target, lambda table, number: told.append((table, number)))
    moved = Store(target)
    before, after = rows(source), rows(moved)
    (job,) = after.pop("jobs")
    assert (job.name, job.due_at, job.token, job.owner, job.lease_until) == (
        "harvest:town", NOW, 3, None, None,
    )  # fmt: skip
    before.pop("jobs")
    assert after == before
    assert {name: table.rows for name, table in done.items()} == {n: len(r) for n, r in before.items()} | {
        "jobs": 1
    }
    assert {table for table, _ in told} == set(done)  # nothing was empty
    mark = moved.last_sequence()
    run = ingest(moved, OTHER, Feed(many(3)), now=days(2), mapper=TOY)
    assert (numbers(run), run.id) == ({"fetched": 3, "unchanged": 3, "missing": 1}, "7")
    assert moved.last_sequence() == mark == source.last_sequence()
    assert approve(moved, "4", Feed([]), now=days(3), mapper=TOY).deleted == 701
    for store in (source, moved):
        store.close()


def test_nul_characters_that_only_one_database_can_hold_are_left_out(place: Place) -> None:
    source, target = Store.open(place("sqlite")), Database.connect(place("newest"))
    source.put_source(OTHER)
    with source.database.write() as connection:  # as an earlier version may have
        connection.execute(sources.update().values(title="Zürich \0 & Söhne"))
    move(source.database, target)
    assert Store(target).source("county").title == "Zürich  & Söhne"
    source.close()
    target.close()


def test_a_copy_that_is_killed_leaves_an_empty_place_and_can_be_made_again(place: Place) -> None:
    for kind in ("newest", "sqlite"):
        here, there = place("sqlite"), place(kind)
        source = Store.open(here)
        fill(source)
        process = multiprocessing.get_context("spawn").Process(target=move_and_die, args=(here, there))
        process.start()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        half = Store.open(there)
        assert (half.sources(), half.last_sequence()) == ([], 0)
        done = move(source.database, half.database)
        assert done["records"].rows == 705
        half.close()
        source.close()


def move_and_die(here: str, there: str) -> None:
    """Copy, and be killed when two thirds of the contents are written."""

    def die(table: str, number: int) -> None:
        if table == "contents" and number >= 500:
            os.kill(os.getpid(), signal.SIGKILL)

    move(Database.connect(here), Database.connect(there), die)


def test_a_place_that_holds_something_is_refused(place: Place) -> None:
    source, target = Store.open(place("sqlite")), Store.open(place("newest"))
    fill(source)
    target.put_source(SOURCE)
    with pytest.raises(StoreError, match=r"holds something already \(\w+\); name an empty one"):
        move(source.database, target.database)
    assert [one.id for one in target.sources()] == ["town"]
    with pytest.raises(StoreError, match="this hub's store already"):
        move(source.database, source.database)
    source.close()
    target.close()


def test_a_harvest_under_way_is_waited_for(place: Place) -> None:
    source, target = Store.open(place("sqlite")), Store.open(place("newest"))
    fill(source)
    with source.database.write() as connection:
        connection.execute(runs.update().where(runs.c.id == 2).values(status="running"))
    with pytest.raises(StoreError, match="run 2 of town"):
        move(source.database, target.database)
    assert target.sources() == []
    source.close()
    target.close()


def test_a_store_that_is_written_to_meanwhile_is_not_half_copied(place: Place) -> None:
    source, target = Store.open(place("sqlite")), Store.open(place("newest"))
    fill(source)

    def harvest_meanwhile(table: str, _: int) -> None:
        if table == "facet_labels":
            ingest(source, EAGER, Feed([record("late")]), now=days(1), mapper=TOY)

    with pytest.raises(StoreError, match="was written to while it was copied"):
        move(source.database, target.database, harvest_meanwhile)
    assert target.sources() == []
    source.close()
    target.close()


def test_what_is_written_is_read_back_before_it_counts(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    source, target = Store.open(place("sqlite")), Store.open(place("newest"))
    fill(source)
    put = moving.put

    def lose_one(connection: Any, table: Any, rows: list[dict[str, Any]]) -> None:
        put(connection, table, rows[:-1] if table is clusters else rows)

    monkeypatch.setattr(moving, "put", lose_one)
    with pytest.raises(StoreError, match=r"of the table clusters \d+ rows were written for \d+ that"):
        move(source.database, target.database)
    assert target.last_sequence() == 0
    monkeypatch.undo()
    move(source.database, target.database)
    assert target.last_sequence() == source.last_sequence()
    source.close()
    target.close()
