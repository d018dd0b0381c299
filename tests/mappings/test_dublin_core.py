"""Dublin Core records in the shared schema."""

from typing import Any

import pytest

from mappings.crosswalks.dublin_core import decode
from mappings.dataset import Dataset
from mappings.issue import Unmappable
from mappings.schemas import describe, map_record

SPACES = (
    'xmlns:csw="http://www.opengis.net/cat/csw/2.0.2" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:dct="http://purl.org/dc/terms/" xmlns:ows="http://www.opengis.net/ows"'
)


def record(inside: str) -> bytes:
    return f"<csw:Record {SPACES}><dc:title>Roads</dc:title>{inside}</csw:Record>".encode()


def dataset(inside: str) -> Dataset:
    return map_record("dublin-core", record(inside)).dataset


def test_everything_a_record_says_has_its_place() -> None:
    found = dataset(
        "<dc:identifier>r-1</dc:identifier><dc:subject>roads</dc:subject><dc:subject>traffic</dc:subject>"
        "<dct:abstract>Roads of the state, by class.</dct:abstract>"
        "<dc:publisher>Department of Roads</dc:publisher>"
        "<dc:creator>gis@example.gov</dc:creator><dct:modified>2024-03-01</dct:modified>"
        "<dct:issued>2020-01-01</dct:issued><dc:language>eng</dc:language><dc:type>service</dc:type>"
        '<dct:references scheme="OGC:WMS">https://example.gov/wms</dct:references>'
        '<dc:URI protocol="WWW:DOWNLOAD-1.0-http--download" name="All">https://example.gov/a.zip</dc:URI>'
        "<dc:relation>r-2</dc:relation>"
    )
    assert (found.title, found.description) == ("Roads", "Roads of the state, by class.")
    assert found.keywords == ["roads", "traffic"]
    assert (found.issued, found.modified) == ("2020-01-01", "2024-03-01")
    assert found.type == "api"
    assert found.publisher is not None
    assert found.publisher.name == "Department of Roads"
    assert found.contact is not None
    assert found.contact.email == "gis@example.gov"
    assert [(one.url, one.kind) for one in found.distributions] == [
        ("https://example.gov/wms", "api"),
        ("https://example.gov/a.zip", "download"),
    ]
    assert found.unmapped == {"relation": "r-2"}


@pytest.mark.parametrize(
    ("box", "crs", "lower", "upper"),
    [
        ("BoundingBox", "urn:x-ogc:def:crs:EPSG:6.11:4326", "41 -73", "43 -70"),
        ("BoundingBox", "urn:ogc:def:crs:OGC:1.3:CRS84", "-73 41", "-70 43"),
        ("WGS84BoundingBox", "", "-73 41", "-70 43"),
    ],
)
def test_a_box_is_read_in_the_order_of_its_axes(box: str, crs: str, lower: str, upper: str) -> None:
    found = dataset(
        f'<ows:{box} crs="{crs}"><ows:LowerCorner>{lower}</ows:LowerCorner>'
        f"<ows:UpperCorner>{upper}</ows:UpperCorner></ows:{box}>"
    ).spatial
    assert found is not None
    assert found.bbox == [-73.0, 41.0, -70.0, 43.0]


def test_a_box_in_another_system_is_kept_as_published() -> None:
    found = dataset(
        '<ows:BoundingBox crs="EPSG:26986"><ows:LowerCorner>1 2</ows:LowerCorner>'
        "<ows:UpperCorner>3 4</ows:UpperCorner></ows:BoundingBox>"
    )
    assert found.spatial is None
    assert found.as_published["spatial"] == "EPSG:26986 1 2 3 4"


def test_an_address_as_identifier_is_the_page() -> None:
    found = dataset("<dc:identifier>https://example.gov/roads</dc:identifier><dc:date>2021</dc:date>")
    assert found.landing_page == "https://example.gov/roads"
    assert found.modified == "2021"


def oai(stamp: str) -> dict[str, Any]:
    text = (
        f"<record><header><identifier>oai:x:1</identifier><datestamp>{stamp}</datestamp></header>"
        '<metadata><dc xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Roads</dc:title>'
        "<dc:identifier>https://x.gov/1</dc:identifier></dc></metadata></record>"
    )
    return decode(text.encode())[0]


def test_the_header_names_a_harvested_record_and_its_stamp_is_no_change() -> None:
    light = describe("dublin-core", oai("2024-01-01"))
    assert (light.identifier, light.version) == ("oai:x:1", "2024-01-01")
    assert light.digest == describe("dublin-core", oai("2024-02-02")).digest


def test_without_a_title_there_is_no_dataset() -> None:
    with pytest.raises(Unmappable, match="title"):
        map_record("dublin-core", b"<Record/>")
    with pytest.raises(Unmappable, match="not Dublin Core"):
        map_record("dublin-core", b"<feed/>")
