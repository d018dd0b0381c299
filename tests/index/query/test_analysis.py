"""The words we say a text has are the words the engine finds in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import MAX_WORD_BYTES, prepare, same_length, sort_key, stem, stop_words, words
from index.engines.tantivy.schema import analyzer
from tests.index.catalogue import records

EXACT = analyzer(stemmed=False)
STEMMED = analyzer(stemmed=True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Water Quality", ["water", "quality"]),
        ("Montréal — l'Œuvre", ["montreal", "l", "oeuvre"]),
        ("e\u0301cole", ["ecole"]),
        ("Straße İstanbul Ærø", ["strasse", "istanbul", "aero"]),
        ("driver’s license, drivers' licenses", ["driver", "license", "drivers", "licenses"]),
        ("Women's and CHILDREN'S", ["women", "and", "children"]),
        ("U.S. Census, e.g. in D.C", ["us", "census", "eg", "in", "dc"]),
        ("www.a.b.com no.5 a.1 .b", ["www", "ab", "com", "no", "5", "a", "1", "b"]),
        ("covid-19 24/7 AT&T", ["covid", "19", "24", "7", "at", "t"]),
        ("permit_number m²", ["permit", "number", "m2"]),
        ("水質調査 2020年", ["水", "質", "調", "査", "2020", "年"]),
        ("서울시", ["서", "울", "시"]),
        ("co\u00adoperate zero\u200bwidth no\u00a0break", ["cooperate", "zero", "width", "no", "break"]),
        ("Загрязнение воздуха", ["загрязнение", "воздуха"]),
        ("हिन्दी", ["हिन्दी"]),
        ("(!?) — ☃", []),
        ("x" * 101, []),
        ("x" * 100, ["x" * 100]),
    ],
)
def test_a_text_has_these_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_words_of_real_texts_are_the_engines_words() -> None:
    for record in records():
        text = f"{record.dataset.title}\n{record.dataset.description}"
        assert EXACT.analyze(prepare(text)) == words(text)
        assert STEMMED.analyze(prepare(text)) == [stem(word) for word in words(text)]


@given(st.text())
def test_words_of_any_text_are_the_engines_words(text: str) -> None:
    assert EXACT.analyze(prepare(text)) == words(text)
    assert STEMMED.analyze(prepare(text)) == [stem(word) for word in words(text)]


@given(st.text())
def test_preparing_twice_changes_no_word(text: str) -> None:
    assert prepare(prepare(text)).split() == prepare(text).split()


@given(st.text(), st.text())
def test_parts_keep_their_words_when_they_are_joined_by_line_feeds(one: str, other: str) -> None:
    one, other = one.replace("\n", " "), other.replace("\n", " ")
    joined = prepare(f"{one}\n{other}").split("\n")
    assert [part.split() for part in joined] == [prepare(one).split(), prepare(other).split()]


@given(st.text())
def test_a_text_without_accents_keeps_every_character_in_its_place(text: str) -> None:
    text = text.replace("İ", "I")
    assert len(same_length(text)) == len(text)


def test_words_beyond_the_limit_are_left_out_by_bytes_not_characters() -> None:
    assert words("я" * (MAX_WORD_BYTES // 2)) == ["я" * (MAX_WORD_BYTES // 2)]
    assert words("я" * (MAX_WORD_BYTES // 2 + 1)) == []


def test_stop_words_are_words_as_texts_have_them() -> None:
    assert {word for text in stop_words() for word in words(text)} == stop_words()
    assert {"the", "of", "what"} <= stop_words()
    assert not {"data", "water", "us", "it's"} & stop_words()


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["b", "A", "á", "Z", "10", "(x)"], ["(x)", "10", "A", "á", "b", "Z"]),
        (["Éa", "eb", "EC"], ["Éa", "eb", "EC"]),
    ],
)
def test_titles_are_sorted_without_case_and_accents(titles: list[str], expected: list[str]) -> None:
    assert sorted(titles, key=lambda title: (sort_key(title), title)) == expected
