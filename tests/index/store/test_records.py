"""Reading what the store holds."""

import threading
from dataclasses import fields, replace
from datetime import datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from index.ingest import Mapper, ingest
from index.store import RecordHead, Store, StoredRecord, StoreError
from index.store.codec import Encoder, decode_dataset, decode_issues, decode_raw
from index.store.schema import records
from mappings.dataset import Dataset, Distribution, Publisher, Quality, Spatial
from mappings.issue import Issue
from tests.index.ingest.support import NOW, SOURCE, TOY, Feed, ToyMapped, days, many, record

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


def put(store: Store, *items: object, day: float = 0, **more: object) -> None:
    store.put_source(SOURCE)
    ingest(store, SOURCE, Feed(list(items)), now=days(day), mapper=more.get("mapper", TOY))


def only(store: Store) -> StoredRecord:
    (head,) = store.heads()
    return store.record(head.id)


def test_a_record_comes_back_as_it_was_mapped(store: Store) -> None:
    dataset = Dataset(
        title="Wells",
        publisher=Publisher("water", "Water Board"),
        spatial=Spatial(bbox=[-73.0, 41.5, -72.5, 42.0], geometry={"type": "Point", "coordinates": [1, 2]}),
        distributions=[Distribution("https://town.example/w.csv", format="CSV", size=12)],
        quality=Quality(0.5, {"title": 1.0}),
        as_published={"modified": "yesterday"},
        unmapped={"x": [1, None, {"y": "z"}]},
    )
    issues = [Issue("invalid-date", "modified", "yesterday is no date")]
    mapper = replace(TOY, map_record=lambda schema, payload: ToyMapped(dataset, issues))
    put(store, record("w", views=3), mapper=mapper)
    stored = only(store)
    assert (stored.dataset, stored.issues) == (dataset, issues)
    assert (stored.source, stored.identifier, stored.schema, stored.run) == ("town", "w", "toy", "1")
    assert (stored.views, stored.downloads, stored.deleted_at) == (3, None, None)
    assert stored.first_seen == stored.last_seen == NOW


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(), st.lists(st.text()), st.dictionaries(st.text(), JSON, max_size=3), st.binary())
def test_whatever_a_record_holds_survives_the_encoding(
    title: str, keywords: list[str], unmapped: dict[str, object], payload: bytes
) -> None:
    encoder = Encoder()
    dataset = Dataset(title=title, keywords=keywords, unmapped=unmapped)
    issues = [Issue("a", title, title)]
    assert decode_dataset(encoder.json(dataset)) == dataset
    assert decode_issues(encoder.json(issues)) == issues
    assert decode_raw(encoder.raw(payload)) == payload


def test_a_dataset_stored_before_a_field_was_added_gets_its_default() -> None:
    old = msgspec.json.decode(Encoder().json(Dataset(title="Old")))
    for field in fields(Dataset):
        if field.name != "title":
            del old[field.name]
    assert decode_dataset(msgspec.json.encode(old)) == Dataset(title="Old")


def test_the_payload_is_kept_byte_for_byte(store: Store) -> None:
    item = record("a")
    item.payload = b' { "title" : "\\u0041" }\r\n'
    put(store, item)
    assert store.raw(only(store).id) == item.payload
    assert store.raw("nothing") is None


def test_many_records_are_found_at_once_and_unknown_ids_left_out(store: Store) -> None:
    put(store, *many(1100))
    ids = [head.id for head in store.heads()]
    found = store.records([*ids, "nothing"])
    assert found.keys() == set(ids)
    assert store.records([]) == {}
    assert store.record("nothing") is None


def test_lists_run_by_id_through_every_page(store: Store) -> None:
    put(store, *many(1203))
    heads = list(store.heads())
    assert [head.id for head in heads] == sorted(head.id for head in heads)
    assert len(heads) == 1203
    assert [r.id for r in store.live_records()] == [head.id for head in heads]
    assert list(store.heads(limit=3)) == heads[:3]
    assert list(store.heads(source="other")) == []


