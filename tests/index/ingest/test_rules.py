"""What a portal's rules do to a run: what they leave out, what a change of them changes, and the account."""

import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from index.ingest import Mapper, Run, approve, ingest
from index.ingest.guard import judge
from index.ingest.mapper import MAPPING_FAILED, Mapped
from index.ingest.plan import make_plan
from index.ingest.remap import remap
from index.store import Store
from index.store.schema import clusters, records
from mappings.rules import written
from mappings.source_record import RunStatement, SourceRecord
from tests.index.ingest.support import SOURCE, Feed, cut, days, numbers
from tests.index.ingest.test_guard import counts

Harvest = Callable[..., Run]

MAPPER = replace(Mapper.standard(), processes=0)

NO_TESTS = {"filters": {"title": ["test *"]}}


def entry(identifier: str | None, title: str = "", **more: Any) -> SourceRecord:
    published = {"identifier": identifier, "title": title or f"About {identifier}", **more}
    payload = json.dumps(published).encode()
    digest = blake2b(payload, digest_size=16).hexdigest()
    return SourceRecord(SOURCE.id, identifier, "dcat-us-1.1", payload, digest=digest)


def towns(number: int, start: int = 0, **more: Any) -> list[SourceRecord]:
    """Datasets that no two of are alike."""
    return [
        entry(f"t{n}", f"{chr(97 + n % 26) * 3}{n} parcels", description=f"Land of town {n}.", **more)
        for n in range(start, start + number)
    ]


def under(rules: dict[str, Any]) -> dict[str, Any]:
    """A harvest under these rules, by the real crosswalks."""
    return {"source": replace(SOURCE, rules=written(rules)), "mapper": MAPPER}


def live(store: Store) -> set[str]:
    return {record.identifier for record in store.live_records()}


def stamps(store: Store) -> set[str]:
    with store.database.read() as connection:
        return set(connection.execute(select(records.c.rules)).scalars())


def sequences(store: Store) -> dict[str, int]:
    with store.database.read() as connection:
        return {row.id: row.sequence for row in connection.execute(select(clusters))}


FEED = Feed([*towns(20), entry("x", "Test of parcels"), entry("y", "Test again")])


def test_what_a_filter_names_never_lands_and_is_counted(store: Store, harvest: Harvest) -> None:
    first = harvest(FEED, **under(NO_TESTS))
    assert numbers(first) == {"fetched": 22, "added": 20, "filtered": 2}
    assert "x" not in live(store)
    again = harvest(FEED, 1, **under(NO_TESTS))
    assert (again.status, numbers(again)) == ("ok", {"fetched": 22, "unchanged": 20, "filtered": 2})


def test_a_new_filter_removes_at_once_and_moves_nothing_else(store: Store, harvest: Harvest) -> None:
    harvest(FEED, **under({}))
    assert len(live(store)) == 22
    before = sequences(store)
    run = harvest(FEED, 1, **under(NO_TESTS))
    assert run.status == "ok"
    assert numbers(run) == {"fetched": 22, "unchanged": 20, "filtered": 2, "deleted": 2}
    assert len(live(store)) == 20
    after = sequences(store)
    assert sum(after[id_] != before[id_] for id_ in before) == 2
    assert numbers(harvest(FEED, 2, **under(NO_TESTS))) == {"fetched": 22, "unchanged": 20, "filtered": 2}


def test_a_filter_taken_back_brings_the_records_back_under_their_addresses(
    store: Store, harvest: Harvest
) -> None:
    harvest(FEED, **under({}))
    ids = {record.identifier: record.id for record in store.live_records()}
    harvest(FEED, 1, **under(NO_TESTS))
    run = harvest(FEED, 2, **under({}))
    assert numbers(run) == {"fetched": 22, "added": 2, "unchanged": 20}
    assert {record.identifier: record.id for record in store.live_records()} == ids


def test_an_incomplete_run_removes_nothing_by_a_filter(store: Store, harvest: Harvest) -> None:
    harvest(FEED, **under({}))
    run = harvest(cut(FEED.items), 1, **under(NO_TESTS))
    assert (run.status, run.filtered, run.deleted) == ("incomplete", 2, 0)
    assert len(live(store)) == 22
    assert harvest(FEED, 2, **under(NO_TESTS)).deleted == 2


