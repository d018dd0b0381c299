"""Bytes become a JSON object whatever the encoding, or the record is refused with a reason."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.issue import Unmappable
from mappings.payload import MAX_DEPTH, decode

RECORD = {"title": "Café “Zürich”", "keyword": ["naïve", "Ñandú"]}


def slugs(payload: bytes) -> list[str]:
    return [issue.slug for issue in decode(payload)[1]]


def test_strict_utf_8_is_read_without_an_issue() -> None:
    assert decode(json.dumps(RECORD, ensure_ascii=False).encode()) == (RECORD, [])


def test_a_byte_order_mark_is_no_obstacle() -> None:
    assert decode(json.dumps(RECORD).encode("utf-8-sig")) == (RECORD, [])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_unicode_encodings_are_read_and_reported(encoding: str) -> None:
    record, issues = decode(json.dumps(RECORD, ensure_ascii=False).encode(encoding))
    assert record == RECORD
    assert [issue.slug for issue in issues] == ["wrong-encoding"]


def test_windows_1252_is_read_and_reported() -> None:
    record, issues = decode(json.dumps(RECORD, ensure_ascii=False).encode("cp1252"))
    assert record == RECORD
    assert [issue.slug for issue in issues] == ["wrong-encoding"]


def test_one_wrong_byte_does_not_garble_the_right_ones() -> None:
    payload = '{"title": "Zürich – '.encode() + b'caf\xe9"}'
    assert decode(payload)[0] == {"title": "Zürich – café"}


@pytest.mark.parametrize(
    ("payload", "record"),
    [
        (b'{"a": NaN, "b": -Infinity}', {"a": None, "b": None}),
        (b'{"a": "one\ntwo\tthree"}', {"a": "one\ntwo\tthree"}),
        (b'{"a": "\\ud800"}', {"a": "\ufffd"}),
        (b'{"\\udfff": 1}', {"\ufffd": 1}),
    ],
    ids=["not-a-number", "raw-line-feed", "lone-surrogate", "lone-surrogate-in-a-key"],
)
def test_what_is_nearly_json_is_read_and_reported(payload: bytes, record: object) -> None:
    assert decode(payload)[0] == record
    assert slugs(payload) == ["lenient-json"]


def test_a_number_of_any_size_can_be_written_again() -> None:
    record, _ = decode(b'{"a": 123456789012345678901234567890, "b": NaN, "c": 98765432109876540000000}')
    assert record == {"a": 1.2345678901234568e29, "b": None, "c": 9.876543210987654e22}


@pytest.mark.parametrize(
    ("payload", "slug"),
    [
        (b"", "invalid-json"),
        (b"<!DOCTYPE html><title>Service unavailable</title>", "invalid-json"),
        (b'{"title": "cut he', "invalid-json"),
        (b'{"a": 1} {"a": 2}', "invalid-json"),
        (b"{'a': 1}", "invalid-json"),
        (b"[1, 2]", "not-an-object"),
        (b'"title"', "not-an-object"),
        (b"null", "not-an-object"),
        (b'{"a":' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}", "json-too-deep"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "json-too-deep"),
        (b'{"n":NaN,"a":' + b"[" * 600 + b"]" * 600 + b"}", "json-too-deep"),
    ],
)
def test_what_is_no_json_object_is_refused_with_a_reason(payload: bytes, slug: str) -> None:
    with pytest.raises(Unmappable) as refused:
        decode(payload)
    assert refused.value.slug == slug
    assert refused.value.message


def test_many_brackets_alone_are_not_too_deep() -> None:
    record = {"spatial": [[number, number] for number in range(MAX_DEPTH)]}
    assert decode(json.dumps(record).encode()) == (record, [])


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_at_all_break_the_decoder(payload: bytes) -> None:
    try:
        record, _ = decode(payload)
    except Unmappable as refused:
        slug = refused.slug
    else:
        slug = "read"
        json.dumps(record, ensure_ascii=False).encode()
    assert slug in {"read", "invalid-json", "not-an-object", "json-too-deep"}


WRITTEN = st.text(alphabet=st.characters(codec="cp1252", categories=["L", "N", "P", "S", "Zs"]))


@settings(deadline=None)
@given(st.dictionaries(WRITTEN, WRITTEN), st.sampled_from(["utf-8-sig", "utf-16", "utf-32-be"]))
def test_a_record_survives_being_written_in_another_encoding(record: dict[str, str], encoding: str) -> None:
    assert decode(json.dumps(record, ensure_ascii=False).encode(encoding))[0] == record
