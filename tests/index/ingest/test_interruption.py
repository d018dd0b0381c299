"""A process may die at any point: what was committed stays, the next harvest does the rest."""

import multiprocessing
import signal
import sqlite3

import pytest
from sqlalchemy import event

from index.ingest import ingest
from index.ingest.landing import Landing
from index.ingest.run_input import RunInput
from index.store import Store, StoreError
from index.store.errors import Fenced
from tests.index.conftest import Migrated
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import (
    SOURCE,
    TOY,
    Feed,
    days,
    die_in_transaction,
    dump,
    many,
    numbers,
    record,
)

BEFORE = [record(f"r{n}", "Old") for n in range(2000)]
AFTER = [
    *(record(f"r{n}", "New") for n in range(1000)),
    *BEFORE[1000:1900],
    *(record(f"s{n}") for n in range(800)),
    record("bad", refuse="no title"),
]


def harvest_and_die(url: str, transactions: int) -> None:
    """Harvest `AFTER`, and be killed within the write transaction of that number."""
    store = Store.open(url)
    die_in_transaction(transactions)
    ingest(store, SOURCE, Feed(AFTER), now=days(1), mapper=TOY)


@pytest.mark.parametrize("transactions", [1, 3, 5, 6, 7])
def test_killed_anywhere_a_harvest_converges_when_run_again(migrated: Migrated, transactions: int) -> None:
    urls = [migrated(), migrated()]
    for url in urls:
        store = Store.open(url)
        store.put_source(SOURCE)
        ingest(store, SOURCE, Feed(BEFORE), now=days(0), mapper=TOY)
        store.close()
    spawn = multiprocessing.get_context("spawn")
    process = spawn.Process(target=harvest_and_die, args=(urls[0], transactions))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL

    killed, whole = Store.open(urls[0]), Store.open(urls[1])
    assert [run.status for run in killed.runs()] == ["running", "ok"]
    run = ingest(killed, SOURCE, Feed(AFTER), now=days(2), mapper=TOY)
    expected = ingest(whole, SOURCE, Feed(AFTER), now=days(2), mapper=TOY)
    assert [(r.status, r.slug) for r in killed.runs()] == [("ok", ""), ("failed", "interrupted"), ("ok", "")]
    assert "next harvest" in killed.run("2").reason
    assert run.fetched == expected.fetched == 2701
    assert run.added + run.updated <= expected.added + expected.updated == 1800
    assert state(killed) == state(whole)
    assert dump(killed)["quarantine"][0].identifier == "bad"
    assert ingest(killed, SOURCE, Feed(AFTER), now=days(8.5), mapper=TOY).deleted == 0
    assert ingest(killed, SOURCE, Feed(AFTER), now=days(9), mapper=TOY).deleted == 100
    killed.close()
    whole.close()


def state(store: Store) -> list[tuple[object, ...]]:
    """What a reader sees."""
    return [(r.id, r.identifier, r.dataset, r.missing_since, r.deleted_at) for r in store.live_records()]


