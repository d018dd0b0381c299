"""What the fetching child and the store ask of every record, and a sweep over all the real ones."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings import slugs as explained
from mappings.dataset import Dataset
from mappings.identity import IDENTIFIER_LIMIT
from mappings.issue import Unmappable
from mappings.schemas import SCHEMAS, Light, describe, map_record, trouble
from tests.mappings.crosswalk import feeds, mapped, records
from tests.shared_data import needs_shared

DCAT_US = "dcat-us-1.1"


@pytest.mark.parametrize(
    ("published", "identifier"),
    [
        ("DOE-019-1", "DOE-019-1"),
        ("  GSA - 139048 \n", "GSA - 139048"),
        (342, "342"),
        (0, "0"),
        (342.0, "342"),
        ({"@id": "https://data.gov/1"}, "https://data.gov/1"),
        ({"@value": "A-1"}, "A-1"),
        (["A-1"], "A-1"),
        ("é", "é"),
        ("x" * IDENTIFIER_LIMIT, "x" * IDENTIFIER_LIMIT),
    ],
)
def test_an_identifier_is_a_trimmed_text(published: object, identifier: str) -> None:
    record = {"title": "Parks", "identifier": published}
    assert describe(DCAT_US, record).identifier == identifier
    assert trouble(DCAT_US, record) is None


@pytest.mark.parametrize(
    ("published", "slug"),
    [
        (None, "missing-identifier"),
        ("", "missing-identifier"),
        (" \t", "missing-identifier"),
        ([], "missing-identifier"),
        ({}, "missing-identifier"),
        ({"name": "A-1"}, "invalid-identifier"),
        ({"@id": {}}, "invalid-identifier"),
        (["A-1", "A-2"], "invalid-identifier"),
        (True, "invalid-identifier"),
        (1.5, "invalid-identifier"),
        ("A\x00B", "invalid-identifier"),
        ("A\ud800B", "invalid-identifier"),
        ("x" * (IDENTIFIER_LIMIT + 1), "invalid-identifier"),
    ],
)
def test_what_could_not_be_stored_is_no_identifier(published: object, slug: str) -> None:
    record = {"title": "Parks", "identifier": published}
    issue = trouble(DCAT_US, record)
    assert issue is not None
    assert (issue.slug, issue.field) == (slug, "identifier")
    if published != "A\ud800B":  # `payload.decode` never lets one through, so it need not be hashed
        assert describe(DCAT_US, record).identifier is None


def test_a_record_without_the_field_has_no_identifier() -> None:
    assert describe(DCAT_US, {"title": "Parks"}).identifier is None
    assert describe("socrata-discovery", {"resource": "gone"}).identifier is None


@pytest.mark.parametrize("record", [None, "Parks", 7, ["Parks"]])
def test_what_is_no_object_is_described_as_nothing(record: object) -> None:
    assert describe(DCAT_US, record) == Light(None, "", "")
    issue = trouble(DCAT_US, record)
    assert issue is not None
    assert issue.slug == "not-an-object"


@pytest.mark.parametrize(
    ("modified", "version"),
    [
        ("2024-03-01", "2024-03-01"),
        ("2024-03-01T10:00:00.000Z", "2024-03-01T10:00:00.000Z"),
        ("2024-03-01 and later", "2024-03-01"),
        ("R/P1Y", ""),
        ("March 2024", ""),
        (None, ""),
        (2024, ""),
        (1_671_554_653_123, "001671554653123"),
    ],
)
def test_the_version_is_a_date_or_nothing(modified: object, version: str) -> None:
    assert describe(DCAT_US, {"modified": modified}).version == version


@pytest.mark.parametrize("count", [None, -1, "7", 1.5, True, 2**60, []])
def test_only_a_count_is_a_count(count: object) -> None:
    record = {"resource": {"id": "abcd-1234", "download_count": count, "page_views": count}}
    light = describe("socrata-discovery", record)
    assert (light.views, light.downloads) == (None, None)


def test_an_unknown_schema_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        describe("dcat-us-9", {})


def test_the_repairs_of_the_encoding_are_issues_of_the_record() -> None:
    payload = '{"title": "Café"}'.encode("cp1252")
    result = map_record(DCAT_US, payload)
    assert result.dataset.title == "Café"
    assert result.issues[0].slug == "wrong-encoding"


def test_records_sharing_a_title_stay_two() -> None:
    one, other = {"title": "Parks", "identifier": "A-1"}, {"title": "Parks", "identifier": "A-2"}
    assert mapped(one).dataset.title == mapped(other).dataset.title
    assert describe(DCAT_US, one) != describe(DCAT_US, other)


@settings(deadline=None)
@given(
    st.permutations(
        [{"modified": "2024-01-01"}, {"modified": "2024-02-01"}, {"modified": "2024-02-01", "x": 1}]
    )
)
def test_of_records_sharing_an_identifier_the_same_one_wins_in_any_order(
    rivals: list[dict[str, Any]],
) -> None:
    described = [describe(DCAT_US, {"identifier": "A-1", **rival}) for rival in rivals]
    winner = max(described, key=lambda light: (light.version, light.digest))
    assert winner.version == "2024-02-01"
    assert winner.digest == max(light.digest for light in described if light.version == "2024-02-01")


EVERYTHING = (
    "dcat-us/**/*.json*",
    "arcgis-hub/**/*.json*",
    "socrata-datajson/**/*.json*",
    "socrata-discovery/*.jsonl*",
    "socrata-discovery-history/*.jsonl*",
)


def every_feed() -> list[str]:
    return [name for name in feeds(*EVERYTHING) if "bad_data" not in name]


@needs_shared
@pytest.mark.parametrize("feed", every_feed())
def test_every_record_of_every_feed_maps_or_is_refused_with_a_reason(feed: str) -> None:
    known = set(explained.all_slugs())
    for schema, record in records.__wrapped__(feed):
        light = describe(schema, record)
        assert (light.identifier is None) is (trouble(schema, record) is not None)
        try:
            result = map_record(schema, json.dumps(record).encode())
        except Unmappable as refused:
            result, slugs = None, {refused.slug}
        else:
            slugs = {issue.slug for issue in result.issues}
        assert slugs <= known
        if result is not None:
            dataset = result.dataset
            assert msgspec.json.decode(msgspec.json.encode(dataset), type=Dataset) == dataset
            assert dataset.title == dataset.title.strip() != ""
            assert dataset.quality is not None


@needs_shared
def test_of_all_the_real_records_only_those_without_a_title_are_refused() -> None:
    refused = []
    for feed in feeds("dcat-us/**/*.json*"):
        if "bad_data" in feed:
            continue
        for schema, record in records.__wrapped__(feed):
            try:
                map_record(schema, json.dumps(record).encode())
            except Unmappable as reason:
                refused.append((reason.slug, record.get("title")))
    assert refused == [("missing-title", None)] * 3


def test_the_schemas_are_the_ones_harvesters_name() -> None:
    assert set(SCHEMAS) == {
        "arcgis-records",
        "ckan",
        "data-gov",
        "dcat-ap",
        "dcat-us-1.0",
        "dcat-us-1.1",
        "dcat-us-3.0",
        "jkan",
        "opendatasoft",
        "opendatasoft-1",
        "opendatasoft-table",
        "landing-page",
        "register",
        "schema-org",
        "socrata-discovery",
        "iso-19115",
        "dublin-core",
        "fgdc",
    }
