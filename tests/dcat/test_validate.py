"""The validator is data.gov's: it finds what data.gov refuses, with the formats really checked."""

import json
import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dcat.dcat_us_1_1 import to_entry
from dcat.errors import FeedError
from dcat.schema_files import load_schema
from dcat.validate import Problem, active_formats, validate_dcat_us_1_1
from tests.dcat.samples import feed_record
from tests.shared_data import needs_shared, open_feed

GOOD = to_entry(feed_record()).fields
FRAME = {"conformsTo": "https://project-open-data.cio.gov/v1.1/schema"}


def problems(*entries: Any, **frame: Any) -> list[Problem]:
    document = {**FRAME, **frame, "dataset": list(entries)}
    return list(validate_dcat_us_1_1(BytesIO(json.dumps(document).encode())))


def test_a_good_feed_has_no_problems() -> None:
    assert problems(GOOD) == []


def test_a_problem_names_entry_place_and_finding() -> None:
    (found,) = problems(GOOD, {**GOOD, "identifier": "other", "modified": "soon"})
    assert found.identifier == "other"
    assert found.path == "$.modified"
    assert "soon" in found.message
    assert str(found).startswith("other: $.modified: ")


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("landingPage", "https://example.gov/a b"),
        ("landingPage", "https://example.gov/ü"),
        ("landingPage", "https://example.gov/{id}"),
        ("license", "CC0"),
        ("license", "www.example.gov/licence"),
        ("describedBy", "<p>see below</p>"),
        ("conformsTo", "our standard"),
        ("references", ["not a url"]),
        ("distribution", [{"accessURL": "no url"}]),
        ("distribution", [{"conformsTo": "no url"}]),
    ],
)
def test_formats_are_checked_not_only_named(field: str, bad: Any) -> None:
    assert [problem.path.split("[")[0] for problem in problems({**GOOD, field: bad})] == [f"$.{field}"]


@pytest.mark.parametrize("name", ["catalog.json", "federal_dataset.json", "non-federal_dataset.json"])
def test_every_format_a_schema_uses_has_an_active_check(name: str) -> None:
    used = set(re.findall(r'"format": "([^"]+)"', json.dumps(load_schema(f"dcat-us-1.1/{name}"))))
    assert used
    assert used <= active_formats()


def test_an_identifier_given_twice_is_a_problem() -> None:
    assert [problem.path for problem in problems(GOOD, GOOD)] == ["$.identifier"]


@pytest.mark.parametrize("entry", ["text", 3, None, [GOOD], []])
def test_an_entry_that_is_no_object_is_a_problem(entry: Any) -> None:
    assert [problem.identifier for problem in problems(GOOD, entry)] == ["dataset[1]"]


def test_nested_values_are_read_whole() -> None:
    deep = {**GOOD, "spatial": {"type": "Polygon", "coordinates": [[1, 2], [3, "x"]]}}
    assert [problem.path for problem in problems(deep)] == ["$.spatial"]
    assert problems({**GOOD, "extension": {"a": [{"b": []}, {}]}}) == []


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"dataset": []}, "'conformsTo' is a required property"),
        ({**FRAME}, "'dataset' is a required property"),
        ({**FRAME, "dataset": {"a": {"b": 1}}}, "is not of type 'array'"),
        ({**FRAME, "dataset": [], "@id": "no url"}, "is not a 'uri'"),
        ({"conformsTo": "https://project-open-data.cio.gov/v1.0/schema", "dataset": []}, "was expected"),
        ([GOOD], "'dataset' is a required property"),
    ],
)
def test_the_frame_around_the_entries_is_checked_too(document: Any, message: str) -> None:
    found = list(validate_dcat_us_1_1(BytesIO(json.dumps(document).encode())))
    assert any(message in problem.message and problem.identifier == "catalog" for problem in found)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"dataset": [{"title": "cut'])
def test_what_is_not_json_is_said(body: bytes) -> None:
    with pytest.raises(FeedError, match="not JSON"):
        list(validate_dcat_us_1_1(BytesIO(body)))


def test_a_feed_can_be_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_text(json.dumps({**FRAME, "dataset": [GOOD]}))
    assert list(validate_dcat_us_1_1(path)) == []


@needs_shared
@pytest.mark.parametrize(
    ("feed", "entries", "refused"),
    [
        ("dcat-us/federal-2025/cms.data.json", 139, 0),
        ("dcat-us/federal-2025/treasury.data.json", 233, 0),
        ("dcat-us/regional/wprdc-2019.data.json", 316, 0),
        ("dcat-us/federal-misc/dcatus_with_none.data.json", 402, 391),
        ("arcgis-hub/latest/12b-17143_peoria-county-illinois_20220417.data.json", 127, 55),
    ],
)
def test_real_feeds_get_the_verdict_data_gov_gives(feed: str, entries: int, refused: int) -> None:
    """Counted with jsonschema and GSA's files alone."""
    found = {problem.identifier for problem in validate_dcat_us_1_1(BytesIO(open_feed(feed)))} - {"catalog"}
    assert len(json.loads(open_feed(feed))["dataset"]) == entries
    assert len(found) == refused
