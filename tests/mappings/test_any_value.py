"""Whatever a portal sends, a reader answers: it never raises, and what it gives can be stored."""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.access import read_access_level
from mappings.dates import date_key, read_date
from mappings.emails import read_email
from mappings.formats import FormatReading, read_format
from mappings.frequencies import frequency_label, read_frequency
from mappings.issue import MESSAGE_LIMIT, IssueLog
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import licence_label, read_licence
from mappings.resource_types import read_resource_type
from mappings.slugs import all_slugs
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text, slugify
from mappings.urls import read_url
from tests.mappings.reading import ANY_JSON


def read_format_alone(raw: object, field: str, log: IssueLog) -> FormatReading:
    """The raw value as format, media type and (if it is text) URL at once."""
    return read_format(raw, raw, raw if isinstance(raw, str) else None, field, log)


READERS: list[Callable[[object, str, IssueLog], object]] = [
    read_text,
    read_line,
    read_date,
    read_temporal,
    read_email,
    read_url,
    read_languages,
    read_frequency,
    read_licence,
    read_format_alone,
    read_spatial,
    read_keywords,
    read_access_level,
    read_resource_type,
]

MILLION = 1_000_000
HOSTILE = {
    "nothing but less-than signs": "<" * MILLION,
    "nested tags": "<div>" * (MILLION // 5),
    "nested lists": "<ul><li>" * (MILLION // 8),
    "tags that never end": "<p " * (MILLION // 3),
    "escaped tags": "&lt;div&gt;" * (MILLION // 11),
    "ampersands escaped for ever": "&" + "amp;" * (MILLION // 4),
    "opening braces": "{{" * (MILLION // 2),
    "opening brackets": "[" * MILLION,
    "nested objects": '{"a":' * (MILLION // 5),
    "spaces": " " * MILLION + "x",
    "line feeds": "\n" * MILLION + "x",
    "NULs": "\0" * MILLION,
    "lone surrogates": "\ud800" * MILLION,
    "replacement characters": "\ufffd" * MILLION,
    "mojibake": "Ã¢â‚¬â„¢" * (MILLION // 8),
    "digits": "9" * MILLION,
    "commas": "," * MILLION,
    "semicolons and slashes": "; / " * (MILLION // 4),
    "quotes": '"' * MILLION,
    "at signs": "a@" * (MILLION // 2),
    "a host without end": "http://" + "a." * (MILLION // 2),
    "many licences": "creative commons " * (MILLION // 17),
    "well-known text of spaces": "POINT" + " " * MILLION + "(1 2)",
    "well-known text of digits": "POINT(" + "1" * MILLION + ")",
    "well-known text of positions": "LINESTRING(" + "1 2," * (MILLION // 4) + "1 2)",
    "an embedded image": "data:image/png;base64," + "A" * MILLION,
    "a number beyond all": 10**400,
    "a negative infinity": float("-inf"),
    "a list of a million": [1] * MILLION,
}


def _assert_storable(value: object, log: IssueLog) -> None:
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    json.dumps(plain, ensure_ascii=False, allow_nan=False).encode()
    for issue in log.issues:
        assert issue.slug in all_slugs()
        assert len(issue.message) <= MESSAGE_LIMIT
        issue.message.encode()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@given(raw=ANY_JSON)
@settings(max_examples=120, deadline=None)
def test_any_json_is_read_without_an_exception(
    reader: Callable[[object, str, IssueLog], object], raw: object
) -> None:
    log = IssueLog()
    _assert_storable(reader(raw, "field", log), log)


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_hostile_value_is_read_in_bounded_time(
    reader: Callable[[object, str, IssueLog], object], raw: object
) -> None:
    log = IssueLog()
    _assert_storable(reader(raw, "field", log), log)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@pytest.mark.parametrize("nothing", [None, "", "   ", [], {}])
def test_what_was_not_published_is_no_finding(
    reader: Callable[[object, str, IssueLog], object], nothing: object
) -> None:
    log = IssueLog()
    value = reader(nothing, "field", log)
    assert value in (None, [], "dataset", FormatReading())
    assert log.issues == []


@given(st.text(st.characters(exclude_categories=())))
def test_labels_slugs_and_sort_keys_take_any_text(text: str) -> None:
    assert isinstance(licence_label(text), str)
    assert isinstance(frequency_label(text), str)
    assert slugify(text).isascii()
    assert date_key(text) is None or isinstance(date_key(text), int)
