"""Equal digests mean "not changed": order never counts where it says nothing, everything else does."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.issue import Unmappable
from mappings.schemas import digest
from tests.shared_data import load, load_lines, needs_shared

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.lists(st.text(max_size=6), max_size=5)
RECORDS = st.fixed_dictionaries(
    {"title": st.text(max_size=10), "identifier": st.text(max_size=5)},
    optional={
        "keyword": WORDS,
        "theme": WORDS,
        "distribution": st.lists(st.dictionaries(st.text(max_size=5), JSON_VALUES, max_size=3), max_size=4),
        "spatial": JSON_VALUES,
        "isPartOf": st.text(max_size=5),
        "extra": JSON_VALUES,
    },
)
COLUMN = st.tuples(
    st.text(max_size=3), st.text(max_size=3), st.dictionaries(st.text(max_size=2), WORDS, max_size=1)
)


def shuffled(value: Any, rng: random.Random, path: tuple[str, ...] = ()) -> Any:
    """The record with all keys, and the arrays that are sets, in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(inner, rng, (*path, key))) for key, inner in value.items()]
        rng.shuffle(items)
        return dict(items)
    if isinstance(value, list):
        items = [shuffled(inner, rng, (*path, "*")) for inner in value]
        if path in {("keyword",), ("theme",), ("distribution",), ("references",), ("language",)}:
            rng.shuffle(items)
        return items
    return value


@settings(deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_keys_keywords_and_distributions_does_not_count(
    record: dict[str, Any], rng: random.Random
) -> None:
    assert digest("dcat-us-1.1", shuffled(record, rng)) == digest("dcat-us-1.1", record)


@settings(deadline=None)
@given(RECORDS, RECORDS)
def test_two_records_that_differ_in_anything_else_differ_in_their_digest(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    same = canonical(one) == canonical(other)
    assert (digest("dcat-us-1.1", one) == digest("dcat-us-1.1", other)) is same


def canonical(record: dict[str, Any]) -> str:
    """A slow second opinion: sets by the text of their members, types kept apart (1 is not true)."""
    sets = {"keyword", "theme", "distribution"}

    def text(value: Any) -> str:
        if isinstance(value, dict):
            return "{" + ",".join(f"{key!r}:{text(value[key])}" for key in sorted(value)) + "}"
        if isinstance(value, list):
            return "[" + ",".join(map(text, value)) + "]"
        return repr(value)

    return repr(
        sorted(
            (key, sorted(map(text, value)) if key in sets else text(value)) for key, value in record.items()
        )
    )


@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("title", "Parks", "parks"),
        ("title", "Cafe\u0301", "Caf\u00e9"),
        ("title", "1", 1),
        ("title", None, ""),
        ("keyword", ["a"], ["a", "a"]),
        ("keyword", "a,b", ["a", "b"]),
        ("spatial", [[0, 1], [2, 3]], [[2, 3], [0, 1]]),
        ("dataQuality", True, 1),
    ],
)
def test_any_other_change_counts(field: str, before: object, after: object) -> None:
    assert digest("dcat-us-1.1", {field: before}) != digest("dcat-us-1.1", {field: after})


def test_an_absent_field_is_not_a_null_one() -> None:
    assert digest("dcat-us-1.1", {"title": "Parks"}) != digest(
        "dcat-us-1.1", {"title": "Parks", "license": None}
    )


def test_keywords_in_one_string_may_change_places() -> None:
    assert digest("dcat-us-1.0", {"keyword": "pool,shape"}) == digest(
        "dcat-us-1.0", {"keyword": "shape,pool"}
    )


@pytest.mark.parametrize(
    "path", [("resource", "page_views"), ("resource", "download_count"), ("preview_image_url",)]
)
def test_what_moves_by_itself_is_left_out(path: tuple[str, ...]) -> None:
    before: dict[str, Any] = {"resource": {"id": "abcd-1234", "page_views": {}, "download_count": 3}}
    after: dict[str, Any] = {"resource": dict(before["resource"])}
    target = after if len(path) == 1 else after[path[0]]
    target[path[-1]] = 4_711
    assert digest("socrata-discovery", after) == digest("socrata-discovery", before)


