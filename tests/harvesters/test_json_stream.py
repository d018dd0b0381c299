"""The streaming reader: the same records as a parser that holds everything, and never silently fewer."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.types.dcat_us import looks_like_dataset
from tests.harvesters.reading import in_chunks, read
from tests.shared_data import needs_shared, open_feed

A, B, C = b'{"identifier":"a"}', b'{"identifier":"b"}', b'{"identifier":"c"}'


def values(document: bytes, size: int = 65_536) -> list[Any]:
    elements, _ = read(document, size)
    return [element.value for element in elements if element.trouble is None]


def named(document: bytes) -> tuple[str, str]:
    """The identifiers read, and the error's slug."""
    elements, slug = read(document)
    return "".join(element.value["identifier"] for element in elements if element.value), slug


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b'{"dataset":[%b,%b]}' % (A, B), ("ab", "")),
        (b"[%b,%b]" % (A, B), ("ab", "")),
        (b" \n[ %b \t, %b ]\r\n " % (A, B), ("ab", "")),
        (b'{"title":"x","dataset":[%b],"dataset":[]}' % A, ("a", "")),
        (b'{"dataset":[],"dataset":[%b]}' % A, ("a", "")),
        (b'{"dataset":[%b],"dataset":[%b]}' % (A, B), ("ab", "")),
        (b'{"d\\u0061taset":[%b]}' % A, ("a", "")),
        (b'{"dataset":[]}', ("", "")),
        (b"[]", ("", "")),
        (b"{}", ("", "no-dataset-list")),
        (b"", ("", "empty")),
        (b" \n ", ("", "empty")),
        (b'{"dataset":[%b' % A, ("a", "cut")),
        (b'{"dataset":[%b,' % A, ("a", "cut")),
        (b'{"dataset":[%b]' % A, ("a", "cut")),
        (b'{"dataset":[%b],' % A, ("a", "cut")),
        (b'{"dataset":[%b],"x"' % A, ("a", "cut")),
        (b'{"dataset":[%b],"x":tru' % A, ("a", "cut")),
        (b'{"dataset":[%b,]}' % A, ("a", "broken-frame")),
        (b'{"dataset":[%b],}' % A, ("a", "broken-frame")),
        (b'{"dataset":[%b]]' % A, ("a", "broken-frame")),
        (b'{"dataset":[%b]}}' % A, ("a", "broken-frame")),
        (b'{"dataset":[%b]}<!-- generated -->' % A, ("a", "broken-frame")),
        (b"[%b][]" % A, ("a", "broken-frame")),
        (b"[%b %b]" % (A, B), ("ab", "broken-frame")),
        (b"[,%b]" % A, ("", "broken-frame")),
        (b'{"dataset" [%b]}' % A, ("", "broken-frame")),
        (b"callback([%b])" % A, ("", "not-json")),
        (b'<?xml version="1.0"?><feed/>', ("", "not-json")),
        (b"<!DOCTYPE html><title>Log in</title>", ("", "not-json-html")),
    ],
)
def test_the_frame_is_judged_strictly(document: bytes, expected: tuple[str, str]) -> None:
    assert named(document) == expected
    assert named(document)[1] == read(document, size=1)[1]


@pytest.mark.parametrize(
    ("record", "slug"),
    [
        (b'{"identifier" "x"}', "invalid-json"),
        (b'{"title":"The "best" data"}', "invalid-json"),
        (b'{"a":1 "b":2}', "invalid-json"),
        (b'{"a":}', "invalid-json"),
        (b"[1,2]", "not-an-object"),
        (b'"text"', "not-an-object"),
        (b"null", "not-an-object"),
        (b"17", "not-an-object"),
        (b"undefined", "invalid-json"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "json-too-deep"),
    ],
)
@pytest.mark.parametrize("layout", [b"%b,%b,%b", b"%b,\n    %b,\n    %b"])
def test_a_bad_record_keeps_its_trouble_to_itself(record: bytes, slug: str, layout: bytes) -> None:
    elements, error = read(b'{"dataset":[' + layout % (A, record, C) + b"]}")
    assert [element.trouble and element.trouble.slug for element in elements] == [None, slug, None]
    assert elements[1].raw == record
    assert error == ""


STRAY_QUOTE = (
    b'{\n      "identifier": "b",\n      "title": "a 5" pipe",\n      "x": [{"y": 1}, {"y": 2}]\n    }'
)
NO_BRACE = b'{\n      "identifier": "b",\n      "x": {"y": 1}\n    '
EXTRA_BRACE = b'{\n      "identifier": "b"\n    }}'


