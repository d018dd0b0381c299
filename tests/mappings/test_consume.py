"""Fields taken once; what is left is kept within limits and reported by name."""

from typing import Any

import pytest

from mappings.consume import (
    FIELD_LIMIT,
    RECORD_BYTES,
    VALUE_BYTES,
    Fields,
    keep_nested,
    keep_unmapped,
    remember,
    says_something,
)
from mappings.issue import IssueLog
from mappings.published import AS_PUBLISHED_LIMIT


@pytest.mark.parametrize("value", [None, "", " \n", [], {}])
def test_blank_values_say_nothing(value: object) -> None:
    assert not says_something(value)


@pytest.mark.parametrize("value", [0, False, "x", [None], {"a": None}])
def test_other_values_say_something(value: object) -> None:
    assert says_something(value)


def test_a_field_is_taken_once() -> None:
    published = {"title": "Parks"}
    fields = Fields(published)
    assert (fields.take("title"), fields.take("title")) == ("Parks", None)
    assert published == {"title": "Parks"}


def test_of_several_names_the_first_that_says_something_is_taken() -> None:
    fields = Fields({"issued": "", "releaseDate": "2011-02-18", "created": "2010-01-01"})
    assert fields.first("issued", "releaseDate", "created") == "2011-02-18"
    assert fields.left() == {"created": "2010-01-01"}


def unmapped(left: dict[str, Any], known: tuple[str, ...] = ()) -> tuple[dict[str, Any], list[str]]:
    kept: dict[str, Any] = {}
    log = IssueLog()
    keep_unmapped(left, kept, log, known=known)
    assert {issue.slug for issue in log.issues} <= {"unmapped-field"}
    return kept, [issue.field for issue in log.issues]


def test_known_fields_are_kept_without_a_word() -> None:
    assert unmapped({"bureauCode": ["015:11"], "grain": "fine"}, ("bureauCode",)) == (
        {"bureauCode": ["015:11"], "grain": "fine"},
        ["grain"],
    )


def test_what_is_kept_is_bounded_and_what_is_not_is_reported() -> None:
    large = {"known": "x" * VALUE_BYTES}
    assert unmapped(large, ("known",)) == ({}, ["known"])
    kept, reported = unmapped({str(number): "x" * 1_000 for number in range(FIELD_LIMIT)})
    assert sum(len(value) for value in kept.values()) <= RECORD_BYTES
    assert len(reported) == FIELD_LIMIT


def test_many_small_fields_are_bounded_too() -> None:
    kept, reported = unmapped({f"f{number}": 1 for number in range(FIELD_LIMIT + 50)})
    assert len(kept) == FIELD_LIMIT
    assert reported == ["", *kept]


def test_fields_of_parts_are_reported_once_each() -> None:
    kept: dict[str, Any] = {}
    log = IssueLog()
    keep_nested("distribution", [{"url": "a", "rows": 1}, {"url": "b", "rows": 2}], kept, log, known=("url",))
    assert [issue.field for issue in log.issues] == ["distribution.rows"]
    assert len(kept["distribution"]) == 2


@pytest.mark.parametrize(
    ("raw", "value", "noted"),
    [
        ("Public", "public", "Public"),
        ("public", "public", None),
        (" ", None, None),
        (7, "7", 7),
        (["a", " b"], ["a", "b"], ["a", " b"]),
        ("x" * 5_000, "x", "x" * (AS_PUBLISHED_LIMIT - 1) + "…"),
    ],
)
def test_a_published_value_is_noted_when_it_was_changed(raw: object, value: object, noted: object) -> None:
    as_published: dict[str, Any] = {}
    remember(as_published, "field", raw, value)
    assert as_published.get("field") == noted
