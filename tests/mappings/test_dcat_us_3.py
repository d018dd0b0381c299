"""DCAT-US 3.0 and data.gov's results: every shape a value may have, and whatever else stands there."""

import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.dcat_us_context import Context
from harvesters.dcat_us_graph import graph_elements
from mappings.crosswalks.dcat_us_3 import KNOWN_UNMAPPED, is_3
from mappings.dataset import Dataset
from mappings.dcat_us_3_context import CONTEXT, identify
from mappings.issue import Unmappable
from mappings.schemas import describe, map_record
from mappings.slugs import all_slugs
from tests.mappings.reading import ANY_JSON

FIELDS = sorted(
    {
        *("@id", "@type", "identifier", "title", "titleMap", "description", "descriptionMap", "keyword"),
        *("keywordMap", "theme", "subject", "language", "publisher", "creator", "contactPoint", "modified"),
        *("issued", "accrualPeriodicity", "temporal", "license", "rights", "accessRights", "spatial"),
        *("accessRestriction", "useRestriction", "cuiRestriction", "geographicBoundingBox", "distribution"),
        *("landingPage", "page", "describedBy", "conformsTo", "inSeries", "source", "endpointURL"),
        *("endpointDescription", "seriesMember", "servesDataset", "accessURL", "accessService", "format"),
        *("mediaType", "fn", "hasEmail", "name", "prefLabelMap", "subOrganizationOf", "startDate", "bbox"),
        *("restrictionStatus", "restrictionNote", "@language", "catalog", "series", "service", "record"),
        *("primaryTopic", "dcterms:title", "http://purl.org/dc/terms/issued"),
    }
)
NODES = st.dictionaries(
    st.sampled_from(FIELDS),
    st.one_of(
        ANY_JSON,
        st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=4),
        st.lists(st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=4), max_size=3),
    ),
    max_size=8,
)


def read(**record: Any) -> Dataset:
    record = {"@type": "Dataset", "identifier": "x", "title": "Wells", **record}
    return map_record("dcat-us-3.0", json.dumps(record).encode()).dataset


@given(record=NODES, context=NODES)
@settings(max_examples=120, deadline=None)
def test_any_node_is_read_without_an_exception(record: dict[str, Any], context: dict[str, Any]) -> None:
    of_data_gov = {"dcat": {"title": "A title", **record}, **context}
    for name, value in (("dcat-us-3.0", {**record, CONTEXT: context}), ("data-gov", of_data_gov)):
        identify(value)
        try:
            result = map_record(name, json.dumps({"title": "A title", **value}).encode())
        except Unmappable:
            continue
        json.dumps(asdict(result.dataset), allow_nan=False).encode()
        assert {issue.slug for issue in result.issues} <= set(all_slugs())


DOCUMENTS = st.dictionaries(
    st.sampled_from([*FIELDS, "@graph", "dataset"]), st.one_of(NODES, st.lists(NODES))
)


@given(document=DOCUMENTS)
@settings(max_examples=80, deadline=None)
def test_any_document_is_taken_apart_without_an_exception(document: dict[str, Any]) -> None:
    try:
        body = json.dumps(document, allow_nan=False).encode()
    except ValueError:
        return
    context = Context([{}], [0])
    elements = graph_elements(body)
    for key, element in elements:
        context.note(key, element.value)
    for key, element in elements:
        for record in context.records(key, 0, element):
            describe("dcat-us-3.0", record.value)


@pytest.mark.parametrize(
    ("raw", "identifier"),
    [
        ({"identifier": "a", "@id": "b"}, "a"),
        ({"identifier": ["a", "c"]}, "a"),
        ({"identifier": {"@type": "Identifier", "notation": "10.1/x"}}, "10.1/x"),
        ({"identifier": {"@type": "Identifier"}, "@id": "b"}, "b"),
        ({"identifier": None, "@id": "b"}, "b"),
        ({"dcterms:identifier": "a"}, "a"),
        ({"identifier": {"@type": "Identifier"}}, None),
        ({}, None),
    ],
    ids=str,
)
def test_the_identifier_is_found_in_every_shape(raw: dict[str, Any], identifier: str | None) -> None:
    assert describe("dcat-us-3.0", raw).identifier == identifier


