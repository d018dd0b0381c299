"""Leases: one job, one holder, by the database's clock; whoever lost his writes nothing more."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from index.ingest import ingest
from index.store import Run, Source, Store, jobs
from index.store.errors import LeaseLost
from index.store.leases import Lease, Outcome
from tests.index.ingest.support import SOURCE, TOY, Feed, many

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = [f"harvest:town-{number}" for number in range(40)]


def held(lease: Lease | None) -> Lease:
    assert lease is not None
    return lease


def fence(lease: Lease) -> Callable[..., None]:
    return lambda connection: jobs.hold_on(connection, lease)


def claim_until_none(url: str, owner: str, start: float, queue: "multiprocessing.Queue[list[str]]") -> None:
    store = Store.open(url)
    time.sleep(max(0, start - time.time()))
    got = []
    while lease := store.jobs.claim(NAMES, owner, now=NOW, seconds=60):
        got.append(lease.name)
    queue.put(got)
    store.close()


def test_eight_processes_at_once_never_share_a_job(store: Store, store_url: str) -> None:
    store.jobs.plan(dict.fromkeys(NAMES, NOW))
    spawn = multiprocessing.get_context("spawn")
    queue: multiprocessing.Queue[list[str]] = spawn.Queue()
    start = time.time() + 3
    processes = [
        spawn.Process(target=claim_until_none, args=(store_url, f"host:{number}:x", start, queue))
        for number in range(8)
    ]
    for process in processes:
        process.start()
    shares = [queue.get(timeout=120) for _ in processes]
    for process in processes:
        process.join()
    assert Counter(name for share in shares for name in share) == Counter(NAMES)
    assert all(job.owner and job.leased and job.token == 1 for job in store.jobs.every())


def test_the_job_due_for_longest_comes_first_and_none_before_its_time(store: Store) -> None:
    store.jobs.plan(
        {
            "harvest:a": NOW - timedelta(hours=1),
            "harvest:b": NOW - timedelta(hours=2),
            "harvest:later": NOW + timedelta(seconds=1),
            "harvest:never": None,
            "harvest:not-mine": NOW - timedelta(days=9),
        }
    )
    mine = ["harvest:a", "harvest:b", "harvest:later", "harvest:never"]
    claimed = [store.jobs.claim(mine, "me:1:x", now=NOW, seconds=60) for _ in range(3)]
    assert [lease.name if lease else None for lease in claimed] == ["harvest:b", "harvest:a", None]


def test_a_plan_brings_a_due_time_forward_and_never_back(store: Store) -> None:
    for due, expected in [
        (NOW, NOW),
        (NOW + timedelta(days=1), NOW),
        (NOW - timedelta(days=1), NOW - timedelta(days=1)),
        (None, None),
        (NOW, NOW),
    ]:
        store.jobs.plan({"harvest:a": due})
        assert store.jobs.get("harvest:a").due_at == expected


def test_a_lease_ends_by_the_databases_clock_and_the_next_has_a_higher_token(store: Store) -> None:
    first = held(store.jobs.take("index", "one:1:x", seconds=0.3))
    assert store.jobs.take("index", "two:2:x", seconds=60) is None
    deadline = time.monotonic() + 20
    while (second := store.jobs.take("index", "two:2:x", seconds=60)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert second.token == first.token + 1
    assert store.jobs.renew([first, second]) == [first]
    assert not store.jobs.finish(first, Outcome())
    assert not store.jobs.give_back(first)
    assert store.jobs.get("index").owner == "two:2:x"


def test_a_renewed_lease_goes_on(store: Store) -> None:
    lease = held(store.jobs.take("index", "one:1:x", seconds=1.5))
    for _ in range(5):
        time.sleep(0.5)
        assert store.jobs.renew([lease]) == []
    assert store.jobs.take("index", "two:2:x", seconds=60) is None


def test_what_came_of_a_job_is_kept_and_failures_are_counted(store: Store) -> None:
    store.jobs.plan({"harvest:a": NOW})

    def take() -> Lease:
        return held(store.jobs.claim(["harvest:a"], "me:1:x", now=NOW, seconds=60))

    assert take().attempts == 1
    store.jobs.expire(store.jobs.get("harvest:a"))  # its holder died, which is no failure of the job
    second = take()
    assert second.attempts == 1
    store.jobs.finish(second, Outcome(NOW, second.attempts, trouble="the portal is down"))
    job = store.jobs.get("harvest:a")
    assert (job.attempts, job.trouble, job.done_at, job.owner) == (1, "the portal is down", None, None)
    third = take()
    assert third.attempts == 2
    store.jobs.give_back(third)
    assert (store.jobs.get("harvest:a").attempts, store.jobs.get("harvest:a").due_at) == (1, NOW)
    store.jobs.finish(take(), Outcome(NOW + timedelta(days=1), done_at=NOW))
    job = store.jobs.get("harvest:a")
    assert (job.attempts, job.trouble, job.done_at) == (0, None, NOW)
    assert job.due_at == NOW + timedelta(days=1)
    store.jobs.forget(held(store.jobs.take("harvest:a", "me:1:x", seconds=60)))
    assert store.jobs.every() == []


def test_a_lost_lease_writes_nothing_and_begins_no_run(store: Store) -> None:
    store.put_source(SOURCE)
    lost = held(store.jobs.take("harvest:town", "one:1:x", seconds=60))
    ingest(store.fenced(fence(lost)), SOURCE, Feed(many(3)), now=NOW, mapper=TOY)
    store.jobs.expire(store.jobs.get("harvest:town"))
    taker = held(store.jobs.take("harvest:town", "two:2:x", seconds=60))
    before = [run.id for run in store.runs()]
    with pytest.raises(LeaseLost, match="harvest:town ran out and went to two:2:x"):
        ingest(store.fenced(fence(lost)), SOURCE, Feed(many(5)), now=NOW, mapper=TOY)
    with pytest.raises(LeaseLost):
        store.fenced(fence(lost)).put_source(Source("other", "dcat-us", "https://example.gov"))
    assert [run.id for run in store.runs()] == before
    assert store.record_counts() == {"town": 3}
    assert ingest(store.fenced(fence(taker)), SOURCE, Feed(many(5)), now=NOW, mapper=TOY).added == 2


def test_a_lease_lost_in_the_middle_of_a_landing_ends_it_there(store: Store) -> None:
    store.put_source(SOURCE)
    lease = held(store.jobs.take("harvest:town", "one:1:x", seconds=60))

    class Slow(Feed):
        """A feed during whose second half somebody takes the source over."""

        readings = 0

        def records(self):
            self.readings += 1
            yield from self.items[:1500]
            if self.readings == 2:
                store.jobs.expire(store.jobs.get("harvest:town"))
                held(store.jobs.take("harvest:town", "two:2:x", seconds=60))
            yield from self.items[1500:]

    with pytest.raises(LeaseLost):
        ingest(store.fenced(fence(lease)), SOURCE, Slow(many(3000)), now=NOW, mapper=TOY)
    assert 0 < store.record_counts()["town"] <= 1500
    assert [run.status for run in store.runs()] == ["running"]
    again = ingest(store, SOURCE, Feed(many(3000)), now=NOW, mapper=TOY)
    assert again.added + again.unchanged == 3000
    assert [run.slug for run in store.runs()] == ["", "interrupted"]


def test_a_taker_waits_for_the_transaction_that_holds_on(any_postgres_url: str) -> None:
    """Between the question and the commit nobody can take the job over; the holder may renew it. (SQLite has
    one writer: nobody else writes in that time.)"""
    store = Store.open(any_postgres_url)
    lease = held(store.jobs.take("harvest:town", "one:1:x", seconds=0.2))
    with store.fenced(fence(lease)).database.write():
        time.sleep(0.4)
        assert not store.jobs.get("harvest:town").leased
        assert store.jobs.take("harvest:town", "two:2:x", seconds=60) is None
        assert store.jobs.renew([lease]) == []
    store.jobs.expire(store.jobs.get("harvest:town"))
    assert store.jobs.take("harvest:town", "two:2:x", seconds=60) is not None
    store.close()


def test_the_clock_of_the_database_is_the_present_and_to_the_microsecond(store: Store) -> None:
    lease = held(store.jobs.take("index", "one:1:x", seconds=30))
    job = store.jobs.get(lease.name)
    assert job.lease_until - job.leased_at == pytest.approx(timedelta(seconds=30), abs=timedelta(seconds=0.5))
    assert abs(job.leased_at - datetime.now(UTC)) < timedelta(seconds=30)
    if not store.database.is_postgres:
        with store.database.read() as connection:
            assert connection.execute(text("SELECT length(lease_until) FROM jobs")).scalar() == 26


def test_what_ends_with_a_run_is_true_exactly_when_the_run_has_ended(store: Store) -> None:
    store.put_source(SOURCE)
    lease = held(store.jobs.take("harvest:town", "one:1:x", seconds=60))
    fenced = store.fenced(lambda connection: jobs.hold_on(connection, lease))

    def die(connection: Connection, run: Run) -> None:
        jobs.finish(connection, lease, Outcome(done_at=NOW))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(fenced, SOURCE, Feed(many(3)), now=NOW, mapper=TOY, at_end=die)
    assert store.jobs.get("harvest:town").done_at is None
    assert [run.slug for run in store.runs()] == ["interrupted"]

    def give_back(connection: Connection, run: Run) -> None:
        jobs.finish(connection, lease, Outcome(done_at=NOW, trouble=run.status))

    ingest(fenced, SOURCE, Feed(many(3)), now=NOW, mapper=TOY, at_end=give_back)
    job = store.jobs.get("harvest:town")
    assert (job.done_at, job.owner, job.trouble) == (NOW, None, "ok")
    with store.database.write() as connection:
        jobs.hold_on(connection, lease, finished=True)  # the same transaction, tried again
        with pytest.raises(LeaseLost):
            jobs.hold_on(connection, lease)
    held(store.jobs.take("harvest:town", "two:2:x", seconds=60))
    with store.database.write() as connection, pytest.raises(LeaseLost):
        jobs.hold_on(connection, lease, finished=True)
