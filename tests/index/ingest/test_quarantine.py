"""Records that cannot be taken: reported, kept, and no harm to the others."""

from dataclasses import replace

import pytest

from index.store import RunError, Store
from mappings.issue import Issue
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import FEED, SOURCE, TOY, Feed, cut, dump, many, numbers, record, titles


def test_one_record_s_trouble_does_not_touch_its_siblings(store: Store, harvest: Harvest) -> None:
    run = harvest(Feed(FEED))
    assert len(titles(store)) == 701
    errors = {
        (e.identifier, e.slug, e.message) for e in store.run_errors(run.id) if "duplicate" not in e.slug
    }
    assert {(identifier, slug) for identifier, slug, _ in errors} == {
        (None, "missing-identifier"),
        ("refused", "missing-title"),
        ("crashing", "mapping-failed"),
        ("big", "record-too-large"),
    }
    crash = next(message for identifier, _, message in errors if identifier == "crashing")
    assert crash.startswith("ZeroDivisionError: boom (support.py:")


def test_a_refused_record_is_kept_as_received_until_it_is_mended(store: Store, harvest: Harvest) -> None:
    harvest(Feed([*many(3), record("x", refuse="no title"), record(None)]))
    kept = {q.identifier: (q.slug, q.message, q.first_run) for q in store.quarantined("town")}
    assert kept["x"] == ("missing-title", "no title", "1")
    assert kept[None][0] == "missing-identifier"
    run = harvest(Feed([*many(3), record("x", "Mended")]), 1)
    assert numbers(run) == {"fetched": 4, "added": 1, "unchanged": 3}
    assert store.quarantined("town") == []


def test_a_refused_update_leaves_the_stored_version_and_is_not_missing(
    store: Store, harvest: Harvest
) -> None:
    harvest(Feed(many(3)))
    for day in (1, 2, 20):
        run = harvest(Feed([record("r0", "worse", crash="x"), *many(3)[1:]]), day)
        assert numbers(run) == {"fetched": 3, "unchanged": 2, "quarantined": 1}
    assert titles(store)["r0"] == "About r0"
    assert numbers(harvest(Feed(many(3)), 21)) == {"fetched": 3, "unchanged": 3}
    assert store.quarantined("town") == []


def test_a_newer_mapping_tries_refused_records_again(store: Store, harvest: Harvest) -> None:
    feed = Feed([record("a"), record("x", "Accepted now", refuse="no title")])
    harvest(feed)
    kinder = replace(
        TOY, version=2, map_record=lambda schema, payload: TOY.map_record(schema, b'{"title": "T"}')
    )
    assert numbers(harvest(feed, mapper=kinder)) == {"fetched": 2, "added": 1, "unchanged": 1}
    assert store.quarantined("town") == []


def test_a_refusal_that_goes_away_leaves_the_quarantine_only_when_the_run_was_complete(
    store: Store, harvest: Harvest
) -> None:
    harvest(Feed([record("a"), record("x", refuse="no title")]))
    harvest(cut([record("a")]), 1)
    assert [q.identifier for q in store.quarantined("town")] == ["x"]
    harvest(Feed([record("a")]), 2)
    assert store.quarantined("town") == []


def test_without_identifiers_the_others_are_stored_and_nothing_is_removed(
    store: Store, harvest: Harvest
) -> None:
    harvest(Feed(many(100)))
    for day in (1, 9, 20):
        damaged = [record(None if n % 10 == 0 else f"r{n}", f"About r{n}, new") for n in range(100)]
        run = harvest(Feed(damaged), day)
        assert (run.status, run.missing, run.deleted, run.quarantined) == ("ok", 0, 0, 10)
        assert "no usable identifier" in run.reason
    assert len(titles(store)) == 100
    assert titles(store)["r1"] == "About r1, new"
    assert all(r.missing_since is None for r in store.live_records())