@pytest.mark.parametrize(
    ("raw", "level"),
    [
        (
            {"accessRights": "https://x.gov/authority/access-right/NON_PUBLIC"},
            "non-public",
        ),
        ({"accessRights": {"@id": "https://x.gov/access-right/RESTRICTED"}}, "restricted public"),
        ({"accessRights": {"@type": "RightsStatement", "attributionText": "Ask us"}}, None),
        ({"accessRestriction": [{"restrictionStatus": {"prefLabel": "Restricted - Fully"}}]}, "non-public"),
        ({"cuiRestriction": {"cuiBannerMarking": "CUI"}}, "non-public"),
        ({}, None),
    ],
    ids=str,
)
def test_the_access_level_is_told_and_never_guessed(raw: dict[str, Any], level: str | None) -> None:
    assert read(**raw).access_level == level


@pytest.mark.parametrize(
    ("raw", "box", "places"),
    [
        ({"spatial": [{"prefLabelMap": {"es": "Valle", "en": "Valley"}}]}, None, ["Valley"]),
        ({"spatial": "Vermont"}, None, ["Vermont"]),
        ({"spatial": [{"geometry": '{"type": "Point", "coordinates": [1, 2]}'}]}, [1, 2, 1, 2], []),
        ({"spatial": [{"bbox": "-72,41,-71,42", "prefLabel": "X town"}]}, [-72, 41, -71, 42], ["X town"]),
        ({"spatial": {"locn:geometry": {"@value": "POINT(1 2)"}}}, [1, 2, 1, 2], []),
        ({"spatial": "https://www.geonames.org/4770746"}, None, []),
    ],
    ids=str,
)
def test_the_area_is_found_in_every_shape(
    raw: dict[str, Any], box: list[float] | None, places: list[str]
) -> None:
    dataset = read(**raw)
    found = dataset.spatial
    assert (found.bbox if found else None) == box
    assert [place.name for place in found.places] == places if found else not places
    assert found is not None or dataset.unmapped["spatial"] == raw["spatial"]


def test_a_record_of_1_1_is_not_taken_for_one_of_3_0() -> None:
    assert not is_3({"title": "x", "accessLevel": "public", "subject": "y"})
    assert not is_3({"title": "x", "theme": ["y"]})
    assert is_3({"title": "x", "accessRights": "https://x.gov/PUBLIC"})


def test_a_result_of_data_gov_may_hold_a_record_of_3_0() -> None:
    dcat = {
        "@type": "Dataset",
        "identifier": "wells",
        "title": "Wells",
        "accessRights": "https://x.gov/access-right/PUBLIC",
        "distribution": [
            {"downloadURL": "https://x.gov/a.csv", "mediaType": '{"@id": "https://www.iana.org/x/text/csv"}'}
        ],
        "contactPoint": [{"fn": "Desk", "hasEmail": "mailto:desk@x.gov"}],
    }
    result = {"slug": "wells-1", "dcat": dcat, "organization": {"name": "Water Agency", "slug": "wa"}}
    dataset = map_record("data-gov", json.dumps(result).encode()).dataset
    assert (dataset.access_level, dataset.distributions[0].format) == ("public", "CSV")
    assert dataset.publisher is not None
    assert dataset.publisher.name == "Water Agency"
    assert describe("data-gov", result).identifier == "wells-1"


def test_the_counts_and_dates_of_the_catalogue_change_nothing() -> None:
    one = {"slug": "a", "dcat": {"title": "x", "keyword": ["a", "b"]}, "popularity": 1}
    other = {"slug": "a", "dcat": {"keyword": ["b", "a"], "title": "x"}, "last_harvested_date": "2026"}
    assert describe("data-gov", one).digest == describe("data-gov", other).digest
    changed = {**one, "dcat": {"title": "y", "keyword": ["a", "b"]}}
    assert describe("data-gov", one).digest != describe("data-gov", changed).digest


@pytest.mark.parametrize("name", sorted(KNOWN_UNMAPPED))
def test_what_has_no_place_is_kept_without_an_issue(name: str) -> None:
    result = map_record("dcat-us-3.0", json.dumps({"title": "Wells", name: "said"}).encode())
    assert result.dataset.unmapped == {name: "said"}
    assert "unmapped-field" not in {issue.slug for issue in result.issues}