def test_rules_of_an_operator_may_leave_out_most_but_a_portal_may_not_fall_under_them(
    store: Store, harvest: Harvest
) -> None:
    harvest(Feed(towns(20)), **under({}))
    most = {"filters": {"title": ["*1* parcels", "*2 parcels"]}}
    run = harvest(Feed(towns(20)), 1, **under(most))
    assert (run.status, run.filtered, run.deleted) == ("ok", 12, 12)

    harvest(Feed(towns(20)), 2, **under(NO_TESTS))
    assert len(live(store)) == 20
    renamed = Feed([entry(f"t{n}", "Test of ours") for n in range(12)] + towns(8, 12))
    held = harvest(renamed, 3, **under(NO_TESTS))
    assert (held.status, held.slug, held.filtered) == ("held", "too-many-missing", 12)
    assert "fall under the portal's filters now (12)" in held.reason
    assert len(live(store)) == 20
    done = approve(store, held.id, renamed, now=days(4), mapper=MAPPER)
    assert (done.filtered, done.deleted) == (12, 12)
    assert len(live(store)) == 8


def test_rules_that_leave_nothing_wait_for_a_person(store: Store, harvest: Harvest) -> None:
    harvest(Feed(towns(20)), **under({}))
    held = harvest(Feed(towns(20)), 1, **under({"filters": {"title": "*parcels"}}))
    assert (held.status, held.slug, held.filtered) == ("held", "no-records", 20)
    assert "the portal's rules leave out all 20 records" in held.reason
    assert len(live(store)) == 20


def test_what_is_left_out_counts_towards_the_expected_minimum() -> None:
    found = replace(counts(10), filtered=15, fetched=25)
    source = replace(SOURCE, expected_minimum=25)
    assert judge(found, RunStatement(complete=True), source).status == "ok"


def test_other_rules_change_what_is_stored_and_only_that(store: Store, harvest: Harvest) -> None:
    feed = Feed([*towns(10, license="City terms"), *towns(10, 10, license="Other terms")])
    harvest(feed, **under({}))
    before = sequences(store)
    rules = {"values": {"license": {"City terms": "CC-BY-4.0"}}}
    dry = ingest(store, under(rules)["source"], feed, now=days(1), mapper=MAPPER, dry_run=True)
    run = harvest(feed, 1, **under(rules))
    assert numbers(run) == numbers(dry) == {"fetched": 20, "updated": 10, "unchanged": 10}
    known = {r.dataset.license.id for r in store.live_records() if r.dataset.license}
    assert known == {"CC-BY-4.0", "custom"}
    assert sum(number != before[id_] for id_, number in sequences(store).items()) == 10
    assert stamps(store) == {under(rules)["source"].rules_digest}
    assert numbers(harvest(feed, 2, **under(rules))) == {"fetched": 20, "unchanged": 20}


def test_a_kill_between_two_batches_leaves_what_the_next_run_finishes(store: Store, harvest: Harvest) -> None:
    """Each record says under which rules it stands, so what was not reached is mapped the next time."""
    feed = Feed(towns(20, license="City terms"))
    harvest(feed, **under({}))
    rules = {"values": {"license": {"City terms": "CC-BY-4.0"}}}
    harvest(cut(feed.items[:12]), 1, **under(rules))
    assert len(stamps(store)) == 2
    assert numbers(harvest(feed, 2, **under(rules))) == {"fetched": 20, "updated": 8, "unchanged": 12}


def test_of_a_repeated_identifier_the_filter_takes_its_part_first(store: Store, harvest: Harvest) -> None:
    twice = [entry("a", "Test of wells", modified="2025"), entry("a", "Wells", modified="2020")]
    run = harvest(Feed([*twice, entry("a", "Wells of town"), entry(None, "Test of none")]), **under(NO_TESTS))
    assert numbers(run) == {"fetched": 4, "added": 1, "duplicate": 1, "filtered": 1, "quarantined": 1}


def test_a_record_left_out_is_neither_lost_nor_anothers_new_name(store: Store, harvest: Harvest) -> None:
    same = {"description": "All the wells of the county, with depth and yield.", "issued": "2020-01-01"}
    harvest(Feed([*towns(20), entry("old", "Wells", **same)]), **under({}))
    moved = Feed([*towns(20), entry("old", "Test of wells", **same), entry("new", "Wells", **same)])
    run = harvest(moved, 1, **under(NO_TESTS))
    assert numbers(run) == {"fetched": 22, "added": 1, "unchanged": 20, "filtered": 1, "deleted": 1}


def test_a_refused_record_is_tried_again_under_other_rules(store: Store, harvest: Harvest) -> None:
    feed = Feed([*towns(5), SourceRecord(SOURCE.id, "n", "dcat-us-1.1", b'{"identifier":"n"}', digest="d")])
    assert harvest(feed, **under(NO_TESTS)).quarantined == 1
    run = harvest(feed, 1, **under({"filters": {"fields": {"identifier": "n"}}}))
    assert numbers(run) == {"fetched": 6, "unchanged": 5, "filtered": 1}
    assert store.quarantined(SOURCE.id) == []