def test_a_tombstone_stays_in_lists_and_readable_but_is_no_live_record(store: Store) -> None:
    store.put_source(SOURCE)
    eager = replace(SOURCE, grace_days=0)
    for items in ([record("a"), record("b")], [record("a")], [record("a")]):
        ingest(store, eager, Feed(items), now=NOW, mapper=TOY)
    b = next(head for head in store.heads() if head.identifier == "b")
    assert b == RecordHead(b.id, "About b", "town", "b", deleted=True)
    assert store.record(b.id).dataset.title == "About b"
    assert store.record(b.id).deleted_at == NOW
    assert store.raw(b.id) is not None
    assert [r.identifier for r in store.live_records()] == ["a"]
    assert store.record_counts() == {"town": 1}


def test_last_seen_follows_the_runs_without_a_write_to_the_record(store: Store) -> None:
    put(store, record("a"), record("b"), day=0)
    put(store, record("a"), record("b"), day=1)
    put(store, record("a"), record("b"), day=2)
    assert {r.last_seen for r in store.live_records()} == {days(2)}
    put(store, record("a"), day=3)
    seen = {r.identifier: (r.last_seen, r.missing_since) for r in store.live_records()}
    assert seen == {"a": (days(3), None), "b": (days(2), days(3))}


def test_moments_are_kept_in_utc_whatever_zone_they_came_in(store: Store) -> None:
    store.put_source(SOURCE)
    eastern = timezone(timedelta(hours=-5))
    ingest(store, SOURCE, Feed([record("a")]), now=NOW.astimezone(eastern), mapper=TOY)
    assert only(store).first_seen.isoformat() == "2026-01-01T06:00:00+00:00"


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    store.put_source(SOURCE)
    with pytest.raises(StoreError, match="no time zone"):
        ingest(store, SOURCE, Feed([record("a")]), now=datetime(2026, 1, 1), mapper=TOY)


def test_one_feed_identifier_belongs_to_the_record_that_had_it_first(store: Store) -> None:
    other = replace(SOURCE, id="county")
    for source in (SOURCE, other):
        store.put_source(source)
        ingest(store, source, Feed([record("a"), record(f"of {source.id}")]), now=NOW, mapper=TOY)
    names = {(r.source, r.identifier): r.feed_identifier for r in store.live_records()}
    assert names == {
        ("town", "a"): "a",
        ("town", "of town"): "of town",
        ("county", "a"): None,
        ("county", "of county"): "of county",
    }


def test_labels_are_those_of_the_first_record_that_had_the_value(store: Store) -> None:
    put(store, record("a", keywords=["Parks"]), record("b", keywords=["PARKS", "Trees"]))
    put(store, record("a", keywords=["pArKs"]))
    labels = store.facet_labels()
    assert labels["keyword", "parks"] in {"Parks", "PARKS"}
    assert labels["keyword", "trees"] == "Trees"
    assert labels["level", "city"] == "City"


def test_reading_does_not_wait_for_a_harvest_that_writes(store: Store) -> None:
    put(store, record("a"))
    with store.database.write() as connection:
        connection.execute(update(records).values(title="half done"))
        titles: list[str] = []
        reader = threading.Thread(target=lambda: titles.extend(head.title for head in store.heads()))
        reader.start()
        reader.join(timeout=10)
        assert titles == ["About a"]


def test_a_list_being_read_does_not_hinder_a_harvest(store: Store) -> None:
    put(store, *many(1203))
    reading = store.live_records()
    first = next(reading)
    put(store, *(record(f"r{n}", "Revised") for n in range(1203)))
    rest = list(reading)
    assert first.dataset.title.startswith("About")
    assert rest[-1].dataset.title == "Revised"


def test_many_threads_read_at_once(store: Store) -> None:
    put(store, *many(50))
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(len(list(store.live_records())))) for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [50] * 20


def test_a_mapper_is_told_the_version_it_is_stored_under(store: Store) -> None:
    put(store, record("a"), mapper=Mapper(TOY.map_record, TOY.facet_labels, version=7, processes=0))
    with store.database.read() as connection:
        assert connection.execute(records.select()).one().mapping_version == 7