@pytest.mark.parametrize("record", [STRAY_QUOTE, NO_BRACE, EXTRA_BRACE])
@pytest.mark.parametrize("size", [7, 65_536])
def test_a_record_that_hides_its_end_costs_completeness_but_no_sibling(record: bytes, size: int) -> None:
    good = [b'{\n      "identifier": "%b"\n    }' % name for name in (b"a", b"c", b"d")]
    document = b'{\n  "dataset": [\n    ' + b",\n    ".join([good[0], record, *good[1:]]) + b"\n  ]\n}"
    elements, error = read(document, size)
    names = [element.value["identifier"] for element in elements if element.value]
    assert [name for name in names if name != "b"] == ["a", "c", "d"]
    assert error == "broken-frame"


def test_two_stray_quotes_do_not_swallow_the_records_between_them_unnoticed() -> None:
    bad = b'{"identifier":"b","title":"5" pipe"}'
    elements, error = read(b'{"dataset":[%b,%b,%b,%b,%b]}' % (A, bad, B, bad, C))
    assert error == "broken-frame"
    assert [element.value for element in elements if element.value] == [
        {"identifier": "a"},
        {"identifier": "c"},
    ]


def test_a_stray_quote_in_a_compact_feed_of_typed_datasets_costs_one_record() -> None:
    record = b'{"@type":"dcat:Dataset","identifier":"%b"}'
    bad = b'{"@type":"dcat:Dataset","identifier":"b","title":"5" pipe","distribution":[{"a":1},{"a":2}]}'
    elements, error = read(b'{"dataset":[%b,%b,%b,%b]}' % (record % b"a", bad, record % b"c", record % b"d"))
    assert [element.value["identifier"] for element in elements if element.value] == ["a", "c", "d"]
    assert error == "broken-frame"


@pytest.mark.parametrize("size", [50, 65_536])
def test_where_the_layout_is_no_help_the_next_record_is_known_by_its_members(size: int) -> None:
    record = b'{"identifier":"%b","keyword":["x"],"distribution":[{"identifier":"no"},{"identifier":"no"}]}'
    bad = record.replace(b'"x"', b'"5" pipe"') % b"b"
    document = b'{"dataset":[%b,%b,%b]}' % (bad, record % b"c", record % b"d")
    elements, error = read(document, size, is_record=looks_like_dataset)
    assert [element.value["identifier"] for element in elements if element.value] == ["c", "d"]
    assert elements[0].raw == bad
    assert error == "broken-frame"
    assert read(document, size) == ([], "broken-frame"), "without that knowledge nothing is guessed"


def test_a_distribution_of_a_cut_record_is_never_taken_for_a_record() -> None:
    record = b'{"title":"x","identifier":"%d","distribution":[{"title":"y","identifier":"no"},{"title":"z"}]}'
    document = b'{"dataset":[' + b",".join(record % number for number in range(3)) + b"]}"
    for cut in range(len(document)):
        elements, error = read(document[:cut])
        assert error in {"cut", "empty"}
        assert [element.value["identifier"] for element in elements] == [str(n) for n in range(len(elements))]


def test_a_record_over_the_limit_is_reported_and_not_kept() -> None:
    big = b'{"identifier":"b","description":"%b","more":[{"x":[1]}]}' % (b"y\\n" * 2_000)
    elements, error = read(b"[%b,%b,%b]" % (A, big, C), 512, limit=1_000)
    assert [element.trouble and element.trouble.slug for element in elements] == [
        None,
        "record-too-large",
        None,
    ]
    assert elements[1].raw == b""
    assert f"{len(big):,} bytes" in elements[1].trouble.message  # type: ignore[union-attr]
    assert error == ""


@pytest.mark.parametrize("values", [b"0," * 1_000_000 + b"0", b'{"a":1},' * 200_000 + b"0"])
def test_a_record_that_would_fill_the_memory_is_not_parsed(values: bytes) -> None:
    elements, error = read(b"[" + A + b',{"x":[' + values + b"]}]")
    assert elements[1].trouble is not None
    assert elements[1].trouble.slug == "record-too-large"
    assert error == ""


def test_other_members_are_collected_wherever_they_stand() -> None:
    document = b'{"conformsTo":"v1.1","dataset":[%b],"big":["%b"],"publisher":{"name":"x"}}' % (
        A,
        b"y" * 70_000,
    )
    stream = JsonStream(in_chunks(document))
    assert len(list(stream.elements())) == 1
    assert stream.members == {"conformsTo": "v1.1", "publisher": {"name": "x"}}


def test_a_document_without_the_list_has_no_list() -> None:
    stream = JsonStream(in_chunks(b'{"dataset":{"identifier":"a"},"datasets":[1]}'))
    assert list(stream.elements()) == []
    assert stream.lists == 0


def test_windows_1252_declared_as_utf_8_is_read_record_by_record() -> None:
    elements, error = read('[{"identifier":"a"},{"identifier":"café"}]'.encode("cp1252"))
    assert [element.value["identifier"] for element in elements] == ["a", "café"]
    assert error == ""


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("size", [1, 3, 65_536])
def test_every_unicode_encoding_is_read(encoding: str, size: int) -> None:
    assert values('{"dataset":[{"identifier":"ø 🚲"}]}'.encode(encoding), size) == [{"identifier": "ø 🚲"}]