def test_a_plan_tells_which_rule_left_out_what(store: Store) -> None:
    store.put_source(under(NO_TESTS)["source"])
    plan = make_plan(store.database, under(NO_TESTS)["source"], FEED, now=days(0), mapper=MAPPER)
    assert list(plan.filtered()) == [("x", "title = test *"), ("y", "title = test *")]
    plan.close()


def test_a_record_whose_first_mapping_failed_is_left_out_when_it_succeeds(
    store: Store, harvest: Harvest
) -> None:
    """A process can die of want of memory, and not the second time."""
    seen: list[bytes] = []

    def once_broken(schema: str, payload: bytes, rules: str) -> Mapped:
        seen.append(payload)
        if b'"x"' in payload and seen.count(payload) == 1:
            raise MemoryError(MAPPING_FAILED)
        assert MAPPER.map_ruled is not None
        return MAPPER.map_ruled(schema, payload, rules)

    run = harvest(FEED, **under(NO_TESTS) | {"mapper": replace(MAPPER, map_ruled=once_broken)})
    assert numbers(run) == {"fetched": 22, "added": 20, "filtered": 2}
    assert "x" not in live(store)


def test_mapping_processes_know_the_rules(store: Store, harvest: Harvest) -> None:
    two = {"mapper": replace(MAPPER, processes=2)}
    run = harvest(FEED, **under(NO_TESTS) | two)
    assert numbers(run) == {"fetched": 22, "added": 20, "filtered": 2}


words = st.sampled_from(["test", "wells", "roads", "map of wells", "test of roads"])
some_rules = st.fixed_dictionaries(
    {},
    optional={
        "filters": st.fixed_dictionaries(
            {},
            optional={
                "title": st.lists(st.sampled_from(["test*", "*wells", "roads"]), min_size=1),
                "keyword": st.sampled_from(["test", "w*"]),
                "type": st.just("dataset"),
                "fields": st.just({"license": "roads"}),
            },
        ),
        "values": st.just({"license": {"test*": "MIT"}}),
        "defaults": st.just({"publisher": "Town"}),
        "fields": st.just({"publisher": ["license"]}),
    },
)
some_record = st.builds(
    lambda identifier, title, keyword, licence: entry(identifier, title, keyword=[keyword], license=licence),
    st.none() | st.sampled_from(["a", "b", "c", "d"]),
    st.just("") | words,
    words,
    words,
)


@settings(deadline=None, max_examples=40)
@given(steps=st.lists(st.tuples(some_rules, st.lists(some_record, max_size=8), st.booleans()), max_size=4))
def test_every_record_is_accounted_for_under_any_rules(
    steps: list[tuple[dict[str, Any], list[SourceRecord], bool]],
) -> None:
    store = Store.open("sqlite://")
    for day, (rules, items, complete) in enumerate(steps):
        source = under(rules)["source"]
        store.put_source(source)
        feed = Feed(items) if complete else cut(items)
        dry = ingest(store, source, feed, now=days(day), mapper=MAPPER, dry_run=True)
        run = ingest(store, source, feed, now=days(day), mapper=MAPPER)
        parts = (run.added, run.updated, run.unchanged, run.renamed, run.duplicate, run.filtered)
        assert run.fetched == len(items) == sum(parts) + run.quarantined
        assert dry.filtered == run.filtered
        if run.status == "ok":
            again = ingest(store, source, feed, now=days(day), mapper=MAPPER)
            assert (again.added, again.updated, again.filtered) == (0, 0, run.filtered)
    store.close()


def test_a_remap_applies_other_rules_and_leaves_removals_to_the_harvest(
    store: Store, harvest: Harvest
) -> None:
    feed = Feed([*FEED.items, *towns(5, 30, license="City terms")])
    harvest(feed, **under({}))
    rules = NO_TESTS | {"values": {"license": {"City terms": "CC-BY-4.0"}}}
    source = under(rules)["source"]
    store.put_source(source)
    done = remap(store, source, mapper=MAPPER)
    assert (done.records, done.remapped, done.changed, done.failed, done.filtered) == (27, 25, 5, 0, 2)
    assert len(live(store)) == 27
    run = harvest(feed, 1, **under(rules))
    assert numbers(run) == {"fetched": 27, "unchanged": 25, "filtered": 2, "deleted": 2}
    again = remap(store, source, mapper=MAPPER)
    assert (again.current, again.changed, again.filtered) == (25, 0, 2)
