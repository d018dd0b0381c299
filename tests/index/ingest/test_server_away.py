"""PostgreSQL goes away in the middle of a run: the run waits for it, and nothing is lost or written twice."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any

import psycopg
import pytest
from sqlalchemy import event

from index.ingest import ingest
from index.store import Run, Store, runs
from index.store.errors import StoreAway
from index.store.retry import retried
from tests.index.conftest import Migrated
from tests.index.ingest.support import SOURCE, TOY, Feed, days, dump, many, numbers, record
from tests.servers.postgres import PostgresServer, newest

BEFORE = [*many(2500, keywords=["a"], views=5), record("gone"), record("refused", refuse="no title")]
AFTER = [
    *many(900, keywords=["a"], views=6),
    *(record(f"r{n}", f"Revised {n}", keywords=["b"]) for n in range(900, 2500)),
    *(record(f"s{n}", keywords=["c"]) for n in range(1500)),
    record("s1", "a duplicate"),
    record("refused", "mended"),
    record("crashing", crash="boom"),
]
EAGER = replace(SOURCE, grace_days=0)


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with PostgresServer(newest()) as running:
        yield running


@pytest.fixture
def store_kind() -> str:
    return "newest"


def three_harvests(store: Store, disturbed: Callable[[], Any] | None = None) -> list[Run]:
    """The first, one with changes of every kind while the server is disturbed, and one that removes."""
    store.put_source(EAGER)
    done = [ingest(store, EAGER, Feed(BEFORE), now=days(0), mapper=TOY)]
    with disturbed() if disturbed else _in_peace():
        done.append(ingest(store, EAGER, Feed(AFTER), now=days(1), mapper=TOY))
        done.append(ingest(store, EAGER, Feed(AFTER), now=days(2), mapper=TOY))
    return done


@contextmanager
def _in_peace() -> Iterator[None]:
    yield


def assert_the_same(store: Store, done: list[Run], undisturbed: Store) -> None:
    expected = three_harvests(undisturbed)
    assert [(run.status, numbers(run), run.issues) for run in done] == [
        (run.status, numbers(run), run.issues) for run in expected
    ]
    assert [run.status for run in store.runs()] == ["ok", "ok", "ok"]
    assert [replace(store.run(run.id), seconds=0, finished=None) for run in done] == [
        replace(run, seconds=0, finished=None) for run in done
    ]
    for run, other in zip(done, expected, strict=True):
        assert (run.step, store.run_errors(run.id)) == (other.step, undisturbed.run_errors(other.id))
    # Of runs whose number was reserved and not used, only the number is missed.
    by_order = {run.id: str(place) for place, run in enumerate(done, 1)}
    assert [by_order[r.run] for r in store.live_records()] == [r.run for r in undisturbed.live_records()]
    ours, theirs = dump(store), dump(undisturbed)
    for name in ("clusters", "contents", "facet_labels", "change_counter"):
        assert ours[name] == theirs[name], name


@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_server_that_ends_in_the_middle_of_transactions_is_waited_for(
    server: PostgresServer, migrated: Migrated, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    take_step, steps = runs.take_step, count()
    starts: list[threading.Timer] = []

    def end_the_server(*words: Any, **more: Any) -> bool:
        taken = take_step(*words, **more)
        if next(steps) in {0, 3, 4, 9}:  # the fourth time in the attempt that follows the third
            for start in starts:
                start.join()  # it is up, but who started it may still be asking
            getattr(server, how)()
            starts.append(threading.Timer(0.2, server.start))
            starts[-1].start()
        return taken

    @contextmanager
    def disturbed() -> Iterator[None]:
        monkeypatch.setattr(runs, "take_step", end_the_server)
        yield
        monkeypatch.undo()

    with fresh(server) as store:
        done = three_harvests(store, disturbed)
        undisturbed = Store.open(migrated())
        assert_the_same(store, done, undisturbed)
        undisturbed.close()
    assert next(steps) > 15


def test_a_commit_whose_answer_is_lost_is_not_carried_out_twice(
    server: PostgresServer, migrated: Migrated
) -> None:
    """Every transaction that writes is committed, and its connection cut before the answer; once each."""
    with fresh(server) as store:
        engine = store.database._engine
        commit, cut, lost = engine.dialect.do_commit, set[int](), [0]

        def lose_the_answer(pooled: Any) -> None:
            connection: psycopg.Connection[Any] = pooled.driver_connection
            writes = not connection.read_only
            commit(pooled)
            turn = lost[0]
            lost[0] += 1
            if writes and turn % 2 == 0:
                cut.add(turn)
                connection.close()
                raise psycopg.OperationalError("server closed the connection unexpectedly")

        @contextmanager
        def disturbed() -> Iterator[None]:
            engine.dialect.do_commit = lose_the_answer
            yield
            engine.dialect.do_commit = commit

        done = three_harvests(store, disturbed)
        assert len(cut) > 10
        undisturbed = Store.open(migrated())
        assert_the_same(store, done, undisturbed)
        undisturbed.close()


def test_a_server_that_stays_away_ends_the_run_and_the_next_one_does_the_rest(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh(server) as store:
        take_step, steps = runs.take_step, count()

        def stop_in_the_middle(*words: Any, **more: Any) -> bool:
            taken = take_step(*words, **more)
            if next(steps) == 3:
                server.kill()
            return taken

        monkeypatch.setattr(runs, "take_step", stop_in_the_middle)
        for module in ("index.store.database", "index.ingest.writes"):
            monkeypatch.setattr(f"{module}.retried", impatient)
        store.put_source(SOURCE)
        try:
            with pytest.raises(StoreAway, match="server"):
                ingest(store, SOURCE, Feed(BEFORE), now=days(0), mapper=TOY)
        finally:
            server.start()
        monkeypatch.undo()
        assert [run.status for run in store.runs()] == ["running"]
        run = ingest(store, SOURCE, Feed(BEFORE), now=days(1), mapper=TOY)
        assert (run.status, run.added, run.unchanged) == ("ok", 1001, 1500)
        assert [run.slug for run in store.runs()] == ["", "interrupted"]


def test_a_long_list_goes_on_when_the_server_is_back(server: PostgresServer) -> None:
    with fresh(server) as store:
        store.put_source(SOURCE)
        ingest(store, SOURCE, Feed(many(1600)), now=days(0), mapper=TOY)
        heads = store.heads()
        listed = [next(heads)]
        server.kill()
        threading.Timer(0.5, server.start).start()
        listed += heads
        server.restart()
        assert [head.id for head in listed] == [record.id for record in store.live_records()]
        assert len(listed) == 1600


def test_a_question_of_the_index_waits_and_a_visitor_s_does_not(server: PostgresServer) -> None:
    with fresh(server) as store:
        server.stop()
        with pytest.raises(StoreAway):
            store.last_sequence()
        back = threading.Timer(0.5, server.start)
        back.start()
        assert store.patient().last_sequence() == 0
        back.join()


def test_a_plan_that_is_cut_off_is_made_anew(server: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with fresh(server) as store:
        store.put_source(SOURCE)
        ingest(store, SOURCE, Feed(many(4500)), now=days(0), mapper=TOY)
        asked = count()

        def cut(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            if "quarantine" in statement and next(asked) == 0:
                server.restart()

        event.listen(store.database._engine, "before_cursor_execute", cut)
        run = ingest(store, SOURCE, Feed(many(4500)), now=days(1), mapper=TOY)
        assert numbers(run) == {"fetched": 4500, "unchanged": 4500}
        assert next(asked) >= 2


@contextmanager
def fresh(server: PostgresServer) -> Iterator[Store]:
    """An empty store on a server of this module's own, which may be stopped."""
    from tests.index.stores import at, create, drop

    name = create(server.url())
    store = Store.open(at(server.url(), name))
    yield store
    store.close()
    drop(server.url(), name)


def impatient(attempt: Callable[[], Any], patience: float) -> Any:
    return retried(attempt, min(patience, 0.2))
