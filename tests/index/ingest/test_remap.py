"""Stored records come under newer mappings without a harvest, beside one, and after being cut off."""

import json
import multiprocessing
import os
import signal
import tempfile
import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.ingest import Mapper, ingest
from index.ingest.remap import Remapped, remap
from index.store import Store, remapping
from index.store.purging import purge
from mappings.issue import NOT_REMAPPED, Unmappable
from mappings.source_record import SourceRecord
from tests.index.conftest import Migrated
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import (
    NOW,
    SOURCE,
    TOY,
    Feed,
    ToyMapped,
    days,
    dump,
    many,
    map_toy,
    numbers,
    record,
    titles,
)
from tests.index.ingest.towns import REAL, feed, ids, moved, town


def map_newer(schema: str, payload: bytes) -> ToyMapped:
    """A newer version: keywords in capitals, and what says `gone` is refused."""
    published = json.loads(payload)
    if "gone" in published:
        raise Unmappable("missing-title", "no longer a title")
    mapped = map_toy(schema, payload)
    mapped.dataset.keywords = [keyword.upper() for keyword in mapped.dataset.keywords]
    return mapped


NEWER = replace(TOY, map_record=map_newer, version=2)
MIXED = [*many(600), *(record(f"k{n}", keywords=["a", "b"]) for n in range(600)), record("r-gone", gone=1)]


def counted(done: Remapped) -> dict[str, int]:
    names = ("records", "current", "remapped", "changed", "failed")
    return {name: getattr(done, name) for name in names if getattr(done, name)}


def sequences(store: Store) -> dict[str, int]:
    return {c.records[0].identifier: c.sequence for c in store.changes_after(0, 10_000)}


def state(store: Store) -> dict[str, Any]:
    """All rows but the numbers of the change sequence."""
    return {name: rows for name, rows in dump(store).items() if name not in {"clusters", "change_counter"}}


def test_what_an_older_version_mapped_becomes_what_the_newer_one_makes(
    store: Store, harvest: Harvest
) -> None:
    harvest(Feed(MIXED))
    before, sequence_before = {r.identifier: r for r in store.live_records()}, sequences(store)
    done = remap(store, SOURCE, mapper=NEWER)
    assert counted(done) == {"records": 1201, "remapped": 1200, "changed": 601, "failed": 1}
    changed = {name for name, number in sequences(store).items() if number != sequence_before[name]}
    assert changed == {"r-gone", *(f"k{n}" for n in range(600))}
    assert store.last_sequence() == 1201 + 601
    for one in store.live_records():
        old = before[one.identifier]
        moments = (one.first_seen, one.last_seen, one.run, one.missing_since)
        assert moments == (old.first_seen, old.last_seen, old.run, old.missing_since)
        assert one.id == old.id
        if one.identifier.startswith("k"):
            assert one.dataset.keywords == ["A", "B"]
    assert store.facet_labels()[("keyword", "a")] == "a", "the first label of a value stays"
    assert numbers(harvest(Feed(MIXED), 1, mapper=NEWER)) == {"fetched": 1201, "unchanged": 1201}


def test_a_record_that_no_longer_maps_keeps_its_dataset_and_says_why(store: Store, harvest: Harvest) -> None:
    harvest(Feed([record("bad", gone=1, issue="odd"), record("good")]))
    done = remap(store, SOURCE, mapper=NEWER)
    assert [(e.identifier, e.slug, e.message) for e in done.failures] == [
        ("bad", "missing-title", "no longer a title")
    ]
    (kept,) = [r for r in store.live_records() if r.identifier == "bad"]
    assert kept.dataset.title == "About bad"
    assert [issue.slug for issue in kept.issues] == ["odd", NOT_REMAPPED]
    assert kept.issues[1].message.endswith("(missing-title: no longer a title)")
    assert counted(remap(store, SOURCE, mapper=NEWER)) == {"records": 2, "current": 2}
    before = dump(store)
    assert counted(remap(store, SOURCE, mapper=NEWER, again=True)) == {
        "records": 2,
        "remapped": 1,
        "failed": 1,
    }
    assert dump(store) == before
    healed = remap(store, SOURCE, mapper=replace(TOY, version=3))
    assert counted(healed) == {"records": 2, "remapped": 2, "changed": 1}
    assert [i.slug for r in store.live_records() for i in r.issues] == ["odd"]


