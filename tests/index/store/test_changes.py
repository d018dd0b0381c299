"""The change sequence: what the index follows."""

from dataclasses import replace

from index.ingest import ingest
from index.store import Store
from tests.index.ingest.support import SOURCE, TOY, Feed, days, many, record


def harvest(store: Store, *items: object, source: object = SOURCE, day: float = 0) -> None:
    store.put_source(source)
    ingest(store, source, Feed(list(items)), now=days(day), mapper=TOY)


def titles(store: Store, sequence: int) -> list[str]:
    return sorted(r.dataset.title for c in store.changes_after(sequence, 100) for r in c.records)


def test_a_new_store_has_changed_nothing(store: Store) -> None:
    assert store.last_sequence() == 0
    assert store.changes_after(0, 10) == []


def test_changes_come_in_order_and_in_portions(store: Store) -> None:
    harvest(store, *many(7))
    seen: list[int] = []
    while portion := store.changes_after(seen[-1] if seen else 0, 3):
        assert len(portion) <= 3
        seen += [change.sequence for change in portion]
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert store.last_sequence() == 7


def test_only_what_changed_comes_again(store: Store) -> None:
    harvest(store, record("a"), record("b"), record("c"))
    mark = store.last_sequence()
    harvest(store, record("a"), record("b", "B, revised"), record("c"))
    assert titles(store, mark) == ["B, revised"]


def test_popularity_changes_nothing_the_index_follows(store: Store) -> None:
    harvest(store, record("a", views=1, downloads=2))
    mark = store.last_sequence()
    harvest(store, record("a", views=7, downloads=None))
    assert store.last_sequence() == mark
    (change,) = store.changes_after(0, 10)
    assert (change.records[0].views, change.records[0].downloads) == (7, None)


def test_a_removed_record_comes_as_a_cluster_without_records(store: Store) -> None:
    source = replace(SOURCE, grace_days=0)
    harvest(store, record("a"), record("b"), source=source)
    mark = store.last_sequence()
    harvest(store, record("a"), source=source)
    assert store.changes_after(mark, 10) == []
    harvest(store, record("a"), source=source)
    (change,) = store.changes_after(mark, 10)
    assert change.records == []
    assert store.record(change.cluster_id).identifier == "b"


def test_another_title_level_or_jurisdiction_moves_the_records_of_the_source(store: Store) -> None:
    other = replace(SOURCE, id="county")
    harvest(store, record("a"), record("b"))
    harvest(store, record("c"), source=other)
    for changed in ({"title": "The Town"}, {"level": "county"}, {"jurisdiction": "Townshire"}):
        mark = store.last_sequence()
        store.put_source(replace(store.source("town"), **changed))
        assert titles(store, mark) == ["About a", "About b"]


def test_another_contact_or_limit_moves_nothing(store: Store) -> None:
    harvest(store, record("a"))
    mark = store.last_sequence()
    store.put_source(replace(SOURCE, contact_email="data@town.example", grace_days=3, max_delete=0.5))
    assert store.last_sequence() == mark


def test_the_label_of_a_source_follows_its_title(store: Store) -> None:
    store.put_source(replace(SOURCE, id="Town", jurisdiction="City of Town"))
    store.put_source(replace(SOURCE, id="Town", title="Open Town"))
    labels = store.facet_labels()
    assert labels["source", "town"] == "Open Town"
    assert labels["jurisdiction", "city-of-town"] == "City of Town"


def test_a_removed_source_leaves_clusters_for_the_index_to_drop_and_nothing_else(store: Store) -> None:
    other = replace(SOURCE, id="county")
    harvest(store, *many(1203), record(None), record("bad", refuse="no title"))
    harvest(store, record("c"), source=other)
    mark = store.last_sequence()
    assert store.remove_source("town") == 1203
    changes = store.changes_after(mark, 2000)
    assert len(changes) == 1203
    assert all(change.records == [] for change in changes)
    assert [head.source for head in store.heads()] == ["county"]
    assert [source.id for source in store.sources()] == ["county"]
    assert {run.source for run in store.runs()} == {"county"}
    assert store.quarantined("town") == []


def test_a_source_that_comes_back_has_the_same_ids(store: Store) -> None:
    harvest(store, *many(5))
    before = {head.identifier: head.id for head in store.heads()}
    store.remove_source("town")
    harvest(store, *many(5)[::-1])
    assert {head.identifier: head.id for head in store.heads()} == before


def test_numbers_of_one_batch_are_its_own(store: Store) -> None:
    harvest(store, *many(3))
    harvest(store, *(record(f"r{n}", "again") for n in range(3)))
    assert [change.sequence for change in store.changes_after(0, 10)] == [4, 5, 6]
