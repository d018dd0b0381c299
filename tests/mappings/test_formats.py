"""Formats have one short name each, whatever the publisher wrote."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import vocabulary
from mappings.formats import FormatReading, read_format
from mappings.issue import IssueLog
from tests.mappings.crosswalk import feeds, records
from tests.shared_data import load, needs_shared

DATA_GOV = re.compile(r"^[-\w]+/[-\w]+(\.[-\w]+)*([+][-\w]+)?$")
"""The pattern of `mediaType` in data.gov's schema."""


def read(raw_format: object, raw_type: object, url: str | None = None) -> tuple[FormatReading, list[str]]:
    log = IssueLog()
    reading = read_format(raw_format, raw_type, url, "distribution.format", log)
    return reading, [issue.slug for issue in log.issues]


@pytest.mark.parametrize(
    ("raw_format", "raw_type", "name", "media_type", "kind"),
    [
        ("CSV", "text/csv", "CSV", "text/csv", "download"),
        ("csv", None, "CSV", "text/csv", "download"),
        (None, "text/csv", "CSV", "text/csv", "download"),
        ("Web Page", "text/html", "HTML", "text/html", "page"),
        ("GeoJSON", "application/vnd.geo+json", "GEOJSON", "application/geo+json", "download"),
        ("GEOJSON", "application/octet-stream", "GEOJSON", "application/geo+json", "download"),
        ("ArcGIS GeoServices REST API", "application/json", "ESRI REST", "application/json", "api"),
        ("Esri REST", "application/json", "ESRI REST", "application/json", "api"),
        ("API", "application/http", "API", None, "api"),
        ("SHP", "application/zip", "SHP", "application/zip", "download"),
        ("zipped KMZ", "application/zip", "KMZ", "application/zip", "download"),
        (
            "kmz",
            "application/vnd.google-earth.kmz+xml",
            "KMZ",
            "application/vnd.google-earth.kmz",
            "download",
        ),
        (
            "Excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "XLSX",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "download",
        ),
        ("spreadsheet", "text/csv", "CSV", "text/csv", "download"),
        ("text/xml", "application/unknown", "XML", "application/xml", "download"),
        ("application/zip; charset=binary", None, "ZIP", "application/zip", "download"),
        ("Interactive on-screen", "text/html", "HTML", "text/html", "page"),
        ("HT ML", "application/octet-stream", "HTML", "text/html", "page"),
        ("PNG 24", "application/octet-stream", "PNG", "image/png", "download"),
        ("https://www.iana.org/assignments/media-types/text/csv", None, "CSV", "text/csv", "download"),
        ("http://data.gov/resource/authority/file-type/CSV", None, "CSV", "text/csv", "download"),
        (None, "image/tiff", "TIFF", "image/tiff", "download"),
        (None, "application/x-qgis", "QGIS", "application/x-qgis", "download"),
        (None, "application/vnd.example", None, "application/vnd.example", None),
        (None, "application/octet-stream", None, None, None),
        (None, None, None, None, None),
    ],
)
def test_formats_and_media_types(
    raw_format: object, raw_type: object, name: str | None, media_type: str | None, kind: str | None
) -> None:
    reading, slugs = read(raw_format, raw_type)
    assert (reading.format, reading.media_type, reading.kind) == (name, media_type, kind)
    assert slugs == []


