"""What an ArcGIS item offers, from its type: its service, its file, its page.

Layers are exported by the hub itself (`/api/download/v1/items/<item>/<format>?layers=<n>`), where the layer
is known; a file is kept by ArcGIS Online; apps, maps and links are opened. Source: doc.arcgis.com/en/hub, and
the distributions of the DCAT-US feeds that hubs generate.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from mappings.dataset import Column, Dataset, Distribution, DistributionKind
from mappings.formats import read_format
from mappings.issue import IssueLog
from mappings.text import read_line, read_text
from mappings.urls import read_url

COLUMN_LIMIT = 2_000
_ONLINE = "https://www.arcgis.com/sharing/rest/content/items/"
_ID = re.compile(r"([0-9a-f]{32})(?:_(\d{1,5}))?", re.IGNORECASE | re.ASCII)
_LAYER = re.compile(r"/FeatureServer/(\d{1,5})/?$", re.IGNORECASE | re.ASCII)
_ITEMS = "/api/search/v1/collections/"

_FILES = {
    "csv": "CSV",
    "csv collection": "CSV",
    "microsoft excel": "XLSX",
    "microsoft word": "DOCX",
    "microsoft powerpoint": "PPTX",
    "pdf": "PDF",
    "shapefile": "Shapefile",
    "file geodatabase": "File Geodatabase",
    "geojson": "GeoJSON",
    "geopackage": "GeoPackage",
    "kml": "KML",
    "kml collection": "KML",
    "image": "JPEG",
    "image collection": "ZIP",
    "document collection": "ZIP",
    "layer package": "ZIP",
    "map package": "ZIP",
    "cad drawing": "DWG",
}
"""Types of items that are files, and what they are; ArcGIS Online names no media type."""

_EXPORTS = (
    ("csv", "CSV", "text/csv"),
    ("geojson", "GeoJSON", "application/geo+json"),
    ("shapefile", "Shapefile", "application/zip"),
    ("kml", "KML", "application/vnd.google-earth.kml+xml"),
)
_PAGES = {"map": "maps", "dashboard": "apps", "report": "documents"}


def read_offers(kind: Any, identifier: Any, address: Any, dataset: Dataset, log: IssueLog) -> None:
    """Service, file or page; the hub's own exports come with `place`, which knows the hub."""
    url = read_url(address, "url", log) if address not in (None, "") else None
    if url is not None:
        reading = read_format(None, None, url, "url", log)
        usual: DistributionKind = "map" if dataset.type == "map" else "page"
        dataset.distributions.append(
            Distribution(url, reading.kind or usual, None, reading.format, reading.media_type)
        )
    found = _ID.fullmatch(identifier) if isinstance(identifier, str) else None
    word = _FILES.get(kind.casefold()) if isinstance(kind, str) else None
    if found and word and not found[2]:
        reading = read_format(word, None, None, "type", log)
        file = Distribution(f"{_ONLINE}{found[1]}/data", "download", None, reading.format, reading.media_type)
        dataset.distributions.insert(0, file)


def read_columns(raw: Any, log: IssueLog) -> list[Column]:
    """The fields of a layer, where the item lists them."""
    columns = []
    fields = raw if isinstance(raw, list) else []
    if len(fields) > COLUMN_LIMIT:
        log.add("too-many-columns", "fields", f"{COLUMN_LIMIT:,} columns are kept")
    for field in fields[:COLUMN_LIMIT]:
        if not isinstance(field, dict) or (name := read_line(field.get("name"), "fields", log)) is None:
            continue
        label = read_line(field.get("alias"), "fields", log)
        text = read_text(field.get("description"), "fields", log)
        kind = read_line(field.get("type"), "fields", log)
        columns.append(Column(name, label if label != name else None, text.plain if text else None, kind))
    return columns


def place(dataset: Dataset, source_url: str | None) -> None:
    """The item's page on its hub, and the hub's exports of a layer, from the address of its record."""
    root, _, rest = (source_url or "").partition(_ITEMS)
    identifier = rest.rpartition("/")[2]
    if not rest or not identifier or urlsplit(root).scheme not in ("http", "https"):
        return
    if dataset.landing_page is None:
        dataset.landing_page = f"{root}/{_PAGES.get(dataset.type, 'datasets')}/{identifier}"
    layer = _layer(identifier, dataset)
    if layer:
        item, number = layer
        dataset.distributions[:0] = [
            Distribution(
                f"{root}/api/download/v1/items/{item}/{ending}?layers={number}",
                "download",
                None,
                name,
                media_type,
            )
            for ending, name, media_type in _EXPORTS
        ]
    if not dataset.distributions:
        dataset.distributions = [Distribution(dataset.landing_page, "page", None, "HTML", "text/html")]


def _layer(identifier: str, dataset: Dataset) -> tuple[str, str] | None:
    """Item and number of a feature layer; None where either is not said."""
    found = _ID.fullmatch(identifier)
    urls = [offer.url for offer in dataset.distributions if "/FeatureServer" in offer.url]
    if not found or not urls:
        return None
    number = found[2] or next((match[1] for url in urls if (match := _LAYER.search(url))), None)
    return (found[1], number) if number is not None else None