def test_an_error_in_the_middle_is_a_failed_run_and_is_raised(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(Feed(many(10)))

    def die(self: Landing, *, at_once: bool) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(Landing, "remove", die)
    with pytest.raises(StoreError, match="disk is full"):
        harvest(Feed(many(9)), 1)
    assert (store.run("2").status, store.run("2").slug) == ("failed", "interrupted")
    assert "the disk is full" in store.run("2").reason


@pytest.mark.parametrize("store_kind", ["sqlite"])
def test_a_full_disk_stops_the_run_and_the_next_one_does_the_rest(store: Store, harvest: Harvest) -> None:
    def shrink(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    harvest(Feed(many(10)))
    with store.database.read() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar() + 200
    engine = store.database._engine
    event.listen(engine, "connect", shrink)
    engine.dispose()
    with pytest.raises(StoreError, match="the disk is full; free some space"):
        harvest(Feed(many(5000)), 1)
    assert 10 < store.record_counts()["town"] < 5000
    event.remove(engine, "connect", shrink)
    engine.dispose()
    run = harvest(Feed(many(5000)), 2)
    assert (run.status, run.added + run.unchanged) == ("ok", 5000)
    assert store.run("2").slug == "interrupted"
    assert store.record_counts() == {"town": 5000}


FULL = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM contents) > 2000 THEN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
        END IF;
        RETURN NULL;
    END $$;
    CREATE TRIGGER full_disk AFTER INSERT ON contents EXECUTE FUNCTION full_disk();
"""


@pytest.mark.parametrize("store_kind", ["newest"])
def test_a_server_whose_disk_is_full_stops_the_run_and_the_next_one_does_the_rest(
    store: Store, harvest: Harvest
) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql(FULL)
    with pytest.raises(StoreError, match="the server's disk is full; free some space"):
        harvest(Feed(many(5000)))
    assert store.record_counts() == {"town": 2000}
    assert store.run("1").slug == "interrupted"
    with store.database.write() as connection:
        connection.exec_driver_sql("DROP TRIGGER full_disk ON contents")
    run = harvest(Feed(many(5000)), 1)
    assert (run.status, run.added, run.unchanged) == ("ok", 3000, 2000)


def test_what_an_unfinished_run_called_missing_is_not(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(Feed(many(10)))
    monkeypatch.setattr("index.ingest.flow.write_account", die_at_the_account)
    with pytest.raises(KeyboardInterrupt):
        harvest(Feed(many(9)), 1)
    assert all(r.missing_since is None for r in store.live_records())
    monkeypatch.undo()
    assert numbers(harvest(Feed(many(9)), 9)) == {"fetched": 9, "unchanged": 9, "missing": 1}


def die_at_the_account(*_: object) -> None:
    raise KeyboardInterrupt


class Torn(Feed):
    """A spool that breaks off after some records, at the first or at a later reading."""

    def __init__(self, items: list[object], whole_readings: int) -> None:
        super().__init__(items)
        self.whole_readings = whole_readings

    def records(self):
        yield from self.items[:5]
        if self.whole_readings == 0:
            raise ValueError("the frame is damaged")
        self.whole_readings -= 1
        yield from self.items[5:]


@pytest.mark.parametrize(("whole_readings", "landed"), [(0, 0), (1, 0), (2, 10)])
def test_a_spool_that_cannot_be_read_is_a_failed_run(
    store: Store, harvest: Harvest, whole_readings: int, landed: int
) -> None:
    spool: RunInput = Torn(many(10), whole_readings)
    run = harvest(spool)
    assert len(list(store.live_records())) == landed
    if landed:
        assert run.status == "ok"
    else:
        assert (run.status, run.slug) == ("failed", "unreadable-input")
        assert "the frame is damaged; harvest again" in run.reason
        assert store.run(run.id).reason == run.reason


class Shrinking(Feed):
    """A spool that holds less at the second reading."""

    def records(self):
        items, self.items = self.items, self.items[:3]
        return iter(items)


def test_a_spool_that_shrinks_between_readings_is_a_failed_run(store: Store, harvest: Harvest) -> None:
    run = harvest(Shrinking(many(10)))
    assert (run.status, run.slug) == ("failed", "unreadable-input")


def test_a_run_that_was_taken_over_writes_nothing_more(store: Store, harvest: Harvest) -> None:
    class Slow(Feed):
        """A feed during whose mapping another harvest of the source begins."""

        readings = 0

        def records(self):
            self.readings += 1
            if self.readings == 2:
                harvest(Feed(many(3)), 1)
            return iter(self.items)

    with pytest.raises(Fenced, match="another process"):
        harvest(Slow(many(10)))
    assert [(run.status, run.slug) for run in store.runs()] == [("ok", ""), ("failed", "interrupted")]
    assert len(list(store.live_records())) == 3