def map_and_die(schema: str, payload: bytes) -> ToyMapped:
    if b'About r7"' in payload:
        os.kill(os.getpid(), signal.SIGKILL)
    return map_newer(schema, payload)


def test_a_record_that_kills_its_mapping_costs_itself_alone(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(20, keywords=["a"])))
    done = remap(store, SOURCE, mapper=replace(NEWER, map_record=map_and_die, processes=1))
    assert counted(done) == {"records": 20, "remapped": 19, "changed": 20, "failed": 1}
    assert [(e.identifier, e.slug) for e in done.failures] == [("r7", "mapping-failed")]
    assert len(titles(store)) == 20
    assert multiprocessing.active_children() == []


def remap_and_die(url: str, transactions: int) -> None:
    """Remap, and be killed within the write transaction of that number."""
    store = Store.open(url)
    seen = 0
    write = remapping.write

    def count(*arguments: Any) -> Any:
        nonlocal seen
        written = write(*arguments)
        seen += 1
        if seen == transactions:
            os.kill(os.getpid(), signal.SIGKILL)
        return written

    remapping.write = count
    remap(store, SOURCE, mapper=NEWER)


@pytest.mark.parametrize("transactions", [1, 2, 3])
def test_killed_anywhere_it_goes_on_to_the_same_result(migrated: Migrated, transactions: int) -> None:
    stores = [Store.open(migrated()) for _ in range(2)]
    for store in stores:
        store.put_source(SOURCE)
        ingest(store, SOURCE, Feed(MIXED), now=days(0), mapper=TOY)
    killed, whole = stores
    url = killed.database._engine.url.render_as_string(hide_password=False)
    process = multiprocessing.get_context("spawn").Process(target=remap_and_die, args=(url, transactions))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    rest = remap(killed, SOURCE, mapper=NEWER)
    assert rest.current == 500 * (transactions - 1)
    assert rest.current + rest.remapped + rest.failed == rest.records == 1201
    remap(whole, SOURCE, mapper=NEWER)
    assert state(killed) == state(whole)
    for store in stores:
        store.close()


def test_what_a_harvest_changes_meanwhile_is_left_alone(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(10, keywords=["a"])))
    changed = [record("r3", "Changed", keywords=["c"]), *many(10, keywords=["a"])[4:]]
    harvested = False

    def map_while_harvested(schema: str, payload: bytes) -> ToyMapped:
        nonlocal harvested
        if not harvested:
            harvested = True
            store.put_source(replace(SOURCE, grace_days=0))
            harvest(Feed([*many(3, keywords=["a"]), *changed]), 1, mapper=NEWER)
        return map_newer(schema, payload)

    done = remap(store, SOURCE, mapper=replace(NEWER, map_record=map_while_harvested))
    assert counted(done) == {"records": 10, "remapped": 9, "changed": 9}
    assert titles(store)["r3"] == "Changed"
    assert {tuple(r.dataset.keywords) for r in store.live_records()} == {("A",), ("C",)}
    assert store.record(next(r.id for r in store.live_records() if r.identifier == "r3")).run == "2"


