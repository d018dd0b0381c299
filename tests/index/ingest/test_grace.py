"""A record vanishes only when two complete runs, far enough apart, lack it; and may come back as itself."""

from dataclasses import replace

import pytest

from index.store import Store, StoredRecord
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import SOURCE, Feed, cut, days, many, numbers, record

ALL = many(10)
LESS = ALL[1:]


def first(store: Store) -> StoredRecord:
    """The record that is left out of `LESS`."""
    head = next(head for head in store.heads() if head.identifier == "r0")
    return store.record(head.id)


def test_the_first_run_without_it_only_marks_it_missing(store: Store, harvest: Harvest) -> None:
    harvest(Feed(ALL))
    run = harvest(Feed(LESS), 1)
    assert numbers(run) == {"fetched": 9, "unchanged": 9, "missing": 1}
    assert (first(store).missing_since, first(store).deleted_at) == (days(1), None)
    assert len(list(store.live_records())) == 10


@pytest.mark.parametrize(("day", "gone"), [(2, False), (7.99, False), (8, True), (30, True)])
def test_the_second_run_removes_it_when_seven_days_have_passed(
    store: Store, harvest: Harvest, day: float, gone: bool
) -> None:
    harvest(Feed(ALL))
    harvest(Feed(LESS), 1)
    run = harvest(Feed(LESS), day)
    assert (run.missing, run.deleted) == (1, int(gone))
    assert first(store).deleted_at == (days(day) if gone else None)
    assert first(store).missing_since == days(1)
    assert first(store).last_seen == days(0)


def test_with_no_grace_the_second_complete_run_removes(store: Store, harvest: Harvest) -> None:
    source = replace(SOURCE, grace_days=0)
    harvest(Feed(ALL), 0, source=source)
    assert harvest(Feed(LESS), 0, source=source).deleted == 0
    assert harvest(Feed(LESS), 0, source=source).deleted == 1


def test_runs_in_between_neither_restart_nor_shorten_the_grace(store: Store, harvest: Harvest) -> None:
    harvest(Feed(ALL))
    for day in range(1, 8):
        assert harvest(Feed(LESS), day).deleted == 0
    assert harvest(Feed(LESS), 8).deleted == 1


@pytest.mark.parametrize("feed", [Feed(ALL), cut(ALL[:3])], ids=["complete", "incomplete"])
def test_a_return_restarts_the_grace(store: Store, harvest: Harvest, feed: Feed) -> None:
    harvest(Feed(ALL))
    harvest(Feed(LESS), 1)
    assert numbers(harvest(feed, 5)) == {"fetched": len(feed.items), "unchanged": len(feed.items)}
    assert first(store).missing_since is None
    assert harvest(Feed(LESS), 9).deleted == 0
    assert harvest(Feed(LESS), 15).deleted == 0
    assert harvest(Feed(LESS), 16).deleted == 1


def test_a_run_that_did_not_pass_is_no_second_run(store: Store, harvest: Harvest) -> None:
    harvest(Feed(ALL))
    harvest(Feed(LESS), 1)
    assert harvest(cut(LESS), 9).deleted == 0
    assert harvest(Feed(), 9).status == "held"
    assert harvest(Feed([*LESS, record(None)]), 9).deleted == 0
    assert first(store).deleted_at is None
    assert harvest(Feed(LESS), 9).deleted == 1


@pytest.mark.parametrize("title", ["About r0", "Another title"], ids=["as it was", "changed"])
def test_a_returning_tombstone_lives_under_its_id(store: Store, harvest: Harvest, title: str) -> None:
    harvest(Feed(ALL))
    harvest(Feed(LESS), 1)
    harvest(Feed(LESS), 8)
    grave = first(store)
    mark = store.last_sequence()
    run = harvest(Feed([record("r0", title), *LESS]), 9)
    assert numbers(run) == {"fetched": 10, "added": 1, "unchanged": 9}
    back = first(store)
    assert (back.id, back.dataset.title) == (grave.id, title)
    assert (back.deleted_at, back.missing_since, back.first_seen) == (None, None, days(0))
    assert [change.cluster_id for change in store.changes_after(mark, 10)] == [back.cluster_id]


def test_a_tombstone_that_returns_broken_stays_one(store: Store, harvest: Harvest) -> None:
    harvest(Feed(ALL))
    harvest(Feed(LESS), 1)
    harvest(Feed(LESS), 8)
    run = harvest(Feed([record("r0", refuse="no title"), *LESS]), 9)
    assert numbers(run) == {"fetched": 10, "unchanged": 9, "quarantined": 1}
    assert first(store).deleted_at == days(8)


def test_what_is_missing_counts_towards_the_guard_until_it_is_gone(store: Store, harvest: Harvest) -> None:
    harvest(Feed(ALL))
    assert harvest(Feed(ALL[3:]), 1).status == "ok"
    assert harvest(Feed(ALL[6:]), 2).status == "held"
    assert harvest(Feed(ALL[3:]), 8).deleted == 3
    assert harvest(Feed(ALL[6:]), 9).status == "ok"


def test_live_records_grow_by_what_was_added_and_shrink_by_what_was_deleted(
    store: Store, harvest: Harvest
) -> None:
    live = 0
    feeds = [ALL, LESS, ALL[2:], LESS, ALL[:7], ALL[:5], ALL, [*LESS, record("new")], ALL[3:], ALL[3:], ALL]
    for number, items in enumerate(feeds):
        run = harvest(Feed(items), number * 8)
        live += run.added - run.deleted if run.status == "ok" else 0
        assert live == len(list(store.live_records()))
