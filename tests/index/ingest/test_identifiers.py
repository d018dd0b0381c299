"""Identifiers that differ only in what nobody sees are one identifier."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.ingest.identifiers import canonical


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("a-1", "a-1"),
        (" 27000_OCIO \n", "27000_OCIO"),
        ("two words", "two words"),
        ("Cafe\u0301", "Caf\u00e9"),
        ("a\x00b", "ab"),
        ("\x00 \t", ""),
        ("\ufeffid\u200b", "id"),
        ("\u00a0\u200b \u2009id", "id"),
        ("x\u200by", "x\u200by"),
        ("half\ud800", "half?"),
        ("", ""),
        (None, ""),
    ],
)
def test_the_spelling_is_one(published: str | None, expected: str) -> None:
    assert canonical(published) == expected


@given(st.text(st.characters()))
def test_a_canonical_identifier_stays_and_can_be_stored(published: str) -> None:
    once = canonical(published)
    assert canonical(once) == once
    assert "\0" not in once
    assert once == once.strip()
    once.encode()


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_spaces_around_make_no_difference(published: str) -> None:
    assert canonical(f" \n{published}\t\u00a0") == canonical(published)