def test_an_overlong_identifier_is_none(store: Store, harvest: Harvest) -> None:
    run = harvest(Feed([record("a"), record("x" * 2001)]))
    assert store.run_errors(run.id) == [
        RunError(None, "invalid-identifier", "the identifier has more than 2,000 characters")
    ]


def test_a_feed_with_a_nul_in_its_texts_lands(store: Store, harvest: Harvest) -> None:
    water = record("a", "Wat\0er", keywords=["Pa\0rk"])
    water.url = "https://town.example/\0data.json"
    source = replace(SOURCE, title="The \0Town")
    harvest(Feed([water, record("b", refuse="no\0title")]), source=source)
    assert [head.title for head in store.heads()] == ["Water"]
    assert store.facet_labels()["keyword", "park"] == "Park"
    assert [entry.message for entry in store.quarantined("town")] == ["notitle"]
    mark = store.last_sequence()
    harvest(Feed([water, record("b", refuse="no\0title")]), source=source)
    assert store.last_sequence() == mark


def test_one_content_refused_for_two_reasons_is_kept_for_both(store: Store, harvest: Harvest) -> None:
    nameless = record(None, "the same")
    too_large = record(None, "the same", trouble=Issue("record-too-large", "", "over 16 MB"))
    feed = [*many(2), nameless, too_large]
    harvest(Feed(feed))
    assert [entry.slug for entry in store.quarantined("town")] == ["missing-identifier", "record-too-large"]
    before = dump(store)
    assert harvest(Feed(feed[::-1]), 1).quarantined == 2
    assert dump(store) == before
    harvest(Feed([*many(2), too_large]), 2)
    assert [entry.slug for entry in store.quarantined("town")] == ["record-too-large"]


@pytest.mark.parametrize(("spoiled", "status"), [(4, "ok"), (5, "ok"), (6, "incomplete"), (10, "incomplete")])
def test_a_run_whose_records_mostly_lost_what_they_need_says_so_and_keeps_and_removes_nothing(
    store: Store, harvest: Harvest, spoiled: int, status: str
) -> None:
    harvest(Feed(many(10)))
    before = titles(store)
    damaged = [record(f"r{n}", "x", **({"refuse": "no title"} if n < spoiled else {})) for n in range(9)]
    damaged += [record("r9", refuse="no title")] if spoiled == 10 else []
    for day in (1, 9):  # the second time their refusal is known before anything is mapped
        run = harvest(Feed(damaged), day)
        assert (run.status, run.complete) == (status, True)
        assert run.quarantined == spoiled
        assert (run.missing, run.deleted) == ((1, int(day == 9)) if status == "ok" else (0, 0))
    kept = titles(store)
    assert all(kept[f"r{n}"] == before[f"r{n}"] for n in range(spoiled))
    if status == "incomplete":
        assert run.slug == "mostly-unusable"
        assert f"{spoiled} of 10 stored records came in a form that cannot be taken" in run.reason
        assert store.run(run.id).landed_at is None
    assert harvest(Feed(many(10)), 10).status == "ok"


def test_a_first_harvest_of_which_nothing_can_be_taken_says_so(store: Store, harvest: Harvest) -> None:
    run = harvest(Feed([record(f"r{n}", refuse="no title") for n in range(3)]))
    assert (run.status, run.slug, run.quarantined) == ("incomplete", "mostly-unusable", 3)
    assert run.reason.startswith("all 3 came in a form that cannot be taken")


def test_a_cut_run_says_both(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(3)))
    run = harvest(cut([record("r0", refuse="no title"), record("r1", refuse="no title")]), 1)
    assert (run.status, run.slug) == ("incomplete", "stream-cut")
    assert run.reason.startswith("the stream ended early; 2 of 3 stored records came")


def test_of_a_duplicate_one_good_record_is_enough(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(2)))
    trouble = Issue("record-too-large", "", "over 16 MB")
    twice = [item for n in range(2) for item in (record(f"r{n}"), record(f"r{n}", "x", trouble=trouble))]
    assert harvest(Feed(twice), 1).status == "ok"
