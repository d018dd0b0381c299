"""Several processes write at once: the change sequence has no gaps, ids stay unique, one run a source."""

import multiprocessing
import random
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from index.ingest import ingest
from index.ingest.writes import RunWrites
from index.store import Run, Store, changes, ids, write
from index.store.errors import Fenced
from index.store.ids import public_id
from index.store.schema import clusters
from tests.index.ingest.support import NOW, SOURCE, TOY, Feed, days, record

WRITERS = 8
RECORDS = 150


def renumber(url: str, writer: int) -> None:
    """Give numbers to random clusters, some of them other writers' too, again and again; every fifth
    transaction is given up at its end."""
    store = Store.open(url)
    chance = random.Random(writer)
    for _ in range(30):
        names = {f"c{chance.randrange(60)}" for _ in range(chance.randrange(1, 12))}
        give_up = chance.random() < 0.2

        def work(connection: object, names: set[str] = names, give_up: bool = give_up) -> None:
            changes.touch(connection, names)
            if give_up:
                raise GaveUpError

        try:
            store.database.transact(work)
        except GaveUpError:
            continue
    store.close()


class GaveUpError(Exception):
    pass


def harvest_source(url: str, writer: int) -> None:
    """Harvest a source of this writer's own, a few times; all share their identifiers and their keywords."""
    store = Store.open(url)
    source = replace(SOURCE, id=f"town{writer}")
    store.put_source(source)
    for turn in range(3):
        items = [
            record(f"r{n}", f"of {writer}, {turn}", keywords=[f"k{(n * 7 + writer) % 40}"])
            for n in range(RECORDS)
        ]
        random.Random(writer + turn).shuffle(items)
        run = ingest(store, source, Feed(items), now=days(turn), mapper=TOY)
        assert run.added + run.updated == RECORDS, run
    store.close()


