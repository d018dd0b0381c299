"""A portal gives its records other identifiers: they are recognised, and keep their public ids."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zlib import crc32

import pytest
from sqlalchemy import select

from index.ingest import approve
from index.store import Store
from index.store.schema import former_identifiers
from mappings.issue import Unmappable
from mappings.source_record import RunStatement, SourceRecord
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import Feed, cut, days, dump, numbers
from tests.index.ingest.towns import REAL, dataset, feed, ids, moved, town

TOWN = town(30)
NEW_NAMES: dict[str, Callable[[str], str]] = {
    "scheme": lambda name: name.replace("http://", "https://"),
    "host": lambda name: name.replace("data.town.example", "hub.example"),
    "case": str.upper,
    "slash": lambda name: f"{name}/",
    "a scheme of its own": lambda name: f"town::{crc32(name.encode()):x}",
}


def renamed_town(items: list[dict[str, Any]], rename: Callable[[str], str]) -> list[dict[str, Any]]:
    return [moved(item, rename(item["identifier"])) for item in reversed(items)]


def formers(store: Store) -> set[tuple[str, str]]:
    with store.database.read() as connection:
        rows = connection.execute(select(former_identifiers.c.identifier, former_identifiers.c.record))
        return {(identifier, record) for identifier, record in rows}


@pytest.mark.parametrize("how", NEW_NAMES)
def test_renamed_wholesale_every_record_keeps_its_public_id(store: Store, harvest: Harvest, how: str) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    run = harvest(feed(renamed_town(TOWN, NEW_NAMES[how])), 1, mapper=REAL)
    assert (run.status, numbers(run)) == ("ok", {"fetched": 30, "renamed": 30})
    assert ids(store) == {NEW_NAMES[how](name): id_ for name, id_ in before.items()}
    for record in store.live_records():
        assert record.first_identifier == record.feed_identifier != record.identifier
        assert record.dataset.publisher is not None
        assert record.dataset.publisher.name == "Example Open Data"
    assert formers(store) == set(before.items())


def test_the_same_feed_again_changes_nothing(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    again = feed(renamed_town(TOWN, NEW_NAMES["a scheme of its own"]))
    harvest(again, 1, mapper=REAL)
    before = dump(store)
    assert numbers(harvest(again, 2, mapper=REAL)) == {"fetched": 30, "unchanged": 30}
    assert dump(store) == before


def test_a_name_that_comes_back_is_the_same_record_s_whatever_became_of_its_text(
    store: Store, harvest: Harvest
) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    harvest(feed(renamed_town(TOWN, NEW_NAMES["host"])), 1, mapper=REAL)
    edited = [item | {"keyword": ["edited"], "issued": None, "modified": None} for item in TOWN]
    edited[3] |= {"title": f"{edited[3]['title']} 2024"}
    edited[4] |= {"title": "Rewritten", "description": "Nothing is left of what it said before."}
    run = harvest(feed(edited), 2, mapper=REAL)
    assert numbers(run) == {"fetched": 30, "renamed": 30}
    assert ids(store) == before


def test_three_real_deletions_in_the_night_of_a_migration_land(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    fewer = renamed_town(TOWN, NEW_NAMES["host"])[3:]
    run = harvest(feed(fewer), 1, mapper=REAL)
    assert (run.status, numbers(run)) == ("ok", {"fetched": 27, "renamed": 27, "missing": 3})
    assert set(ids(store).values()) == set(before.values())


def test_new_names_on_unrecognisable_records_wait_for_a_person(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = dump(store)
    others = [moved(dataset(number), f"town::{number}") for number in range(40, 70)]
    run = harvest(feed(others), 1, mapper=REAL)
    assert (run.status, run.slug) == ("held", "too-many-missing")
    assert numbers(run) == {"fetched": 30, "added": 30, "missing": 30}
    assert dump(store) == before


def test_a_held_run_shows_its_renames_and_lands_them_when_approved(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    half = feed(renamed_town(TOWN, NEW_NAMES["host"])[15:])
    held = harvest(half, 1, mapper=REAL)
    assert (held.status, held.renamed, held.missing) == ("held", 15, 15)
    done = approve(store, held.id, half, now=days(2), mapper=REAL)
    assert (done.renamed, done.deleted) == (15, 15)
    assert set(ids(store).values()) < set(before.values())


def test_a_removed_record_that_returns_under_another_name_has_its_address_again(
    store: Store, harvest: Harvest
) -> None:
    harvest(feed(TOWN), mapper=REAL)
    gone = ids(store)[TOWN[7]["identifier"]]
    for day in (1, 9):
        harvest(feed(TOWN[:7] + TOWN[8:]), day, mapper=REAL)
    assert gone not in ids(store).values()
    run = harvest(feed([*TOWN[:7], *TOWN[8:], moved(TOWN[7], "town::7")]), 10, mapper=REAL)
    assert numbers(run) == {"fetched": 30, "unchanged": 29, "renamed": 1}
    assert ids(store)["town::7"] == gone


@pytest.mark.parametrize("places", [(1, 0), (1, 2, 0), (2, 0, 1, 4, 3, 5), (29, *range(29))])
def test_records_that_swap_their_names_are_told_apart(
    store: Store, harvest: Harvest, places: tuple[int, ...]
) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    swapped = list(TOWN)
    for number, place in enumerate(places):
        swapped[number] = moved(TOWN[number], TOWN[place]["identifier"])
    run = harvest(feed(swapped), 1, mapper=REAL)
    changed = sum(number != place for number, place in enumerate(places))
    assert run.renamed == changed
    for number, item in enumerate(TOWN):
        assert ids(store)[swapped[number]["identifier"]] == before[item["identifier"]]
    assert numbers(harvest(feed(swapped), 2, mapper=REAL)) == {"fetched": 30, "unchanged": 30}


def test_names_that_move_on_by_one_when_a_record_is_deleted(store: Store, harvest: Harvest) -> None:
    """Row numbers as identifiers: the second record goes, and all after it have their neighbour's name."""
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    names = [item["identifier"] for item in TOWN]
    left = [*TOWN[:1], *TOWN[2:]]
    run = harvest(feed([moved(item, name) for item, name in zip(left, names, strict=False)]), 1, mapper=REAL)
    assert numbers(run) == {"fetched": 29, "updated": 1, "renamed": 28, "missing": 1}
    now = ids(store)
    assert all(now[names[n + 1]] == before[names[n + 2]] for n in range(28))
    gone = store.record(before[names[1]])
    assert gone is not None
    assert gone.missing_since == days(1)


