"""Items of ArcGIS Hubs become datasets: times, texts, types, and what each type offers."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.dataset import Dataset
from mappings.issue import Unmappable
from mappings.schemas import Mapped, add_page, describe, map_record
from tests.mappings.crosswalk import slugs, value_at

ITEM = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PROPERTIES: dict[str, Any] = {
    "id": ITEM,
    "title": "Bike lanes",
    "type": "Feature Service",
    "created": 1_611_934_478_000,
    "modified": 1_671_554_653_123,
    "description": "Every bike lane that the county maintains, by year built.",
    "tags": ["bicycles"],
    "categories": ["/Categories/Transportation"],
    "source": "Example County",
    "access": "public",
    "licenseInfo": "https://creativecommons.org/licenses/by/4.0/",
    "extent": [[-84.3, 42.1], [-83.1, 42.9]],
    "culture": "en-us",
}


def item(identifier: str = ITEM, **more: Any) -> Mapped:
    record = {"id": identifier, "type": "Feature", "geometry": None, "properties": PROPERTIES | more}
    return map_record("arcgis-records", json.dumps(record).encode())


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("title", "Bike lanes"),
        ("issued", "2021-01-29T15:34:38Z"),
        ("modified", "2022-12-20T16:44:13Z"),
        ("publisher.name", "Example County"),
        ("topics.0.id", "transportation"),
        ("license.id", "CC-BY-4.0"),
        ("access_level", "public"),
        ("spatial.bbox", [-84.3, 42.1, -83.1, 42.9]),
        ("spatial.as_published", "[[-84.3, 42.1], [-83.1, 42.9]]"),
        ("language", ["en-US"]),
    ],
)
def test_each_field_has_its_place(path: str, expected: object) -> None:
    assert value_at(item(), path) == expected


def test_a_good_item_gives_no_issue() -> None:
    assert slugs(item(url="https://x.org/arcgis/rest/services/A/FeatureServer")) == set()


@pytest.mark.parametrize("raw", [-1, 0, None, "", 10**17, 10**30, True, "soon"])
def test_what_is_no_time_is_no_date(raw: Any) -> None:
    assert item(modified=raw).dataset.modified is None


def test_a_date_in_words_of_iso_is_read_too() -> None:
    assert item(modified="2026-05-08T00:00:00.000Z").dataset.modified == "2026-05-08T00:00:00.000Z"


@pytest.mark.parametrize(
    ("kind", "url", "type_", "offers"),
    [
        ("Feature Service", "https://x.org/rest/services/A/FeatureServer", "dataset", [("api", "ESRI REST")]),
        ("Web Map", None, "map", [("page", "HTML")]),
        ("StoryMap", "https://storymaps.arcgis.com/stories/1", "report", [("page", None)]),
        ("Dashboard", None, "dashboard", [("page", "HTML")]),
        ("CSV", None, "dataset", [("download", "CSV")]),
        ("PDF", None, "report", [("download", "PDF")]),
        ("Document Link", "https://town.gov/budget.pdf", "dataset", [("download", "PDF")]),
        ("Some New Thing", None, "dataset", [("page", "HTML")]),
        (None, None, "dataset", [("page", "HTML")]),
        ({"a": 1}, ["x"], "dataset", [("page", "HTML")]),
    ],
)
def test_what_is_offered_depends_on_the_type(
    kind: Any, url: Any, type_: str, offers: list[tuple[str, str | None]]
) -> None:
    dataset = item(type=kind, url=url).dataset
    add_page("arcgis-records", dataset, f"https://hub.org/api/search/v1/collections/all/items/{ITEM}")
    assert dataset.type == type_
    assert [(offer.kind, offer.format) for offer in dataset.distributions] == offers


@pytest.mark.parametrize(
    ("identifier", "url", "exported"),
    [
        (f"{ITEM}_3", "https://x.org/rest/services/A/FeatureServer", "3"),
        (ITEM, "https://x.org/rest/services/A/FeatureServer/7", "7"),
        (ITEM, "https://x.org/rest/services/A/FeatureServer", None),
        (f"{ITEM}_3", None, None),
        ("../../x", "https://x.org/rest/services/A/FeatureServer/7", None),
    ],
)
def test_a_layer_is_exported_only_where_its_number_is_known(
    identifier: str, url: str | None, exported: str | None
) -> None:
    dataset = item(identifier, url=url).dataset
    add_page("arcgis-records", dataset, f"https://hub.org/api/search/v1/collections/all/items/{identifier}")
    downloads = [offer.url for offer in dataset.distributions if offer.kind == "download"]
    expected = (
        [] if exported is None else [f"https://hub.org/api/download/v1/items/{ITEM}/csv?layers={exported}"]
    )
    assert downloads[:1] == expected


@pytest.mark.parametrize(
    "address", [None, "", "file:///x/api/search/v1/collections/all/items/a", "https://hub.org/a"]
)
def test_without_the_records_address_nothing_is_made_up(address: str | None) -> None:
    dataset = item().dataset
    add_page("arcgis-records", dataset, address)
    assert (dataset.landing_page, dataset.distributions) == (None, [])


@pytest.mark.parametrize(
    ("extent", "box"),
    [
        ({"type": "envelope", "coordinates": [[-84.3, 42.1], [-83.1, 42.9]]}, [-84.3, 42.1, -83.1, 42.9]),
        ([[-84, 42], [-83, 43]], [-84.0, 42.0, -83.0, 43.0]),
        ([], None),
        ([[1]], None),
        ([["a", "b"], ["c", "d"]], None),
    ],
)
def test_an_extent_is_west_south_east_north(extent: Any, box: list[float] | None) -> None:
    spatial = item(extent=extent).dataset.spatial
    assert (spatial.bbox if spatial else None) == box


def test_the_snippet_stands_in_for_a_description() -> None:
    assert item(description=None, snippet="Where to cycle.").dataset.description == "Where to cycle."


@pytest.mark.parametrize(
    ("more", "name"),
    [({"source": None, "orgName": "County"}, "County"), ({"source": " ", "accessInformation": "GIS"}, "GIS")],
)
def test_who_publishes_is_looked_for_in_several_places(more: dict[str, Any], name: str) -> None:
    assert value_at(item(**more), "publisher.name") == name


def test_the_owners_login_is_no_publisher() -> None:
    assert item(source=None, owner="GISAdmin").dataset.publisher is None


def test_the_newer_of_two_with_one_identifier_is_told_by_its_milliseconds() -> None:
    records = [
        {"id": "a", "properties": {"title": "A", "modified": time}} for time in (999_999_999_999, 10**12)
    ]
    older, newer = (describe("arcgis-records", record).version for record in records)
    assert older < newer


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from([*PROPERTIES, "url", "fields", "snippet"]), ANY_JSON, max_size=6),
    st.dictionaries(st.sampled_from(["id", "geometry", "properties"]), ANY_JSON, max_size=1),
)
def test_any_json_in_any_field_maps_or_is_refused(more: dict[str, Any], top: dict[str, Any]) -> None:
    record = {"id": ITEM, "type": "Feature", "properties": PROPERTIES | more} | top
    try:
        dataset = map_record("arcgis-records", json.dumps(record).encode()).dataset
    except Unmappable:
        dataset = Dataset("refused")
    assert msgspec.json.decode(msgspec.json.encode(dataset), type=Dataset) == dataset