@settings(deadline=None)
@given(st.lists(COLUMN, max_size=5), st.randoms(use_true_random=False))
def test_columns_may_change_places_together(columns: list[tuple[str, str, Any]], rng: random.Random) -> None:
    before = discovery(columns)
    rng.shuffle(columns)
    assert digest("socrata-discovery", discovery(columns)) == digest("socrata-discovery", before)


def test_columns_that_swap_their_descriptions_are_a_change() -> None:
    before = discovery([("a", "first", {}), ("b", "second", {})])
    after = discovery([("a", "second", {}), ("b", "first", {})])
    assert digest("socrata-discovery", before) != digest("socrata-discovery", after)


def discovery(columns: list[tuple[str, str, Any]]) -> dict[str, Any]:
    names, texts, formats = ([column[part] for column in columns] for part in range(3))
    return {
        "resource": {
            "columns_field_name": names,
            "columns_description": texts,
            "columns_format": formats,
        }
    }


def test_a_record_too_deep_to_be_written_is_refused() -> None:
    value: Any = "bottom"
    for _ in range(400):
        value = [value]
    with pytest.raises(Unmappable, match="json-too-deep"):
        digest("dcat-us-1.1", {"spatial": value})


@needs_shared
def test_cambridge_reordered_its_columns_between_two_harvests_and_nothing_else() -> None:
    """58 of 64 datasets came with another order of columns; only those with a real edit may differ."""
    earlier = by_id("socrata-discovery-history/data.cambridgema.gov.20220711T1430.jsonl")
    later = by_id("socrata-discovery/data.cambridgema.gov.jsonl")
    edited = {
        key
        for key in earlier
        if {part: earlier[key]["resource"][part] for part in ("updatedAt", "name", "description")}
        != {part: later[key]["resource"][part] for part in ("updatedAt", "name", "description")}
    }
    changed = {
        key
        for key in earlier
        if digest("socrata-discovery", earlier[key]) != digest("socrata-discovery", later[key])
    }
    assert sum(earlier[key] != later[key] for key in earlier) == 59
    assert changed <= edited
    assert len(changed) == 18


def by_id(relative: str) -> dict[str, Any]:
    return {record["resource"]["id"]: record for record in load_lines(relative)}


@needs_shared
def test_a_feed_published_again_with_reordered_keywords_is_unchanged_there() -> None:
    """Howard County: of 85 datasets in both states 55 reordered their keywords."""
    states = [
        {record["identifier"]: record for record in load(f"socrata-datajson/2019-2020/{name}")["dataset"]}
        for name in ("howard-county-md_20190426.data.json", "howard-county-md_20200414.data.json")
    ]
    earlier, later = states
    for key in earlier.keys() & later.keys():
        mended = {**earlier[key]}
        if "keyword" in later[key] and sorted(mended.get("keyword", [])) == sorted(later[key]["keyword"]):
            mended["keyword"] = later[key]["keyword"]
        assert digest("dcat-us-1.1", mended) == digest("dcat-us-1.1", earlier[key])


def test_what_ckan_notes_of_itself_and_the_order_of_its_lists_do_not_count() -> None:
    package = {
        "id": "a",
        "title": "Roads",
        "tags": [{"name": "roads"}, {"name": "bridges"}],
        "extras": [{"key": "harvest_object_id", "value": "1"}, {"key": "frequency", "value": "R/P1D"}],
        "tracking_summary": {"total": 5},
        "resources": [{"url": "https://x.gov/a.csv", "qa": "broken", "tracking_summary": {"total": 1}}],
    }
    later = {
        **package,
        "tags": package["tags"][::-1],
        "extras": [{"key": "frequency", "value": "R/P1D"}, {"key": "harvest_object_id", "value": "2"}],
        "tracking_summary": {"total": 6},
        "resources": [{"url": "https://x.gov/a.csv", "qa": "fine", "tracking_summary": {"total": 9}}],
    }
    assert digest("ckan", later) == digest("ckan", package)
    assert digest("ckan", {**later, "title": "Road"}) != digest("ckan", package)
    other = [{"key": "frequency", "value": "R/P1W"}]
    assert digest("ckan", {**later, "extras": other}) != digest("ckan", package)