def test_beside_harvests_nothing_is_lost(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(1500, keywords=["a"])))
    errors: list[BaseException] = []

    def change() -> None:
        try:
            for round_ in range(4):
                items = [
                    record(f"r{n}", f"Round {round_ if n % 3 else 0}", keywords=["a"]) for n in range(1500)
                ]
                harvest(Feed(items), round_ + 1, mapper=NEWER if round_ % 2 else TOY)
        except BaseException as error:  # noqa: BLE001 (told by the test)
            errors.append(error)

    thread = threading.Thread(target=change)
    thread.start()
    while thread.is_alive():
        remap(store, SOURCE, mapper=NEWER, again=True)
    thread.join()
    assert errors == []
    remap(store, SOURCE, mapper=NEWER)
    assert {tuple(r.dataset.keywords) for r in store.live_records()} == {("A",)}
    assert {r.dataset.title for r in store.live_records()} == {"Round 0", "Round 3"}
    found = [change.sequence for change in store.changes_after(0, 10_000)]
    assert len(found) == 1500
    assert max(found) == store.last_sequence()


def test_removed_records_come_along_until_their_content_is_given_up(store: Store, harvest: Harvest) -> None:
    source = replace(SOURCE, grace_days=0)
    harvest(Feed(many(10, keywords=["a"])), source=source)
    for day in (1, 2):
        harvest(Feed(many(8, keywords=["a"])), day, source=source)
    before = store.last_sequence()
    assert counted(remap(store, source, mapper=NEWER)) == {"records": 10, "remapped": 10, "changed": 10}
    assert store.last_sequence() == before + 8
    purge(store.database, days(40))
    done = remap(store, source, mapper=replace(TOY, version=3))
    assert counted(done) == {"records": 8, "remapped": 8, "changed": 8}


def test_what_a_newer_version_mapped_is_left_to_it(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(3)), mapper=NEWER)
    assert counted(remap(store, SOURCE, mapper=TOY)) == {"records": 3, "current": 3}


RECORDS = st.lists(
    st.builds(
        dict,
        identifier=st.text("abcé ", min_size=1, max_size=3).filter(lambda text: text.strip() == text),
        title=st.text(min_size=1, max_size=8).filter(str.strip),
        keywords=st.lists(st.sampled_from(["a", "B", "é\0"]), max_size=2),
        gone=st.booleans(),
    ),
    max_size=12,
    unique_by=lambda published: published["identifier"],
)


def made(published: dict[str, Any]) -> SourceRecord:
    more = {"gone": 1} if published["gone"] else {}
    return record(published["identifier"], published["title"], keywords=published["keywords"], **more)


@settings(max_examples=40, deadline=None)
@given(RECORDS)
def test_twice_is_once_and_equals_a_harvest_by_the_newer_version(items: list[dict[str, Any]]) -> None:
    records = [made(item) for item in items]
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/store.sqlite")
        store.put_source(SOURCE)
        ingest(store, SOURCE, Feed(records), now=NOW, mapper=TOY)
        remap(store, SOURCE, mapper=NEWER)
        once = dump(store)
        remap(store, SOURCE, mapper=NEWER)
        assert dump(store) == once
        remap(store, SOURCE, mapper=NEWER, again=True)
        assert dump(store) == once
        fresh = {
            r.identifier: map_newer("toy", r.payload).dataset for r in records if b'"gone"' not in r.payload
        }
        kept = {r.identifier: r.dataset for r in store.live_records()}
        assert {name: kept[name] for name in fresh} == fresh
        assert set(kept) == {r.identifier for r in records}
        store.close()


def map_and_die_of_a_stored_one(schema: str, payload: bytes) -> Any:
    if b"data.town.example/datasets/3.csv" in payload:
        os.kill(os.getpid(), signal.SIGKILL)
    return REAL.map_record(schema, payload)


def test_stored_records_of_an_older_version_are_recognised_and_can_hurt_nobody(
    store: Store, harvest: Harvest
) -> None:
    older = replace(REAL, version=REAL.version - 1)
    harvest(feed(town(30)), mapper=older)
    before = ids(store)
    items = [moved(item, f"https://hub.example/{n}") for n, item in enumerate(town(30))]
    newer: Mapper = replace(REAL, map_record=map_and_die_of_a_stored_one, processes=1)
    run = harvest(feed(items), 1, mapper=newer)
    assert (run.status, run.renamed) == ("ok", 30)
    assert set(ids(store).values()) == set(before.values())
