"""The compiled rules say what data.gov's validator says, for every field and any value."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from dcat.rules import first_fit, first_text, fits, rules
from dcat.schema_files import dataset_schema

PARTS = {"contactPoint": "vcard", "distribution": "distribution", "publisher": "organization"}

TELLING: list[Any] = [
    *(
        "",
        "x",
        "2024",
        "2024-02",
        "2024-02-30",
        "2024-02-30T12:00:00",
        "2024-01-01T00:00:00Z",
        "2024-W05",
        "yesterday",
    ),
    *("R/P1Y", "P1D", "R/2020-01-01/P1D", "irregular", "weekly", "2020/2021", "2020-01-01/..", "R/P1M/2020"),
    *(
        "mailto:a@b.c",
        "a@b.c",
        "mailto:a@b",
        "https://example.gov/",
        "https://example.gov/a b",
        "https://é.example/",
    ),
    *(
        "csv",
        "text/csv",
        "text/csv; charset=utf-8",
        "application/vnd.ms-excel",
        "application/geo+json",
        "en",
        "en-US",
    ),
    *(
        "english",
        "[[REDACTED-EX B6]]",
        "public",
        "Public",
        "restricted public",
        "015:11",
        "015:110",
        "http://a/{b}",
    ),
    *(True, False, 3, 2.5, [], {}, [""], ["x"], ["x", "x"], ["en"], ["english"], ["https://example.gov/"]),
    *(["015:11"], ["015:110"], ["no"], [1], {"type": "Point", "coordinates": [1, 2]}, {"type": 3}, "x" * 256),
    *("x" * 10_001, ["x" * 1_001], ["k"] * 1_001),
]

JSON = st.recursive(
    st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.sampled_from(TELLING),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def authority(field: str) -> Draft202012Validator:
    part, _, name = field.rpartition(".")
    schema = dataset_schema()
    properties = schema["$defs"][PARTS[part]]["properties"] if part else schema["properties"]
    return Draft202012Validator(properties[name], format_checker=FormatChecker())


@pytest.mark.parametrize("field", sorted(rules()))
def test_a_rule_accepts_exactly_what_the_validator_accepts(field: str) -> None:
    validator = authority(field)
    assert [value for value in TELLING if rules()[field](value) != validator.is_valid(value)] == []


@given(value=JSON, field=st.sampled_from(sorted(rules())))
def test_a_rule_agrees_with_the_validator_on_any_json(value: Any, field: str) -> None:
    assert rules()[field](value) == authority(field).is_valid(value)


def test_every_field_of_the_schema_has_a_rule_except_those_that_are_objects() -> None:
    assert set(dataset_schema()["properties"]) - set(rules()) == {"contactPoint", "publisher", "distribution"}


def test_null_fits_nowhere() -> None:
    assert [field for field in rules() if fits(field, None)] == []


def test_the_first_candidate_that_fits_is_taken() -> None:
    assert first_fit("modified", "last week", None, "2024-01-01", "2025-01-01") == "2024-01-01"
    assert first_fit("modified", "last week") is None


def test_a_line_feed_at_the_end_does_not_go_out_where_only_python_accepts_it() -> None:
    for field, value in [("modified", "2024-01-01\n"), ("accrualPeriodicity", "R/P1Y\n")]:
        assert authority(field).is_valid(value)
        assert first_fit(field, value) == value.strip()


def test_texts_go_out_to_the_letter() -> None:
    assert first_text("title", None, "", " Beaches \n") == " Beaches \n"