class Follower(threading.Thread):
    """Reads the change sequence all the time, as the index does."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.store = Store.open(url)
        self.seen: list[int] = []
        self.latest: dict[str, int] = {}
        self.trouble: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            self.look()
        while self.look():
            pass
        self.store.close()

    def look(self) -> int:
        mark = self.seen[-1] if self.seen else 0
        last = self.store.last_sequence()
        found = self.store.changes_after(mark, 50)
        reached = found[-1].sequence if found else mark
        if reached < last and len(found) < 50:
            self.trouble.append(f"{last} was the last number, but nothing is seen after {reached}")
        for change in found:
            self.seen.append(change.sequence)
            self.latest[change.cluster_id] = change.sequence
        return len(found)


def at_once(work: Callable[[str, int], None], url: str) -> None:
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])  # so that the eight do not import everything eight times
    processes = [server.Process(target=work, args=(url, writer)) for writer in range(WRITERS)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * WRITERS


def follow_while_eight_write(store: Store, url: str, work: Callable[[str, int], None]) -> None:
    """A follower sees every change exactly once, in order."""
    follower = Follower(url)
    follower.start()
    try:
        at_once(work, url)
    finally:
        follower.ended.set()
        follower.join()
    assert follower.trouble == []
    assert follower.seen == sorted(set(follower.seen))
    with store.database.read() as connection:
        held = {row.id: row.sequence for row in connection.execute(clusters.select())}
    assert follower.latest == held
    assert store.last_sequence() == max(held.values())


def test_a_follower_misses_nothing_while_eight_give_numbers_and_some_take_them_back(
    store: Store, store_url: str
) -> None:
    follow_while_eight_write(store, store_url, renumber)


def test_a_follower_misses_nothing_of_eight_harvests_and_they_store_what_they_would_one_by_one(
    store: Store, store_url: str
) -> None:
    follow_while_eight_write(store, store_url, harvest_source)
    assert store.record_counts() == {f"town{writer}": RECORDS for writer in range(WRITERS)}
    assert {run.status for run in store.runs()} == {"ok"}
    assert store.last_sequence() == WRITERS * 3 * RECORDS
    named = [r.feed_identifier for r in store.live_records() if r.feed_identifier is not None]
    assert sorted(named) == sorted(f"r{n}" for n in range(RECORDS))
    assert sum(facet == "keyword" for facet, _ in store.facet_labels()) == 40


def test_two_sources_that_mint_one_id_at_once_both_get_one_of_their_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "public_id", lambda source, identifier: public_id("any", identifier, 2))
    monkeypatch.setattr(ids, "LENGTH", 2)
    sources = [replace(SOURCE, id=f"town{n}") for n in range(6)]
    meeting = threading.Barrier(len(sources), timeout=20)
    mint = write._mint_ids

    def mint_together(*words: object) -> list[str]:
        minted = mint(*words)
        if store.database.is_postgres and threading.current_thread() not in met:
            met.add(threading.current_thread())
            meeting.wait()  # all have looked which ids are free, and nobody has written
        return minted

    met: set[threading.Thread] = set()
    monkeypatch.setattr(write, "_mint_ids", mint_together)

    def harvest(source: object) -> None:
        store.put_source(source)
        feed = Feed([record(f"r{n}", f"of {source.id}") for n in range(20)])
        ingest(store, source, feed, now=NOW, mapper=TOY)

    threads = [threading.Thread(target=harvest, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.record_counts() == {source.id: 20 for source in sources}
    assert {run.status for run in store.runs()} == {"ok"}


def test_of_two_runs_that_begin_at_once_one_goes_on(store: Store) -> None:
    store.put_source(SOURCE)
    begun: list[RunWrites] = []

    def begin() -> None:
        run = Run(id="", source=SOURCE.id, status="running", started=NOW)
        begun.append(RunWrites.begin(store.database, run))

    threads = [threading.Thread(target=begin) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({writes.run.id for writes in begun}) == 6
    assert sorted(run.status for run in store.runs()) == ["failed"] * 5 + ["running"]
    going_on = 0
    for writes in begun:
        try:
            writes.write(lambda connection: None)
            going_on += 1
        except Fenced:
            continue
    assert going_on == 1


def test_a_take_over_and_a_late_batch_never_both_win(store: Store) -> None:
    """The zombie's batch is under way when its successor begins: the successor waits for it, and the next
    one is refused."""
    store.put_source(SOURCE)
    zombie = RunWrites.begin(store.database, Run(id="", source="town", status="running", started=NOW))
    inside, successor_asks = threading.Event(), threading.Event()
    order: list[str] = []

    def late(_: object) -> None:
        inside.set()
        successor_asks.wait(timeout=10)
        threading.Event().wait(0.3)
        order.append("late batch")

    def take_over() -> None:
        inside.wait(timeout=10)
        successor_asks.set()
        RunWrites.begin(store.database, Run(id="", source="town", status="running", started=days(1)))
        order.append("taken over")

    successor = threading.Thread(target=take_over)
    successor.start()
    zombie.write(late)
    successor.join()
    assert order == ["late batch", "taken over"]
    with pytest.raises(Fenced, match="ended by another process"):
        zombie.write(lambda connection: order.append("never"))
    assert order == ["late batch", "taken over"]


def test_a_source_removed_while_it_is_harvested_is_gone_whole(store: Store) -> None:
    store.put_source(SOURCE)

    class Slow(Feed):
        """A feed in the middle of whose second reading, when 1,000 records have landed, its source goes."""

        readings = 0

        def records(self):
            self.readings += 1
            for number, item in enumerate(self.items):
                if self.readings == 2 and number == 1100:
                    assert store.record_counts() == {"town": 1000}
                    assert store.remove_source("town") == 1000
                yield item

    feed = Slow([record(f"r{n}") for n in range(1500)])
    with pytest.raises(Fenced, match="removed"):
        ingest(store, SOURCE, feed, now=NOW, mapper=TOY)
    assert store.sources() == []
    assert list(store.heads()) == []
    assert store.runs() == []
