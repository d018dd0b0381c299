"""Which words of a query must match."""

import pytest

from index.query.parse import parse
from index.query.plan import majority, required, telling
from index.query.syntax import AnyOf, Phrase, Word


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("quality of the water", (Word("quality"), Word("water"))),
        ("to be or not to be", (Word("to"), Word("be"), Word("or"), Word("not"))),
        ("the", (Word("the"),)),
        ('"the who" water', (Phrase(("the", "who")), Word("water"))),
        ("the OR water", (Word("water"),)),
        ("the OR water OR air", (AnyOf((Word("water"), Word("air"))),)),
        ("the OR of water", (Word("water"),)),
        ("", ()),
    ],
)
def test_stop_words_are_not_required_unless_there_is_nothing_else(text: str, clauses: object) -> None:
    assert required(parse(text)) == clauses


def test_a_common_word_beside_a_rare_one_tells_nothing() -> None:
    clauses = (Word("data"), Word("rescheduling"))
    assert telling(clauses, [40_000, 12], 100_000) == (Word("rescheduling"),)


def test_words_about_as_common_as_each_other_all_tell_something() -> None:
    clauses = (Word("water"), Word("quality"))
    assert telling(clauses, [4_000, 9_000], 100_000) == clauses


def test_a_misspelt_word_does_not_make_the_others_common() -> None:
    clauses = (Word("wtaer"), Word("quality"))
    assert telling(clauses, [0, 9_000], 100_000) == (Word("quality"),)


def test_in_a_small_catalogue_every_word_tells_something() -> None:
    clauses = (Word("water"), Word("roads"))
    assert telling(clauses, [9, 1], 10) == clauses


@pytest.mark.parametrize(("clauses", "most"), [(2, 2), (3, 2), (4, 3), (5, 3)])
def test_most_is_more_than_half(clauses: int, most: int) -> None:
    assert majority(clauses) == most
