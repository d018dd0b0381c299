"""What becomes of each record of a run."""

import random

import pytest
from sqlalchemy import event

from index.store import Store
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import FEED, Feed, cut, days, dump, many, numbers, record, titles


def test_the_first_harvest_adds_everything(store: Store, harvest: Harvest) -> None:
    run = harvest(Feed(many(3)))
    assert (run.status, numbers(run)) == ("ok", {"fetched": 3, "added": 3})
    assert titles(store) == {"r0": "About r0", "r1": "About r1", "r2": "About r2"}


def test_a_second_harvest_writes_only_what_changed(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(3)))
    before = {r.identifier: r.id for r in store.live_records()}
    run = harvest(Feed([record("r0"), record("r1", "New title"), record("r2"), record("r3")]), 1)
    assert numbers(run) == {"fetched": 4, "added": 1, "updated": 1, "unchanged": 2}
    assert titles(store)["r1"] == "New title"
    after = {r.identifier: r for r in store.live_records()}
    assert after["r1"].id == before["r1"]
    assert {name: r.run for name, r in after.items()} == {"r0": "1", "r1": "2", "r2": "1", "r3": "2"}
    assert after["r1"].first_seen == days(0)


@pytest.mark.parametrize("order", ["the same", "reversed", "shuffled"])
def test_the_same_feed_again_in_any_order_writes_the_run_and_nothing_else(
    store: Store, harvest: Harvest, order: str
) -> None:
    first = harvest(Feed(FEED))
    assert first.quarantined == 5
    assert first.duplicate == 2
    before = dump(store)
    again = FEED[::-1] if order == "reversed" else list(FEED)
    if order == "shuffled":
        random.Random(7).shuffle(again)
    statements: list[str] = []
    engine = store.database._engine
    event.listen(engine, "before_cursor_execute", lambda c, k, text, *rest: statements.append(text))
    second = harvest(Feed(again), 1)
    writes = {" ".join(text.split()[:3]) for text in statements if not text.startswith(("SELECT", "BEGIN"))}
    assert writes == {"INSERT INTO runs", "INSERT INTO run_errors", "UPDATE runs SET"}
    assert dump(store) == before
    assert numbers(second) == {"fetched": 708, "unchanged": 701, "duplicate": 2, "quarantined": 5}
    assert sorted(store.run_errors(first.id), key=repr) == sorted(store.run_errors(second.id), key=repr)


def test_of_several_records_with_one_identifier_the_last_modified_is_kept(
    store: Store, harvest: Harvest
) -> None:
    three = [record("x", f"of {year}", version=str(year)) for year in (2021, 2023, 2022)]
    for order in (three, three[::-1], three[1:] + three[:1]):
        run = harvest(Feed(order))
        assert run.duplicate == 2
        assert titles(store) == {"x": "of 2023"}
    errors = store.run_errors("1")
    assert {(error.identifier, error.slug) for error in errors} == {("x", "duplicate-identifier")}
    assert len(errors) == 2
    assert "2021" in errors[0].message


def test_of_equal_versions_the_same_one_is_kept_in_any_order(store: Store, harvest: Harvest) -> None:
    three = [record("x", name) for name in "abc"]
    harvest(Feed(three))
    kept = titles(store)
    for _ in range(3):
        three = three[1:] + three[:1]
        assert numbers(harvest(Feed(three))) == {"fetched": 3, "unchanged": 1, "duplicate": 2}
    assert titles(store) == kept


def test_identifiers_that_differ_in_stray_spaces_are_duplicates(store: Store, harvest: Harvest) -> None:
    run = harvest(Feed([record("x"), record(" x\n"), record("X")]))
    assert numbers(run) == {"fetched": 3, "added": 2, "duplicate": 1}


def test_an_incomplete_run_adds_and_updates(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(20)))
    run = harvest(cut([record("r0", "New"), record("r20")]), 1)
    assert (run.status, run.complete, run.slug) == ("incomplete", False, "stream-cut")
    assert numbers(run) == {"fetched": 2, "added": 1, "updated": 1}
    assert len(titles(store)) == 21
    assert all(r.missing_since is None for r in store.live_records())


def test_another_schema_of_the_same_payload_is_a_change(harvest: Harvest) -> None:
    harvest(Feed([record("a")]))
    other = record("a")
    other.schema = "toy-2"
    assert numbers(harvest(Feed([other]))) == {"fetched": 1, "updated": 1}
