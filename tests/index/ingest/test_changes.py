"""Runs that ask for changes only: they add and update, and are silent about everything else."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.ingest import approve, ingest
from index.store import Run, Store
from mappings.source_record import CHANGES_ONLY, RunStatement, SourceRecord
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import SOURCE, TOY, Feed, days, many, numbers, record, titles


def changes(items: list[SourceRecord], **more: Any) -> Feed:
    said = {"complete": True, "slug": CHANGES_ONLY, "reason": "what has changed came", "changes_only": True}
    return Feed(items, RunStatement(**(said | more)))


def test_what_came_lands_and_the_rest_stays(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(100)))
    run = harvest(changes([record("r1", "Other"), record("new"), record("r2")]), 1)
    assert (run.status, run.slug, run.complete) == ("ok", "changes-only", False)
    assert numbers(run) == {"fetched": 3, "added": 1, "updated": 1, "unchanged": 1}
    assert len(titles(store)) == 101
    assert titles(store)["r1"] == "Other"
    assert "nothing counts as missing" in run.reason


@pytest.mark.parametrize(
    "feed",
    [
        changes([]),
        changes([record(None, "nameless")]),
        changes([record("refused", refuse="no title")]),
        changes([record(f"n{number}") for number in range(30)], complete=False, slug="page-missing"),
    ],
    ids=["nothing", "nameless", "refused", "new ones, incomplete"],
)
def test_no_guard_is_alarmed_by_how_little_came(store: Store, harvest: Harvest, feed: Feed) -> None:
    source = replace(SOURCE, expected_minimum=50)
    harvest(Feed(many(100)), source=source)
    run = harvest(feed, 30, source=source)
    assert run.status == ("ok" if feed.statement.complete else "incomplete")
    assert (run.missing, run.deleted) == (0, 0)
    assert set(titles(store)) >= {f"r{number}" for number in range(100)}


def test_a_run_of_changes_is_no_second_run_without_a_record(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(50)))
    assert harvest(Feed(many(49)), 1).missing == 1
    assert harvest(changes([]), 20).deleted == 0
    assert "r49" in titles(store)
    assert harvest(Feed(many(49)), 21).deleted == 1


def test_a_missing_record_that_is_among_the_changes_is_back(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(50)))
    harvest(Feed(many(49)), 1)
    harvest(changes([record("r49")]), 2)
    assert harvest(Feed(many(49)), 20).deleted == 0, "it begins anew"


def test_a_copy_under_another_name_renames_nothing(store: Store, harvest: Harvest) -> None:
    harvest(Feed([record("a", "Roads of the town", text="same")]))
    run = harvest(changes([record("b", "Roads of the town", text="same")]), 1)
    assert numbers(run) == {"fetched": 1, "added": 1}
    assert set(titles(store)) == {"a", "b"}


def test_the_quarantine_keeps_what_did_not_come(store: Store, harvest: Harvest) -> None:
    harvest(Feed([*many(9), record("refused", refuse="no title")]))
    harvest(changes([record("r1", "Other")]), 1)
    run = harvest(Feed([*many(9), record("refused", refuse="no title")]), 2)
    assert run.quarantined == 1


def test_last_seen_is_when_all_was_read(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(9)))
    run = harvest(changes([record("r1")]), 5)
    assert run.landed_at is None


def test_a_flood_of_changes_waits_and_approved_removes_nothing(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.ingest.guard.MANY", 20)
    monkeypatch.setattr("index.ingest.guard.GROWTH", 1)
    harvest(Feed(many(10)))
    feed = changes([record(f"n{number}") for number in range(40)])
    run = harvest(feed, 1)
    assert (run.status, run.slug) == ("held", "too-many-new")
    approve(store, run.id, feed, now=days(2), mapper=TOY)
    assert len(titles(store)) == 50


NAMES = [f"p{number}" for number in range(8)]
STEP = st.one_of(
    st.tuples(st.just("put"), st.sampled_from(NAMES), st.integers(0, 5)),
    st.tuples(st.just("delete"), st.sampled_from(NAMES), st.just(0)),
    st.tuples(st.just("harvest"), st.just(""), st.just(0)),
    st.tuples(st.just("fail"), st.just(""), st.just(0)),
)


class Portal:
    """Packages with their content and when it changed; time passes with every step."""

    def __init__(self) -> None:
        self.now = 0
        self.packages = dict.fromkeys(NAMES[:4], (0, 0))

    def put(self, name: str, content: int) -> None:
        self.packages[name] = (content, self.now)

    def feed(self, since: int = -1) -> Iterator[SourceRecord]:
        for name, (content, changed) in self.packages.items():
            if changed >= since:
                yield record(name, f"Package {name}, {content}")


def tried(store: Store, feed: Feed, day: float) -> Run:
    return ingest(store, SOURCE, feed, now=days(day), mapper=TOY)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, max_size=25))
def test_changes_and_a_sweep_come_to_the_same_as_a_full_run(
    steps: list[tuple[str, str, int]],
) -> None:
    stores = [Store.open("sqlite://"), Store.open("sqlite://")]
    try:
        by_changes, whole = stores
        for store in stores:
            store.put_source(SOURCE)
        portal = Portal()
        for store in stores:
            tried(store, Feed(list(portal.feed())), 0)
        since = 0
        for what, name, content in steps:
            portal.now += 1
            if what == "put":
                portal.put(name, content)
            elif what == "delete":
                portal.packages.pop(name, None)
            elif what == "harvest":
                before = set(titles(by_changes))
                tried(by_changes, changes(list(portal.feed(since))), portal.now / 100)
                assert before <= set(titles(by_changes)), "nothing is ever removed"
                for name_, (content_, _) in portal.packages.items():
                    assert titles(by_changes)[name_] == f"Package {name_}, {content_}"
            else:
                some = list(portal.feed(since))[:1]
                tried(by_changes, changes(some, complete=False, slug="page-missing"), portal.now / 100)
        for day in (10, 20):
            for store in stores:
                tried(store, Feed(list(portal.feed())), day)
        assert titles(by_changes) == titles(whole)
    finally:
        for store in stores:
            store.close()
