"""A portal gives its records other identifiers, and that night its feed does not come whole."""

from typing import Any

import pytest

from index.ingest import approve
from index.store import Store
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import cut, days, dump, numbers
from tests.index.ingest.towns import REAL, dataset, feed, ids, moved, town

TOWN = town(30)


def edited(number: int) -> dict[str, Any]:
    """What became of a record in the night: another name, and a text that says a little more."""
    item = TOWN[number]
    return moved(item, f"town::{number}", description=f"{item['description']} Ask us.")


MOVED = [edited(number) for number in range(30)]


@pytest.mark.parametrize("seen", [30, 20, 4])
def test_what_came_of_a_move_waits_until_a_complete_run_knows_the_records_again(
    store: Store, harvest: Harvest, seen: int
) -> None:
    harvest(feed(TOWN), mapper=REAL)
    addresses, before = ids(store), dump(store)
    held = harvest(cut(feed(MOVED[:seen]).items), 1, mapper=REAL)
    assert (held.status, held.slug, held.complete) == ("held", "half-a-move", False)
    assert numbers(held) == {"fetched": seen, "added": seen}
    assert "30 of 30 stored records are not in the run" in held.reason
    assert "stream-cut" in held.reason
    assert dump(store) == before
    whole = harvest(feed(MOVED), 2, mapper=REAL)
    assert (whole.status, whole.renamed) == ("ok", 30)
    assert ids(store) == {f"town::{n}": addresses[item["identifier"]] for n, item in enumerate(TOWN)}
    assert store.run(held.id).decision == "overtaken"


def test_a_move_of_which_a_part_is_known_for_certain_waits_as_well(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    certain = [moved(TOWN[number], f"town::{number}") for number in range(15)]
    held = harvest(cut(feed([*certain, *MOVED[15:20]]).items), 1, mapper=REAL)
    assert (held.status, held.slug, held.renamed, held.added) == ("held", "half-a-move", 15, 5)


def test_approved_it_lands_as_new_and_removes_nothing(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    half = cut(feed(MOVED[:20]).items)
    held = harvest(half, 1, mapper=REAL)
    done = approve(store, held.id, half, now=days(20), mapper=REAL)
    assert (done.status, done.decision, done.complete) == ("incomplete", "approved", False)
    assert numbers(done) == {"fetched": 20, "added": 20}
    assert store.run(done.id).landed_at is None
    now = ids(store)
    assert before.items() < now.items()
    assert len(now) == 50
    assert all(record.missing_since is None for record in store.live_records())
    assert numbers(harvest(half, 21, mapper=REAL)) == {"fetched": 20, "unchanged": 20}


def test_nothing_of_what_is_known_waits_too(store: Store, harvest: Harvest) -> None:
    """The catalogue of somebody else, or one in which names and texts are all new."""
    harvest(feed(TOWN), mapper=REAL)
    others = cut(feed([dataset(number) for number in range(40, 60)]).items)
    run = harvest(others, 1, mapper=REAL)
    assert (run.status, run.slug) == ("held", "half-a-move")


@pytest.mark.parametrize(
    ("stored", "came"),
    [
        ([], MOVED[:20]),
        (TOWN, TOWN[:6]),
        (TOWN, [*TOWN[:3], dataset(40), dataset(41)]),
        (TOWN, [*TOWN[:4], *(dataset(number) for number in range(40, 90))]),
        (TOWN, [*TOWN, *(dataset(number) for number in range(40, 120))]),
        (TOWN, [moved(item, f"town::{number}") for number, item in enumerate(TOWN[:25])]),
        (TOWN[:9], MOVED[:9]),
    ],
    ids=["first", "first pages", "and some new", "grew, few seen", "grew", "certain", "small portal"],
)
def test_what_else_is_not_complete_lands(
    store: Store, harvest: Harvest, stored: list[Any], came: list[Any]
) -> None:
    if stored:
        harvest(feed(stored), mapper=REAL)
    before = ids(store)
    run = harvest(cut(feed(came).items), 1, mapper=REAL)
    assert (run.status, run.slug) == ("incomplete", "stream-cut")
    assert set(before.values()) <= set(ids(store).values())
    assert {item["identifier"] for item in came} <= ids(store).keys()


def test_a_first_harvest_that_was_cut_and_its_second_half_land(store: Store, harvest: Harvest) -> None:
    harvest(cut(feed(TOWN[:15]).items), mapper=REAL)
    run = harvest(cut(feed(TOWN[15:]).items), 1, mapper=REAL)
    assert (run.status, run.added, len(ids(store))) == ("incomplete", 15, 30)