def test_a_hundred_thousand_levels_at_the_top_are_not_a_catalogue() -> None:
    elements, error = read(b"[" * 100_000 + b"]" * 100_000)
    assert [element.trouble and element.trouble.slug for element in elements] in (
        ["json-too-deep"],
        ["not-an-object"],
    )
    assert error == ""
    assert read(b"[" * 100_000)[1] == "cut"
    assert read(b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b',"dataset":[]}')[1] == ""


def test_the_title_of_a_web_page_is_quoted() -> None:
    stream = JsonStream(iter([b"<html><head><title>\n Sign in &amp; more </title>"]))
    with pytest.raises(ValueError, match="titled “Sign in & more”"):
        list(stream.elements())


SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | st.text(max_size=8)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
RECORD = ANYTHING | st.fixed_dictionaries({"identifier": st.text(max_size=5), "x": ANYTHING})


@st.composite
def documents(draw: st.DrawFn) -> tuple[bytes, list[Any]]:
    """A catalogue in some layout, and its records."""
    records = draw(st.lists(RECORD, max_size=6))
    members = draw(
        st.dictionaries(st.text(max_size=4).filter(lambda key: key != "dataset"), ANYTHING, max_size=2)
    )
    whole: Any = draw(
        st.sampled_from([records, {**members, "dataset": records}, {"dataset": records, **members}])
    )
    layout = draw(st.sampled_from([{}, {"indent": 2}, {"indent": 0}, {"separators": (",", ":")}]))
    text = json.dumps(whole, ensure_ascii=draw(st.booleans()), **layout)
    return text.encode("utf-8", "surrogatepass"), records


@settings(max_examples=150, deadline=None)
@given(documents(), st.integers(1, 40))
def test_any_document_gives_the_records_a_whole_parser_gives(
    document: tuple[bytes, list[Any]], size: int
) -> None:
    text, records = document
    elements, error = read(text, size)
    assert error == ""
    assert [json.loads(element.raw) for element in elements] == records


@settings(max_examples=100, deadline=None)
@given(documents(), st.integers(1, 40), st.data())
def test_any_document_cut_at_any_byte_is_noticed(
    document: tuple[bytes, list[Any]], size: int, data: st.DataObject
) -> None:
    text, records = document
    cut = data.draw(st.integers(0, len(text) - 1))
    elements, error = read(text[:cut], size)
    assert error in {"cut", "empty"}
    assert [json.loads(element.raw) for element in elements] == records[: len(elements)]


@needs_shared
@settings(max_examples=120, deadline=None)
@given(st.data())
def test_one_wrong_byte_in_a_real_feed_invents_no_record(data: st.DataObject) -> None:
    feed = open_feed(
        data.draw(
            st.sampled_from(
                [
                    "dcat-us/federal-2025/consumerfinance.data.json",
                    "dcat-us/federal-2019/exim.data.json",
                    "dcat-us/edge-cases/ckanext-datajson_ny.data.json",
                ]
            )
        )
    )
    at = data.draw(st.integers(0, len(feed) - 1))
    byte = data.draw(st.sampled_from([b'"', b"{", b"}", b"[", b"]", b",", b"\\", b"", b"\0", b"\xe9"]))
    sound = {element.raw for element in read(feed)[0]}
    elements, error = read(feed[:at] + byte + feed[at + 1 :])
    changed = [e for e in elements if e.trouble is None and e.raw not in sound]
    assert len(changed) <= 1, "more than the record with the wrong byte differs"
    assert all(e.position <= at < e.position + len(e.raw) + 1 for e in changed)
    if len(elements) < len(sound):
        assert error, "a record is gone without a word"


def test_a_list_inside_an_object_and_a_list_of_lists_are_read() -> None:
    ckan = b'{"success": true, "result": {"count": 2, "results": [{"id": 1}, {"id": 2}], "facets": {}}}'
    stream = JsonStream(iter([ckan]), "results", inside="result")
    assert [element.value for element in stream.elements()] == [{"id": 1}, {"id": 2}]
    assert (stream.lists, stream.members["count"], stream.members["success"]) == (1, 2, True)
    for body in (b'{"result": [[{"id": 1}], [{"id": 2}]]}', b'{"result": [{"id": 1}, {"id": 2}]}'):
        stream = JsonStream(iter([body]), "result", nested=True)
        assert [element.value for element in stream.elements()] == [{"id": 1}, {"id": 2}]
    for cut in range(1, len(ckan)):
        with pytest.raises(JsonStreamError):
            list(JsonStream(iter([ckan[:cut]]), "results", inside="result").elements())
