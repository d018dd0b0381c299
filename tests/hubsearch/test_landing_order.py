"""Runs land one at a time, the smallest first; a large one makes way in its middle."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from harvesters.portal import Portal as PortalEntry
from harvesters.spool import SpoolReader, SpoolWriter
from hubsearch import harvesting
from hubsearch.cli.progress import Silence
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import read_settings
from hubsearch.work.landing_order import PORTION, LandingOrder, Turn
from index.ingest import ingest
from index.query.model import SearchRequest
from index.store import Run, Source, Store
from mappings.source_record import RunStatement
from tests.index.ingest.support import NOW, TOY, record
from tests.portals import Answer, StaticPortal, feeds
from tests.portals.server import Seen

PATIENCE = 60


def test_the_smallest_that_waits_lands_next_and_of_equal_ones_the_first() -> None:
    order, landed = LandingOrder(), []

    def land(name: str, size: int) -> None:
        with order.turn(size):
            landed.append(name)

    threads = []
    with order.turn(1):
        for number, (name, size) in enumerate(
            {"large": 900, "small": 5, "middle": 70, "other": 70}.items(), 1
        ):
            threads.append(threading.Thread(target=land, args=(name, size)))
            threads[-1].start()
            wait_for(lambda number=number: len(order._waiting) == number)
        assert landed == []
    for thread in threads:
        thread.join(PATIENCE)
    assert landed == ["small", "middle", "other", "large"]


def test_who_lands_makes_way_for_smaller_ones_only() -> None:
    order, landed = LandingOrder(), []

    def land(size: int) -> None:
        with order.turn(size):
            landed.append(size)

    with order.turn(50) as turn:
        threads = [threading.Thread(target=land, args=(size,)) for size in (90, 7)]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(order._waiting) == 2)
        turn.make_way()
        assert landed == [7]
        turn.make_way()
        assert landed == [7]
    for thread in threads:
        thread.join(PATIENCE)
    assert landed == [7, 90]


def test_a_turn_that_fails_is_over() -> None:
    order = LandingOrder()
    try:
        with order.turn(1):
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    with order.turn(2):
        pass


class Held:
    """A turn that lets another run come in the middle of this one's reading, the first time."""

    def __init__(self, turn: Turn, come: Callable[[], None]) -> None:
        self._turn, self._come = turn, come
        self.read = 0

    def make_way(self) -> None:
        self.read += 1
        if self.read == 2 * RECORDS // PORTION - 1:  # read twice: this is at the end of the landing
            self._come()
        self._turn.make_way()


RECORDS = 20 * PORTION


def test_a_small_run_lands_in_the_middle_of_a_large_one_and_both_are_whole(tmp_path: Path) -> None:
    store, order = Store.open(f"sqlite:///{tmp_path / 'hub.sqlite3'}"), LandingOrder()
    runs: list[Run] = []
    small = threading.Thread(target=lambda: runs.append(landed(store, order, tmp_path, "small", 3)))

    def come() -> None:
        small.start()
        wait_for(lambda: len(order._waiting) == 1)
        with store.database.read() as connection:
            seen.append(connection.exec_driver_sql("SELECT count(*) FROM records").scalar_one())

    seen: list[int] = []
    runs.append(landed(store, order, tmp_path, "large", RECORDS, come))
    small.join(PATIENCE)
    assert [(run.source, run.status, run.added) for run in runs] == [
        ("small", "ok", 3), ("large", "ok", RECORDS),
    ]  # fmt: skip
    assert 0 < seen[0] < RECORDS
    assert sum(1 for _ in store.live_records()) == RECORDS + 3
    store.close()


def landed(
    store: Store,
    order: LandingOrder,
    folder: Path,
    name: str,
    number: int,
    come: Callable[[], None] | None = None,
) -> Run:
    """Land so many records of a source as its job does."""
    path = folder / name
    with SpoolWriter(path) as writer:
        for position in range(number):
            writer.write(record(f"r{position}", text="x" * 100))
        writer.close(RunStatement(complete=True))
    source = Source(name, "dcat-us", f"https://{name}.example/data.json", title=name, level="city")
    store.put_source(source)
    with order.turn(path.stat().st_size) as turn:
        spool = turn.reading(SpoolReader(path))
        if come:
            spool._turn = Held(turn, come)  # type: ignore[assignment]
        return ingest(store, source, spool, now=NOW, mapper=TOY)


class Hanging(StaticPortal):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__({"/data.json": Answer(feeds.body("late", 2))})
        self.let_go = threading.Event()

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        self.let_go.wait(PATIENCE)
        super().answer(handler, seen)


def test_what_has_landed_is_found_while_another_portal_still_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvesting, "FOLLOW_SECONDS", 0.1)
    found: list[int] = []

    def look(hub: Hub, hanging: Hanging) -> None:
        wait_for(lambda: hub.engine.watermark() > 0)
        found.append(hub.search.search(SearchRequest(hub.settings.now())).total)
        hanging.let_go.set()

    quick = StaticPortal({"/data.json": Answer(feeds.body("quick", 5))})
    with quick, Hanging() as hanging, open_hub(read_settings({"HUBSEARCH_HOME": str(tmp_path)})) as hub:
        looking = threading.Thread(target=look, args=(hub, hanging))
        looking.start()
        portals = [
            PortalEntry(name, "dcat-us", server.url, allow_private=True)
            for name, server in (("hanging", hanging), ("quick", quick))
        ]
        runs = harvesting.harvest(hub, portals, Silence())
        looking.join(PATIENCE)
        assert found == [5]
        assert [(run.source, run.added) for run in runs] == [("hanging", 2), ("quick", 5)]
        assert hub.search.search(SearchRequest(hub.settings.now())).total == 7


def test_an_ended_harvest_begins_no_further_fetch(tmp_path: Path) -> None:
    """Ended by hand while one portal hangs and twenty wait for their turn."""

    class Impatient(Silence):
        def said(self, message: str) -> None: ...
        def landed(self, run: Run) -> None:
            raise KeyboardInterrupt

    quick = StaticPortal({"/data.json": Answer(feeds.body("quick", 5))})
    with quick, Hanging() as hanging, open_hub(read_settings({"HUBSEARCH_HOME": str(tmp_path)})) as hub:
        servers = [quick, *[hanging] * 20]
        portals = [
            PortalEntry(f"p{number}", "dcat-us", server.url, allow_private=True, take_turns=False)
            for number, server in enumerate(servers)
        ]
        with pytest.raises(KeyboardInterrupt):
            harvesting.harvest(hub, portals, Impatient())
        asked = len(hanging.seen)
        assert not hub.leases._held
        assert asked < 20


def wait_for(what: Callable[[], bool]) -> None:
    """Until something is so that another thread brings about."""
    event = threading.Event()
    for _ in range(PATIENCE * 100):
        if what():
            return
        event.wait(0.01)
    raise AssertionError("it did not come about")