@pytest.mark.parametrize(
    ("raw_format", "raw_type", "name", "media_type", "slugs"),
    [
        (None, "application/vnd.ogc.wfs_xml", "WFS", None, ["media-type-malformed"]),
        ("OGC WMS", "application/vnd.ogc.wms_xml", "WMS", None, ["media-type-malformed"]),
        (None, "csv", "CSV", "text/csv", ["media-type-malformed"]),
        (None, "text/csv; charset=utf-8", "CSV", "text/csv", ["media-type-malformed"]),
        (None, "pdf/xls", "PDF", "application/pdf", ["media-type-malformed"]),
        (None, "no type at all", None, None, ["media-type-malformed"]),
        ("text/csv", "text/html", "CSV", "text/html", ["format-contradicts-media-type"]),
        ("ZIP", "image/jpeg", "ZIP", "image/jpeg", ["format-contradicts-media-type"]),
        ("CSV, JSON", "application/octet-stream", "CSV", "text/csv", ["formats-joined"]),
        ("hdfjpg", None, "HDFJPG", None, ["format-not-recognised"]),
        ("N/A", None, None, None, ["placeholder"]),
        ({"a": 1}, None, None, None, ["wrong-type"]),
    ],
)
def test_odd_formats_are_read_and_reported(
    raw_format: object, raw_type: object, name: str | None, media_type: str | None, slugs: list[str]
) -> None:
    reading, found = read(raw_format, raw_type)
    assert (reading.format, reading.media_type, found) == (name, media_type, slugs)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://a.gov/arcgis/rest/services/Roads/FeatureServer/0", "ESRI REST"),
        ("https://a.gov/arcgis/services/Roads/MapServer/WMSServer?request=GetCapabilities", "WMS"),
        ("https://a.gov/geoserver/ows?service=WFS&version=2.0.0", "WFS"),
        ("https://a.gov/arcgis/rest/services/Roads/MapServer/export.zip", "ZIP"),
        ("https://a.gov/cgi-bin/mapserver?map=roads", None),
        ("https://wms/", None),
    ],
)
def test_a_url_that_names_a_service_tells_the_format(url: str, name: str | None) -> None:
    assert read(None, None, url)[0].format == name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://a.gov/x/roll.XLSX?download=1", "XLSX"),
        ("http://a.gov/x_1.geojson?outSR=%7B", "GEOJSON"),
        ("http://a.gov/rows.csv#top", "CSV"),
        ("http://a.gov/rows.csv?path=/a.pdf", "CSV"),
        ("http://a.gov/archive.tar.gz", "GZIP"),
        ("http://data.zip", None),
        ("http://a.gov/index.php", None),
        ("http://a.gov/v1.0", None),
    ],
)
def test_the_ending_of_the_url_counts_last(url: str, name: str | None) -> None:
    assert read(None, None, url)[0].format == name
    assert read("JSON", None, url)[0].format == "JSON"
    assert read(None, "application/pdf", url)[0].format == "PDF"


def test_a_finding_is_repeated_for_every_record_that_has_it() -> None:
    assert [read("hdfjpg", None)[1] for _ in range(2)] == [["format-not-recognised"]] * 2


@given(st.text(max_size=40), st.text("abcdefghijklmnop/+.-; _=*", max_size=40))
def test_every_media_type_read_is_accepted_by_data_gov(raw_format: str, raw_type: str) -> None:
    for written in (raw_type, "application/" + raw_type):
        media_type = read(raw_format, written)[0].media_type
        assert media_type is None or DATA_GOV.fullmatch(media_type)


def test_no_spelling_belongs_to_two_formats() -> None:
    for kind in ("names", "endings", "types"):
        owners: dict[str, str] = {}
        for name, row in vocabulary.load("formats").items():
            for word in row.get(kind, []):
                assert owners.setdefault(vocabulary.folded(word), name) == name, word


@needs_shared
def test_media_types_of_the_vocabulary_are_registered_or_say_that_they_are_not() -> None:
    registered = set(load("codelists/iana_media_types.json")["values"])
    used = {row["type"] for row in vocabulary.load("formats").values() if "type" in row}
    unregistered = {
        each for each in used if each not in registered and not each.split("/")[1].startswith("x-")
    }
    assert unregistered == {"application/gpx+xml", "application/rss+xml"}


@needs_shared
def test_every_format_of_the_hubs_is_recognised() -> None:
    distributions = [
        distribution
        for feed in feeds("arcgis-hub/latest/*.data.json*")
        for _, dataset in records(feed)
        for distribution in dataset["distribution"]
    ]
    unread = [
        (each.get("format"), each.get("mediaType"))
        for each in distributions
        if (each.get("format") or each.get("mediaType"))
        and read(each.get("format"), each.get("mediaType"))[0].kind is None
    ]
    assert len(distributions) > 30_000
    assert unread == []


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("OGC:WMS-1.3.0-http-get-map", "WMS"),
        ("OGC:WFS", "WFS"),
        ("WWW:LINK-1.0-http--link", "HTML"),
        ("WMS_SRVC", "WMS"),
        ("CSV JSON JSONP YAML XML", "CSV"),
        ("application/x-yaml", "YAML"),
        ("ESRI Shapefile (SHP)", "SHP"),
        ("Spreadsheet (.xlsx)", "XLSX"),
        ("Roads (CSV)", "CSV"),
        ("OGC Web Map Service", "WMS"),
        ("GeoJSON format", "GEOJSON"),
        ("MapInfo TAB", "MAPINFO"),
        ("ms word document", "DOC"),
        ("Roads (2019)", None),
        ("CSV of more things", None),
    ],
)
def test_names_of_protocols_and_lists_without_commas(word: str, name: str | None) -> None:
    reading = read_format(word, None, None, "format", IssueLog())
    assert (reading.format if reading.kind else None) == name
