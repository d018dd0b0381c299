"""What every engine must do, the same for each: what is found, counted and in which order.

The answers are compared with a reference that looks at every document of the bundled sample.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.engines.protocol import Deletion, Engine, EngineRequest, IndexDocument
from index.fields import FACETS, UPDATED_DAYS
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.kinds import KINDS, SHARDED, opened
from tests.index.engines.reference import Reference

FACET_NAMES = [facet.name for facet in FACETS]
QUERIES = [
    "",
    "water",
    "health insurance",
    "medicare providers",
    "employment and wages by industry",
    "the data",
    "the",
    '"consumer complaint"',
    '"to the"',
    '"health',
    "energy -oil",
    'energy -"oil and gas"',
    "housing OR crime",
    'permits OR "building inspections" san',
    "covid-19",
    "driver's license",
    "U.S. energy",
    "street/sidewalk",
    "wage_type",
    "https://data.sfgov.org",
    "san francisco bicycle parking zzzqqq",
    "zzzqqq",
    "zzzqqq xxyyzz",
    "data -data",
    "-energy",
    "-format:csv health",
    "ünïversity Health",
    "水質",
]


@pytest.fixture(scope="session")
def engine(sample: Engine) -> Engine:
    """An engine that holds the sample."""
    return sample


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(documents())


def ask(text: str = "", **given: Any) -> EngineRequest:
    """A request for everything that matches a text."""
    usual: dict[str, Any] = {"filters": {}, "match": "all", "sort": "relevance", "limit": 100, "offset": 0}
    return EngineRequest(query=parse(text), now=NOW, **(usual | given))


def every_hit(engine: Engine, request: EngineRequest) -> dict[str, bool]:
    """All ids a request finds, page by page, and whether each is partial."""
    found: dict[str, bool] = {}
    for offset in range(0, 10_000, 1000):
        page = EngineRequest(**{**_fields(request), "limit": 1000, "offset": offset})
        hits = engine.search(page).hits
        found.update((hit.id, hit.partial) for hit in hits)
        if len(hits) < 1000:
            return found
    raise AssertionError("the sample is smaller than this")


def _fields(request: EngineRequest) -> dict[str, Any]:
    return {name: getattr(request, name) for name in request.__slots__}


@pytest.mark.parametrize("match", ["all", "any"])
@pytest.mark.parametrize("text", QUERIES)
def test_a_query_finds_what_looking_at_every_document_finds(
    engine: Engine, reference: Reference, text: str, match: str
) -> None:
    request = ask(text, match=match)
    expected = reference.matching(request)
    assert every_hit(engine, request) == expected
    assert engine.search(request).total == engine.count(request) == len(expected)


def test_the_queries_find_something(reference: Reference) -> None:
    empty = [text for text in QUERIES if not reference.matching(ask(text, match="any"))]
    assert empty == ["zzzqqq", "zzzqqq xxyyzz", "data -data", "水質"]


@pytest.mark.parametrize("text", ["health insurance providers", "san francisco bicycle parking zzzqqq"])
def test_results_with_every_word_come_before_partial_ones(engine: Engine, text: str) -> None:
    hits = engine.search(ask(text, match="any", limit=1000)).hits
    flags = [hit.partial for hit in hits]
    assert flags == sorted(flags)
    assert any(flags)


words = st.sampled_from(
    ["water", "health", "energy", "san", "data", "medicare", "oil", "the", "2020", "permits"]
)
value_facets = [facet.name for facet in FACETS if facet.kind == "value"]


@st.composite
def selections(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Up to two values in each of up to two facets, values that documents have and one that none has."""
    chosen: dict[str, tuple[str, ...]] = {}
    for name in draw(st.lists(st.sampled_from(FACET_NAMES), unique=True, max_size=2)):
        known = ["7d", "30d", "1y", "5y"] if name == "updated" else sorted(values_of(name))
        chosen[name] = tuple(draw(st.lists(st.sampled_from(known), min_size=1, max_size=2, unique=True)))
    return chosen


def values_of(facet: str) -> set[str]:
    return {value for document in documents() for value in document.facets.get(facet, [])}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.lists(words, max_size=3).map(" ".join),
    filters=selections(),
    match=st.sampled_from(["all", "any"]),
    counted=st.lists(st.sampled_from(FACET_NAMES), unique=True, min_size=1, max_size=3),
    size=st.sampled_from([1, 3, 10, 100]),
)
def test_facet_counts_are_exact_and_ignore_their_own_selection(
    engine: Engine,
    reference: Reference,
    query: str,
    filters: dict[str, tuple[str, ...]],
    match: str,
    counted: list[str],
    size: int,
) -> None:
    names = [*filters, *(name for name in counted if name not in filters)]
    request = ask(query, filters=filters, match=match, limit=0, facets=dict.fromkeys(names, size))
    found = engine.search(request)
    assert found.total == len(reference.matching(request))
    assert found.facets == {name: reference.facet(request, name, size) for name in names}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.lists(words, max_size=2).map(" ".join), filters=selections(), data=st.data())
def test_a_count_is_the_total_of_the_search_with_that_value_alone(
    engine: Engine, query: str, filters: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(FACET_NAMES))
    counts = engine.search(ask(query, filters=filters, limit=0, facets={name: 20})).facets[name]
    for value, number in counts[:5]:
        assert engine.count(ask(query, filters={**filters, name: (value,)})) == number