def test_a_new_dataset_that_gets_a_renamed_one_s_old_name_is_new(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    name = TOWN[4]["identifier"]
    other = dataset(90, identifier=name, description="Where the ferries go, and when.")
    reused = [other, *TOWN[:4], *TOWN[5:], moved(TOWN[4], "town::4")]
    run = harvest(feed(reused), 1, mapper=REAL)
    assert numbers(run) == {"fetched": 31, "added": 1, "unchanged": 29, "renamed": 1}
    now = ids(store)
    assert now["town::4"] == before[name]
    assert now[name] not in before.values()


def test_a_dry_run_counts_the_renamed_and_writes_nothing(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = dump(store)
    run = harvest(feed(renamed_town(TOWN, NEW_NAMES["host"])), 1, mapper=REAL, dry_run=True)
    assert numbers(run) == {"fetched": 30, "renamed": 30}
    assert dump(store) == before


def test_an_incomplete_run_renames_only_what_is_certain(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = ids(store)
    same = moved(TOWN[0], "town::0")
    edited = moved(TOWN[1], "town::1", description=f"{TOWN[1]['description']} Ask us.")
    run = harvest(cut(feed([same, edited, *TOWN[2:5]]).items), 1, mapper=REAL)
    assert (run.status, run.added, run.renamed, run.unchanged) == ("incomplete", 1, 1, 3)
    assert ids(store)["town::0"] == before[TOWN[0]["identifier"]]
    back = harvest(cut(feed([TOWN[0] | {"description": "Other words."}]).items), 2, mapper=REAL)
    assert (back.status, numbers(back)) == ("incomplete", {"fetched": 1, "renamed": 1})


def test_a_renamed_record_that_the_mapping_refuses_stays_as_it_was(store: Store, harvest: Harvest) -> None:
    harvest(feed(TOWN), mapper=REAL)
    before = store.record(ids(store)[TOWN[0]["identifier"]])
    mapped = 0

    def refuse_at_last(schema: str, payload: bytes) -> Any:
        nonlocal mapped
        mapped += b"town::0" in payload
        if mapped > 1:
            raise Unmappable("missing-title", "no")
        return REAL.map_record(schema, payload)

    mapper = replace(REAL, map_record=refuse_at_last)
    run = harvest(feed([moved(TOWN[0], "town::0"), *TOWN[1:]]), 1, mapper=mapper)
    assert numbers(run) == {"fetched": 30, "unchanged": 29, "quarantined": 1}
    after = store.record(before.id) if before else None
    assert before is not None
    assert after is not None
    assert (after.identifier, after.missing_since) == (before.identifier, None)


class Counted(Feed):
    """Counts how often whole records are read."""

    whole = 0

    def records(self) -> Any:
        self.whole += 1
        return super().records()

    def headers(self) -> Any:
        return (replace(item, payload=b"") for item in self.items)


def counted(items: list[SourceRecord]) -> Counted:
    return Counted(items, RunStatement(complete=True))


def test_nothing_is_read_for_it_where_every_record_is_called_as_before(
    store: Store, harvest: Harvest
) -> None:
    harvest(feed(TOWN), mapper=REAL)
    same, grown = counted(feed(TOWN).items), counted(feed([*TOWN, dataset(80)]).items)
    harvest(same, 1, mapper=REAL)
    assert same.whole == 0
    harvest(grown, 2, mapper=REAL)
    assert grown.whole == 1  # the new one is mapped; nothing is missing that it could be
    calls = 0

    def count(schema: str, payload: bytes) -> Any:
        nonlocal calls
        calls += 1
        return REAL.map_record(schema, payload)

    edited = [item | {"modified": "2024-01-01"} for item in TOWN]
    harvest(feed([*edited, dataset(80), dataset(81)]), 3, mapper=replace(REAL, map_record=count))
    assert calls == 31  # one mapping each: titles are all as they were
