"""What every engine must do beside searching a page: scan, suggest, name its state, take any Unicode."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.analysis import prepare, sort_key, words
from index.engines.protocol import Deletion, Engine, EngineRequest, IndexDocument
from index.fields import SORTS, Sort
from index.query.model import MAX_FILTER_VALUES, MAX_QUERY_CHARACTERS, MAX_TERMS
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.kinds import KINDS, SHARDED, fill, opened
from tests.index.engines.reference import Reference

Match = Literal["all", "any"]


def ask(text: str, match: Match = "all", sort: Sort = "relevance", limit: int = 100) -> EngineRequest:
    return EngineRequest(parse(text), {}, match, sort, limit, 0, NOW)


def document(number: int, title: str, *further: str, **given: object) -> IndexDocument:
    """A document of a title and further parts of its text."""
    texts = {
        "all": prepare("\n".join((title, *further))),
        "title": prepare(title),
        "tags": prepare(further[0] if further else ""),
    }
    made = IndexDocument(f"d{number:04}", texts, {"keyword": [title.casefold()]}, sort_key(title))
    return replace(made, **given)  # type: ignore[arg-type]  # fields of a document


@pytest.fixture(params=[*KINDS, SHARDED])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with opened(request.param, request, tmp_path) as made:
        yield made


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["", "health plan", "zzzqqq"])
def test_a_scan_gives_everything_in_the_order_of_the_search(sample: Engine, text: str, sort: Sort) -> None:
    for match in ("all", "any"):
        whole = sample.search(ask(text, match, sort, 10_000))
        assert list(sample.scan(ask(text, match, sort, 1))) == [hit.id for hit in whole.hits]
        assert len(whole.hits) == whole.total


def test_a_scan_goes_on_in_the_state_it_began_in(empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.engines.elasticsearch.scanning.PAGE", 50)
    fill(empty, documents()[:300])
    expected = list(empty.scan(ask("data", sort="title")))
    scan = empty.scan(ask("data", sort="title"))
    begun = [next(scan), next(scan)]
    with empty.writer() as writer:
        writer.apply([], [Deletion(one.id) for one in documents()[:200]])
        writer.commit(2)
    empty.refresh()
    assert begun + list(scan) == expected
    assert len(list(empty.scan(ask("data", sort="title")))) < len(expected)


def test_a_scan_left_half_way_leaves_nothing_open(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from index.engines.elasticsearch import ElasticsearchEngine

    monkeypatch.setattr("index.engines.elasticsearch.scanning.PAGE", 10)
    with opened("elasticsearch", request, tmp_path) as engine:
        assert isinstance(engine, ElasticsearchEngine)
        fill(engine, documents()[:100])
        with engine.cluster.managing("counting") as client:

            def contexts() -> int:
                stats = client.indices.stats(index=engine.cluster.names.read, metric="search")
                return int(stats.body["_all"]["total"]["search"]["open_contexts"])

            scan = engine.scan(ask("", sort="title"))
            next(scan)
            assert contexts() == 1
            del scan
            assert contexts() == 0
            list(engine.scan(ask("")))
            assert contexts() == 0


def test_suggestions_go_from_a_to_z_and_name_each_title_once(empty: Engine) -> None:
    titles = ["Water B", "water a", "Wasser", "Water B", "WATER", "waterways", "Wáter c", "Dry water"]
    fill(empty, [document(number, title) for number, title in enumerate(titles)])
    assert empty.suggest("water", 10) == ["d0004", "d0001", "d0000", "d0006", "d0005"]
    assert empty.suggest("water", 2) == ["d0004", "d0001"]
    assert empty.suggest("water b", 10) == ["d0000"]
    assert empty.suggest("q", 10) == []


def test_a_suggestion_takes_every_character_as_it_is(empty: Engine) -> None:
    titles = ["50% of *all*?", "50 of all", "a\\b", 'a"b', "a.b", "水質", "水", "𝔘nicode", "a/b|c&(d)", "ﬁsh"]
    fill(empty, [document(number, title) for number, title in enumerate(titles)])
    for number, title in enumerate(titles):
        assert f"d{number:04}" in empty.suggest(sort_key(title)[:3], 10)
    assert empty.suggest("5.", 10) == empty.suggest("*", 10) == empty.suggest("a?", 10) == []


def test_titles_are_suggested_as_they_begin_in_the_sample(sample: Engine) -> None:
    by_title = sorted((one.title_key, one.id) for one in documents())
    for beginning in ("a", "medic", "water", "wage and hour"):
        first: dict[str, str] = {}
        for title, key in by_title:
            if title.startswith(beginning):
                first.setdefault(title, key)
        assert sample.suggest(beginning, 7) == list(first.values())[:7]


def test_a_generation_names_a_state(empty: Engine) -> None:
    seen = [empty.generation()]
    for watermark in (5, 6):
        with empty.writer() as writer:
            writer.apply([document(watermark, "Water")], [])
            writer.commit(watermark)
        empty.refresh()
        seen.append(empty.generation())
        assert empty.generation() == seen[-1]
    with empty.build() as build:
        with build.writer() as writer:
            writer.apply([document(7, "Water")], [])
            writer.commit(7)
        assert empty.generation() == seen[-1]
        build.swap()
    empty.refresh()
    seen.append(empty.generation())
    assert len(set(seen)) == len(seen)
    assert empty.ids() == ["d0007"]


def test_what_is_kept_of_a_state_ends_with_it(empty: Engine) -> None:
    fill(empty, [document(number, "rare word") for number in range(3)])
    both = ask("rare common", "any")
    assert empty.search(both).total == 3
    assert empty.facet_values("keyword") == {"rare word"}
    fill(empty, [document(number, "common good") for number in range(10, 20)])
    empty.refresh()
    assert empty.search(both).total == 13
    assert empty.facet_values("keyword") == {"rare word", "common good"}


def test_an_engine_without_an_index_answers_with_nothing(empty: Engine) -> None:
    request = ask("water")
    assert (empty.search(request).total, empty.count(request), list(empty.scan(request))) == (0, 0, [])
    assert empty.suggest("w", 5) == list(empty.ids()) == []
    assert empty.fingerprints() == {}
    assert empty.facet_values("keyword") == empty.known_values("keyword", ["x"]) == frozenset()


ODD = [
    ("Café münchen STRASSE straße", "naïve œuvre Ærø"),
    ("ΣΊΣΥΦΟΣ σίσυφος", "Ελλάδα"),
    ("Вода и воздух", "ёлка Ёлка"),
    ("水質調査 東京", "ﾃﾞｰﾀ データ"),
    ("ประเทศไทย", "กรุงเทพ"),
    ("مياه الشرب", "الماءُ"),
    ("पानी की गुणवत्ता", "बिजली"),
    ("한국 데이터", "서울"),
    ("İstanbul ısı", "I i ı İ"),
    ("x² + y² ≈ ½", "№ 5 ℡ ﬁnance"),
    ("emoji 🏙️ city 👩‍👩‍👧", "zero\u200bwidth soft\u00adhyphen"),
    ("R&D U.S.A. A.B.C. covid-19", "driver's dogs' o'neill"),
    ("long " + "a" * 99 + " tail", "left " + "b" * 100 + " right " + "b" * 101 + " end"),
    ("é" * 50 + " short", "水" * 120),
    ("part one", "one two"),
    ("two", "one three"),
    ("\u2028 line \u2029 separators", "next\x85line\u00a0nbsp tab\ttab"),
    ("university of the universe", "universal universities organized organs internal internship"),
    ("paste past pasted", "evening even evens later lateral"),
    ("", "nothing but a description"),
]
_WHOLE = {piece for title, more in ODD for piece in f"{title} {more}".split()}
PIECES = sorted({piece if len(words(piece)) < 8 else piece[:8] for piece in _WHOLE} | {'"', "OR", "-", " "})


def odd_documents() -> Sequence[IndexDocument]:
    return [document(number, *parts) for number, parts in enumerate(ODD)]


@pytest.fixture(scope="module", params=[*KINDS, SHARDED])
def odd(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with opened(request.param, request, tmp_path_factory.mktemp("odd")) as made:
        fill(made, odd_documents())
        yield made


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pieces=st.lists(st.sampled_from(PIECES), min_size=1, max_size=4),
    glue=st.sampled_from([" ", "", '" "']),
    match=st.sampled_from(("all", "any")),
)
def test_texts_of_any_script_are_found_as_looking_at_each_finds_them(
    odd: Engine, pieces: list[str], glue: str, match: Match
) -> None:
    request = ask(glue.join(pieces)[:MAX_QUERY_CHARACTERS], match)
    expected = Reference(odd_documents()).matching(request)
    assert {hit.id: hit.partial for hit in odd.search(request).hits} == expected


@pytest.mark.parametrize(
    ("phrase", "found"),
    [
        ('"part one"', 1),
        ('"one one"', 0),  # the end of a title and the beginning of what follows
        ('"two one"', 0),
        ('"a" "tail"', 0),
        ('"right end"', 0),  # a run of 101 letters stands between them, which is no word
        (f'"left {"b" * 100} right"', 1),
    ],
)
def test_a_phrase_stays_in_its_part_and_passes_over_nothing(odd: Engine, phrase: str, found: int) -> None:
    assert odd.count(ask(phrase)) == found


def test_facet_values_of_any_script_are_counted(odd: Engine) -> None:
    values = {title.casefold() for title, _ in ODD}
    counted = odd.search(replace(ask("", limit=0), facets={"keyword": 100})).facets["keyword"]
    assert counted == [(value, 1) for value in sorted(values)]
    assert odd.known_values("keyword", [*values, "zzz"]) == odd.facet_values("keyword") == values
    for value in values:
        assert odd.count(replace(ask(""), filters={"keyword": (value,)})) == 1


@pytest.mark.parametrize(
    "text",
    [
        " ".join(f"word{number}" for number in range(MAX_TERMS)),
        " OR ".join(f"word{number}" for number in range(MAX_TERMS)),
        '"' + " ".join(f"w{number}" for number in range(MAX_TERMS)) + '"',
        "水" * MAX_TERMS,
        "-" + " -".join(f"word{number}" for number in range(MAX_TERMS)),
        "x" * MAX_QUERY_CHARACTERS,
    ],
)
def test_the_longest_queries_are_answered(sample: Engine, text: str) -> None:
    values = tuple(f"value {number} " + "é" * 100 for number in range(MAX_FILTER_VALUES))
    filters = {"keyword": (*values[1:], "health"), "publisher": values, "updated": ("5y", "30d")}
    facets = dict.fromkeys(["keyword", "publisher", "updated", "format"], 100)
    for match in ("all", "any"):
        request = replace(ask(text, match), filters=filters, facets=facets)
        found = sample.search(request)
        assert (found.total, found.hits) == (0, [])
        assert len(found.facets["publisher"]) >= MAX_FILTER_VALUES