@pytest.mark.parametrize("sort", ["modified", "title", "popular"])
@pytest.mark.parametrize("text", ["", "health", "medicare OR energy"])
def test_sorts_put_unknown_values_last_and_equal_ones_by_id(
    engine: Engine, reference: Reference, sort: str, text: str
) -> None:
    request = ask(text, sort=sort)
    assert list(every_hit(engine, request)) == reference.ordered(request)


@pytest.mark.parametrize("sort", ["modified", "title", "popular"])
def test_a_sort_mixes_partial_results_with_the_others_and_marks_them(
    engine: Engine, reference: Reference, sort: str
) -> None:
    request = ask("health insurance providers", sort=sort, match="any")
    expected = reference.matching(request)
    found = every_hit(engine, request)
    assert list(found) == reference.ordered(request)
    assert found == expected
    assert {*expected.values()} == {True, False}


@pytest.mark.parametrize("sort", ["relevance", "modified", "title", "popular"])
@pytest.mark.parametrize("match", ["all", "any"])
def test_pages_neither_repeat_nor_skip(engine: Engine, sort: str, match: str) -> None:
    whole = [hit.id for hit in engine.search(ask("health plan data", sort=sort, match=match, limit=400)).hits]
    paged = [
        hit.id
        for offset in range(0, 400, 7)
        for hit in engine.search(ask("health plan data", sort=sort, match=match, limit=7, offset=offset)).hits
    ][:400]
    assert paged == whole
    assert len(set(whole)) == len(whole) > 30


def test_equal_scores_go_by_id(engine: Engine) -> None:
    hits = engine.search(ask("energy", limit=1000)).hits
    assert len({hit.score for hit in hits}) < len(hits)
    assert [(-hit.score, hit.id) for hit in hits] == sorted((-hit.score, hit.id) for hit in hits)


def test_no_hits_are_asked_for_and_the_total_still_comes(engine: Engine) -> None:
    found = engine.search(ask("energy", limit=0))
    assert found.hits == []
    assert found.total > 100


def test_a_window_beyond_the_end_is_empty(engine: Engine) -> None:
    found = engine.search(ask("energy", offset=9_990, limit=10))
    assert found.hits == []
    assert found.total > 100


def test_counting_facets_changes_neither_total_nor_hits(engine: Engine) -> None:
    plain = engine.search(ask("health"))
    counted = engine.search(ask("health", facets=dict.fromkeys(FACET_NAMES, 10)))
    assert (plain.total, plain.hits) == (counted.total, counted.hits)


def test_updated_windows_contain_each_other(engine: Engine) -> None:
    counts = engine.search(ask("", limit=0, facets={"updated": 10})).facets["updated"]
    assert [name for name, _ in counts] == ["7d", "30d", "90d", "1y", "5y"]
    numbers = [number for _, number in counts]
    assert numbers == sorted(numbers)
    assert numbers[-1] > numbers[0]


def test_what_claims_to_be_updated_in_the_future_is_not_recent(engine: Engine) -> None:
    early = NOW - timedelta(days=20 * 365)
    request = ask("", filters={"updated": ("5y",)})
    assert engine.count(EngineRequest(**{**_fields(request), "now": early})) < engine.count(request)


def test_an_unknown_value_finds_nothing(engine: Engine) -> None:
    assert engine.search(ask("", filters={"format": ("zzz",)})).total == 0
    assert engine.known_values("format", ["csv", "zzz"]) == {"csv"}
    assert engine.known_values("updated", ["7d", "8d"]) == {"7d"}


@pytest.mark.parametrize("facet", value_facets)
def test_the_values_of_a_facet_are_those_documents_have(engine: Engine, facet: str) -> None:
    assert engine.facet_values(facet) == values_of(facet)


def test_the_windows_are_the_values_of_updated(engine: Engine) -> None:
    assert engine.facet_values("updated") == set(UPDATED_DAYS)


def test_the_ids_are_those_of_the_documents(engine: Engine) -> None:
    assert list(engine.ids()) == sorted(document.id for document in documents())


def test_the_sample_has_documents_with_several_values() -> None:
    several: set[str] = set()
    for document in documents():
        several |= {name for name, values in document.facets.items() if len(values) > 1}
    assert several >= {"source", "level", "publisher", "topic", "format", "keyword", "has", "license"}


@pytest.mark.parametrize("kind", [*KINDS, SHARDED])
def test_an_engine_answers_the_same_however_its_documents_came(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with opened(kind, request, tmp_path) as made:
        _answers_the_same(made)


def _answers_the_same(made: Engine) -> None:
    kept: list[IndexDocument] = list(documents()[:300])
    with made.writer() as writer:
        writer.apply(documents()[:600], [])
        writer.commit(1)
        writer.apply(kept[100:200], [Deletion(document.id) for document in documents()[300:600]])
        writer.apply(kept[150:], [])
        writer.commit(2)
    small = Reference(kept)
    for text in QUERIES[1::4]:
        for match in ("all", "any"):
            request = ask(text, match=match, facets=dict.fromkeys(FACET_NAMES, 5))
            found = made.search(request)
            assert found.total == len(small.matching(request))
            assert found.facets == {name: small.facet(request, name, 5) for name in FACET_NAMES}
