"""The words of a query, marked where they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.highlight import WIDTH, Highlighter, Piece
from index.query.parse import parse
from index.query.plan import required
from index.query.syntax import Word
from tests.index.catalogue import documents, records


def of(query: str) -> Highlighter:
    return Highlighter.of(required(parse(query)))


def shown(pieces: list[Piece]) -> str:
    return "".join(f"[{text}]" if match else text for text, match in pieces)


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("wage", "Wages by wage-earner: WAGE_DATA", "[Wages] by [wage]-earner: [WAGE]_DATA"),
        ("quality", "Water qualities, equality", "Water [qualities], equality"),
        ("the water", "The water of the lake", "The [water] of the lake"),
        ('"wages paid"', "Wages paid, wage pays", "[Wages] [paid], wage pays"),
        ("water -lake", "The water of the lake", "The [water] of the lake"),
        ("montreal", "Montréal et MONTRÉAL", "[Montréal] et [MONTRÉAL]"),
        ("driver’s license", "Drivers’ licenses", "[Drivers]’ [licenses]"),
        ("水質", "東京の水質調査", "東京の[水][質]調査"),
        ("air OR water", "air and water", "[air] and [water]"),
        ("dying", "dying dies die", "[dying] [dies] [die]"),
        ("", "Nothing to mark", "Nothing to mark"),
        ("water", "", ""),
        ("covid-19", "COVID 19 and covid-19", "[COVID] [19] and [covid]-[19]"),
    ],
)
def test_titles_are_marked(query: str, text: str, expected: str) -> None:
    assert shown(of(query).marked(text)) == expected


def test_a_snippet_is_where_most_words_are() -> None:
    text = (
        "Water. "
        + "Nothing here. " * 30
        + "Then the water quality of wells, and water again. "
        + "More. " * 50
    )
    found = shown(of("water quality").snippet(text))
    assert found.startswith("… ")
    assert "[water] [quality] of wells, and [water] again." in found
    assert found.endswith(" …")
    assert len(found) < WIDTH + 60


def test_a_snippet_without_words_is_the_beginning() -> None:
    text = "Word " * 100
    found = of("water").snippet(text)
    assert shown(found).startswith("Word Word")
    assert shown(found).endswith("Word …")
    assert of("water").snippet("Short text.") == [("Short text.", False)]


def test_a_snippet_is_on_one_line() -> None:
    found = shown(of("b").snippet("a\n\n  b \n c"))
    assert found == "a [b] c"


def test_what_stands_far_beyond_is_not_looked_for() -> None:
    text = "x " * 5000 + "water"
    assert all(not match for _, match in of("water").snippet(text))


@given(
    query=st.sampled_from(["water quality", "energy", '"health care"', "the", "水", "a b c", "é"]),
    text=st.text(),
)
def test_the_pieces_of_any_text_are_the_text(query: str, text: str) -> None:
    assert "".join(part for part, _ in of(query).marked(text)) == text


@given(text=st.text(min_size=WIDTH))
def test_a_snippet_of_any_text_is_short(text: str) -> None:
    pieces = of("a e 1").snippet(text)
    assert sum(len(part) for part, _ in pieces) <= WIDTH + 4


def test_no_word_of_a_real_text_is_overlooked() -> None:
    """The search for beginnings finds whatever comparing every word's stem finds."""
    vocabulary = sorted({word for document in documents() for word in document.texts["all"].split()})
    plain = [word for word in vocabulary if word.isascii()]
    assert len(plain) > 10_000
    for word in plain:
        assert Highlighter.of([Word(word)]).spans(word) == [(0, len(word))]


def test_snippets_of_real_descriptions_come_from_them() -> None:
    highlighter = of("data energy health plan")
    for record in records():
        text = record.dataset.description or ""
        middle = [part for part, _ in highlighter.snippet(text) if part not in {"… ", " …"}]
        assert " ".join("".join(middle).split()) in " ".join(text.split())
