"""What people type, and the query it makes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.analysis import words
from index.fields import FACETS_BY_NAME
from index.query.model import BadRequest
from index.query.parse import OPEN_QUOTE, parse
from index.query.syntax import AnyOf, Clause, Phrase, Word


def word(*texts: str) -> tuple[Word, ...]:
    return tuple(Word(text) for text in texts)


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("", ()),
        ("   ", ()),
        ("Water QUALITY", word("water", "quality")),
        ("water water", word("water")),
        ('"child care" centers', (Phrase(("child", "care")), Word("centers"))),
        ("“child care” „low“ «rent»", (Phrase(("child", "care")), Phrase(("low",)), Phrase(("rent",)))),
        ('"unclosed to the end', (Phrase(("unclosed", "to", "the", "end")),)),
        ('""', ()),
        ('water"rates"', (Word("water"), Phrase(("rates",)))),
        ("covid-19", (Phrase(("covid", "19")),)),
        ("data.gov R&D permit_no", (Phrase(("data", "gov")), Phrase(("r", "d")), Phrase(("permit", "no")))),
        ("driver's licence", word("driver", "licence")),
        ("O'Brien", (Phrase(("o", "brien")),)),
        ("crime/police,fire;smoke", word("crime", "police", "fire", "smoke")),
        (
            "https://www.data.ct.gov/d/abcd-1234",
            (Phrase(("data", "ct", "gov")), Word("d"), Phrase(("abcd", "1234"))),
        ),
        ("水質 調査", (Phrase(("水", "質")), Phrase(("調", "査")))),
        ("Montréal", word("montreal")),
        ("(water (and) air)", word("water", "and", "air")),
        ("a OR b", (AnyOf(word("a", "b")),)),
        ("a OR b OR c d", (AnyOf(word("a", "b", "c")), Word("d"))),
        ('"a b" OR c', (AnyOf((Phrase(("a", "b")), Word("c"))),)),
        ("a OR a", word("a")),
        ("OR a OR", word("a")),
        ("a or b", word("a", "or", "b")),
        ("a OR OR b", (AnyOf(word("a", "b")),)),
        ("a -x OR b", word("a", "b")),
        ("a OR -x b", word("a", "b")),
        ("foo:bar publisher:", word("foo", "bar", "publisher")),
        ("a - b -- c", word("a", "b", "c")),
        ("2010-2020 +water", (Phrase(("2010", "2020")), Word("water"))),
        ("☃ !!!", ()),
    ],
)
def test_wanted_clauses(text: str, clauses: tuple[Clause, ...]) -> None:
    assert parse(text).clauses == clauses


@pytest.mark.parametrize(
    ("text", "excluded"),
    [
        ("-school", word("school")),
        ("water -school -Pool", word("school", "pool")),
        ('water -"oil and gas"', (Phrase(("oil", "and", "gas")),)),
        ("water -covid-19", (Phrase(("covid", "19")),)),
        ("water−gas", ()),
        ("−gas", word("gas")),
    ],
)
def test_excluded_terms(text: str, excluded: tuple[Word | Phrase, ...]) -> None:
    assert parse(text).excluded == excluded


@pytest.mark.parametrize(
    ("text", "filters", "excluded"),
    [
        ("format:csv", {"format": ("csv",)}, {}),
        ("FORMAT:CSV x", {"format": ("CSV",)}, {}),
        ('publisher:"Dept of Energy"', {"publisher": ("Dept of Energy",)}, {}),
        ("publisher:“Dept of Energy”", {"publisher": ("Dept of Energy",)}, {}),
        ('publisher:"Dept of', {"publisher": ("Dept of",)}, {}),
        ("format:csv format:json format:csv", {"format": ("csv", "json")}, {}),
        ("format:csv OR format:json", {"format": ("csv", "json")}, {}),
        ("-format:pdf", {}, {"format": ("pdf",)}),
        ('-publisher:"A B"', {}, {"publisher": ("A B",)}),
        ("frequency:R/P1Y updated:30d", {"frequency": ("R/P1Y",), "updated": ("30d",)}, {}),
        ("http://x", {}, {}),
        ('format:"  "', {}, {}),
    ],
)
def test_facets_in_the_text(
    text: str, filters: dict[str, tuple[str, ...]], excluded: dict[str, tuple[str, ...]]
) -> None:
    query = parse(text)
    assert (query.filters, query.excluded_filters) == (filters, excluded)


@pytest.mark.parametrize("name", FACETS_BY_NAME)
def test_every_facet_can_be_named_in_the_text(name: str) -> None:
    assert parse(f'{name}:"some value" water').filters == {name: ("some value",)}


def test_an_open_quotation_mark_is_said() -> None:
    assert parse('water "quality').hints == (OPEN_QUOTE,)
    assert parse('water "quality"').hints == ()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000,
        "x" * 513,
        " ".join(f"w{n}" for n in range(33)),
        "a " * 33,
        '"' + "a " * 33 + '"',
        " ".join(f"format:f{n}" for n in range(33)),
        "-".join("a" * 33),
        "water\x00",
        "wa\x07ter",
        "\x1b[31m",
        "\x85",
        "\ud800",
    ],
)
def test_what_is_over_a_limit_is_refused(text: str) -> None:
    with pytest.raises(BadRequest) as refused:
        parse(text)
    assert refused.value.parameter == "q"
    assert len(refused.value.message) < 200


@pytest.mark.parametrize(
    "text", ["x" * 100 + " " * 412, " ".join(f"w{n}" for n in range(32)), "tab\tand\r\nlines", "(" * 512]
)
def test_what_is_at_a_limit_is_searched(text: str) -> None:
    parse(text)


pieces = st.sampled_from(
    [
        "water",
        '"',
        "“",
        "-",
        "OR",
        " ",
        "(",
        ")",
        "format:",
        "csv",
        ":",
        "R/P1Y",
        "'",
        "水",
        "é",
        "\u0301",
        "\x00",
    ]
)


@given(st.text(alphabet=st.characters(exclude_categories=())) | st.lists(pieces).map("".join))
@example("-" * 500)
@example('-"')
@example("publisher:“")
def test_any_text_gives_a_query_of_clean_words_or_is_refused(text: str) -> None:
    try:
        query = parse(text)
    except BadRequest:
        return
    for clause in (*query.clauses, *query.excluded):
        for term in clause.options if isinstance(clause, AnyOf) else (clause,):
            found = term.words if isinstance(term, Phrase) else (term.text,)
            assert found
            assert all(words(one) == [one] for one in found)
    assert set(query.filters) | set(query.excluded_filters) <= set(FACETS_BY_NAME)
