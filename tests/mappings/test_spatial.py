"""Boxes lie on the Earth, geometries are kept while small, everything else is a place."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dataset import Place, Spatial
from mappings.geometry import GEOMETRY_LIMIT
from mappings.spatial import read_spatial
from tests.mappings.crosswalk import feeds, find, records
from tests.mappings.reading import read
from tests.shared_data import needs_shared

TRIANGLE = {"type": "Polygon", "coordinates": [[[-71, 42], [-70, 42], [-70, 43], [-71, 42]]]}


def box(raw: object) -> list[float] | None:
    spatial, _ = read(read_spatial, raw)
    return spatial.bbox if spatial else None


@pytest.mark.parametrize(
    ("raw", "expected", "slugs"),
    [
        ("-77.1,38.8,-76.9,39", [-77.1, 38.8, -76.9, 39.0], []),
        (" -77.1 , 38.8 , -76.9 , 39.0 ", [-77.1, 38.8, -76.9, 39.0], []),
        (
            "-179.231086,-14.601813,+179.859681,+71.441059",
            [-179.231086, -14.601813, 179.859681, 71.441059],
            [],
        ),
        ("-180,-90,180,90", [-180.0, -90.0, 180.0, 90.0], []),
        ("-180.0001,-90,180,90.0001", [-180.0, -90.0, 180.0, 90.0], []),
        # across the antimeridian: west > east stays
        ("170,-20,-170,20", [170.0, -20.0, -170.0, 20.0], []),
        # longitudes counted to 360
        ("0,-90,360,90", [-180.0, -90.0, 180.0, 90.0], []),
        ("170,-20,190,20", [170.0, -20.0, -170.0, 20.0], []),
        # corners or axes exchanged
        ("-77.5683,38.8044,23.4173,34.6979", [-77.5683, 34.6979, 23.4173, 38.8044], ["bbox-swapped"]),
        ("0,-90,-88.5277,40.7492", [-88.5277, -90.0, 0.0, 40.7492], ["bbox-swapped"]),
        ("38.8,-177.1,39,-176.9", [-177.1, 38.8, -176.9, 39.0], ["bbox-swapped"]),
        # kept, but reported
        ("-89.3795,43.0723,-89.3795,43.0723", [-89.3795, 43.0723, -89.3795, 43.0723], ["bbox-is-point"]),
        ("-160,-80,160,80", [-160.0, -80.0, 160.0, 80.0], ["bbox-crosses-antimeridian"]),
    ],
)
def test_bounding_boxes(raw: str, expected: list[float], slugs: list[str]) -> None:
    spatial, found = read(read_spatial, raw)
    assert spatial == Spatial(expected, as_published=raw.strip())
    assert found == slugs


@pytest.mark.parametrize(
    "raw",
    [
        "1000,1,2,3",
        "-177,100,-176,101",
        "-8575000,4700000,-8560000,4720000",
        "1e9,1,2,3",
        "9e999,1,2,3",
    ],
)
def test_a_box_off_the_earth_is_none(raw: str) -> None:
    spatial, slugs = read(read_spatial, raw)
    assert (spatial, slugs) in [(None, ["bbox-out-of-range"]), (None, ["invalid-spatial"])]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        # Project Open Data's corner pairs, latitude first
        (
            "[[-14.601813, -179.231086], [71.441059, 179.859681]]",
            [-179.231086, -14.601813, 179.859681, 71.441059],
        ),
        ("[[-90, -180], [90, 180]]", [-180.0, -90.0, 180.0, 90.0]),
        ("[[-116.9, 42], [-110, 45]]", [-116.9, 42.0, -110.0, 45.0]),
        # NASA
        (
            '[[{"WestBoundingCoordinate":-54.185,"NorthBoundingCoordinate":-3.007,"EastBoundingCoordinate":-51.798,'
            '"SouthBoundingCoordinate":-11.491}],"CARTESIAN"]',
            [-54.185, -11.491, -51.798, -3.007],
        ),
        ([-71, 42, -70, 43], [-71.0, 42.0, -70.0, 43.0]),
        ({"west": -71, "south": "42", "east": -70, "north": 43}, [-71.0, 42.0, -70.0, 43.0]),
        ({"xmin": -71, "ymin": 42, "xmax": -70, "ymax": 43}, [-71.0, 42.0, -70.0, 43.0]),
        ({"@type": "Location", "bbox": "-71,42,-70,43"}, [-71.0, 42.0, -70.0, 43.0]),
        ({"@type": "Location", "geometry": json.dumps(TRIANGLE)}, [-71.0, 42.0, -70.0, 43.0]),
        ("ENVELOPE(-10, 20, 15, 10)", [-10.0, 10.0, 20.0, 15.0]),
        (
            {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}},
                    {"type": "Feature", "geometry": {"type": "Point", "coordinates": [3, 0]}},
                ],
            },
            [1.0, 0.0, 3.0, 2.0],
        ),
    ],
)
def test_boxes_in_other_notations(raw: object, expected: list[float]) -> None:
    spatial, slugs = read(read_spatial, raw)
    assert spatial is not None
    assert (spatial.bbox, slugs) == (expected, [])


@pytest.mark.parametrize(
    ("raw", "kind", "expected"),
    [
        (TRIANGLE, "Polygon", [-71.0, 42.0, -70.0, 43.0]),
        (json.dumps(TRIANGLE), "Polygon", [-71.0, 42.0, -70.0, 43.0]),
        ({"type": "Point", "coordinates": [-71, 42]}, "Point", [-71.0, 42.0, -71.0, 42.0]),
        ({"type": "Feature", "geometry": TRIANGLE}, "Polygon", [-71.0, 42.0, -70.0, 43.0]),
        ("POINT(-71 42)", "Point", [-71.0, 42.0, -71.0, 42.0]),
        ("POINT Z (-71 42 3)", "Point", [-71.0, 42.0, -71.0, 42.0]),
        ("POLYGON ((-71 42, -70 42, -70 43, -71 42))", "Polygon", [-71.0, 42.0, -70.0, 43.0]),
        ("MULTIPOLYGON (((-71 42, -70 42, -70 43, -71 42)))", "MultiPolygon", [-71.0, 42.0, -70.0, 43.0]),
    ],
)
def test_geometries_are_kept_as_geojson(raw: object, kind: str, expected: list[float]) -> None:
    spatial, slugs = read(read_spatial, raw)
    assert spatial is not None
    assert spatial.bbox == expected
    assert spatial.geometry is not None
    assert spatial.geometry["type"] == kind
    assert slugs == []


def test_of_a_coastline_only_the_box_is_kept() -> None:
    coast = {"type": "LineString", "coordinates": [[-70 + i / 10_000, 42] for i in range(GEOMETRY_LIMIT + 1)]}
    spatial, slugs = read(read_spatial, coast)
    assert spatial is not None
    assert spatial.geometry is None
    assert spatial.bbox == [-70.0, 42.0, -69.8, 42.0]
    assert slugs == ["geometry-too-detailed"]


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        ("United States", ["United States"]),
        ("United States,", ["United States"]),
        ("Philadelphia, Pennsylvania", ["Philadelphia, Pennsylvania"]),
        ("Point Reyes (north)", ["Point Reyes (north)"]),
        ("Envelope  Bay", ["Envelope Bay"]),
        (["Boston", "Cambridge", "Boston"], ["Boston", "Cambridge"]),
        ({"@type": "Location", "prefLabel": "Ohio"}, ["Ohio"]),
        ("Perú", ["Perú"]),
    ],
)
def test_names_are_places(raw: object, names: list[str]) -> None:
    spatial, slugs = read(read_spatial, raw)
    assert spatial is not None
    assert spatial.places == [Place(name) for name in names]
    assert spatial.bbox is None
    assert slugs == []


@pytest.mark.parametrize(
    ("raw", "slug"),
    [
        ("NaN,NaN,NaN,NaN", "invalid-spatial"),
        ("1,2,3", "invalid-spatial"),
        ('{"type": "Polygon", "coordinates": [', "invalid-spatial"),
        ({"type": "Polygon", "coordinates": []}, "invalid-spatial"),
        ({"type": "Point", "coordinates": ["a", "b"]}, "invalid-spatial"),
        ({"type": "Point", "coordinates": [500, 500]}, "bbox-out-of-range"),
        ("POLYGON ((1 2, 3", "invalid-spatial"),
        ("{{extent}}", "template-residue"),
        ("N/A", "placeholder"),
        ("[[REDACTED-EX B3]]", "redacted"),
        (5, "invalid-spatial"),
    ],
)
def test_what_is_neither_box_nor_place_is_none(raw: object, slug: str) -> None:
    assert read(read_spatial, raw) == (None, [slug])


@needs_shared
@pytest.mark.parametrize(
    ("feed", "identifier", "expected", "slugs"),
    [
        (
            "dcat-us/federal-2025/energy.data.json",
            "DOE-LM-0000001",
            [-165.765589, 18.21348, 179.179778, 68.106924],
            ["bbox-crosses-antimeridian"],
        ),
        (
            "arcgis-hub/latest/02b-17113_bloomington-mclean-county-illinois_20220417.data.json",
            "https://www.mcgis.org/maps/McLeanGIS::parks",
            [-88.5277, -90.0, 0.0, 40.7492],
            ["bbox-swapped"],
        ),
        (
            "arcgis-hub/latest/04c-01_district-of-columbia_20201118.data.json",
            "https://opendata.dc.gov/datasets/3f28bc3ad77f49079efee0ac05d8464c_0",
            [-77.5683, 34.6979, 23.4173, 38.8044],
            ["bbox-swapped"],
        ),
    ],
)
def test_odd_boxes_of_real_records(
    feed: str, identifier: str, expected: list[float], slugs: list[str]
) -> None:
    spatial, found = read(read_spatial, find(feed, identifier)[1]["spatial"])
    assert spatial is not None
    assert (spatial.bbox, found) == (expected, slugs)


@needs_shared
def test_every_spatial_of_the_hubs_is_a_box() -> None:
    published = [
        dataset["spatial"]
        for feed in feeds("arcgis-hub/latest/*.data.json*")
        for _, dataset in records(feed)
        if dataset.get("spatial") and "{{" not in dataset["spatial"]
    ]
    assert len(published) > 6_000
    assert [each for each in published if box(each) is None] == []


@given(
    st.lists(
        st.floats(-400, 400) | st.sampled_from([-180.0, 180.0, 360.0, 0.0, 90.0, -90.0]),
        min_size=4,
        max_size=4,
    )
)
def test_every_box_read_lies_on_the_earth(corners: list[float]) -> None:
    found = box(",".join(f"{corner:.6f}" for corner in corners))
    if found is not None:
        west, south, east, north = found
        assert -180 <= west <= 180
        assert -180 <= east <= 180
        assert -90 <= south <= north <= 90
        assert west <= east or east - west + 360 <= 180
        assert box(",".join(map(repr, found))) == found
