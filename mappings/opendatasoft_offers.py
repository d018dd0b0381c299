"""What an Opendatasoft dataset offers: exports and the records API, files beside them, columns.

A dataset does not say its own address, so links to the platform's endpoints are first written relative to it
(RFC 3986) and resolved by `place` once it is known.
"""

from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from mappings.consume import listed
from mappings.dataset import Column, Dataset, Distribution, Link
from mappings.distributions import DISTRIBUTION_LIMIT, DistributionSet
from mappings.formats import read_format
from mappings.issue import IssueLog
from mappings.opendatasoft_shapes import Shape
from mappings.quality import score
from mappings.text import PART_LIMIT, read_line, read_text
from mappings.urls import read_url

DATASETS = "api/explore/v2.1/catalog/datasets/"
"""Where datasets are, below the portal's root."""
COLUMN_LIMIT = 2_000
SHAPEFILE_RECORDS = 50_000
"""Records up to which API 1.0 exported shapefiles (fixture test-shp-limit of udata-ods)."""

_EXPORTS = {"csv": "text/csv", "json": "application/json"}
_GEO_EXPORTS = {"geojson": "application/geo+json", "shp": "application/zip"}
_GEO_TYPES = frozenset({"geo_point_2d", "geo_shape"})
_DOCUMENTS = frozenset({"PDF", "DOC", "DOCX", "ODT", "TXT", "HTML", "RTF"})


def read_offers(shape: Shape, record: dict[str, Any], dataset: Dataset, log: IssueLog) -> None:
    """Distributions in the order of use: exports, the API, files. A text file beside data documents it."""
    own = shape.own
    has_records, features = own.take("has_records"), own.take("features")
    if has_records is None:
        has_records = _count(shape) > 0
    found = DistributionSet()
    visible = own.take("data_visible") is not False
    if has_records is True and visible:
        types = [item.get("type") for item in listed(record.get("fields")) if isinstance(item, dict)]
        geo = "geo" in listed(features) or any(kind in _GEO_TYPES for kind in types if isinstance(kind, str))
        for export in _exports(geo=geo, older=shape.older, records=_count(shape)):
            found.add(export)
        found.add(Distribution("records", "api", "Records API", "JSON", "application/json"))
    for item in _parts(own, "alternative_exports", log):
        if offer := _file(item, "alternative_exports", log):
            found.add(offer)
    beside = bool(found.by_url)
    links = {link.url: link for link in dataset.documentation}
    for item in _parts(own, "attachments", log):
        offer = _file(item, "attachments", log)
        if offer is None:
            continue
        if beside and offer.format in _DOCUMENTS:
            links.setdefault(offer.url, Link(offer.title, offer.url))
        else:
            found.add(offer)
    dataset.documentation = list(links.values())
    dataset.distributions = found.finished(log)
    if has_records is True and not visible:
        log.add("records-not-visible", "data_visible", "the portal shows the dataset, but not its records")
    elif not dataset.distributions:
        log.add("missing-distribution", "has_records", "nothing can be downloaded or opened")


def place(dataset: Dataset, address: str | None) -> None:
    """Resolve what is relative to the dataset's own address; without one it cannot be reached and goes."""
    kept: list[Any] = [*dataset.distributions, *dataset.documentation]
    for part in kept:
        if address is not None and not urlsplit(part.url).scheme:
            part.url = urljoin(f"{address.rstrip('/')}/", part.url)
    dataset.distributions = [part for part in dataset.distributions if urlsplit(part.url).scheme]
    dataset.documentation = [part for part in dataset.documentation if urlsplit(part.url).scheme]
    dataset.quality = score(dataset)


def page_of(address: str) -> str | None:
    """A dataset's page at its portal, from its address in the API."""
    root, found, name = address.partition(DATASETS)
    return f"{root}explore/dataset/{name}/" if found else None


def _exports(*, geo: bool, older: bool, records: int) -> list[Distribution]:
    offered = _EXPORTS | _GEO_EXPORTS if geo else dict(_EXPORTS)
    if older and records > SHAPEFILE_RECORDS:
        offered.pop("shp", None)
    names = {"geojson": "GeoJSON", "shp": "Shapefile"}
    return [
        Distribution(f"exports/{name}", "download", names.get(name, name.upper()), _format(name), media_type)
        for name, media_type in offered.items()
    ]


def _format(name: str) -> str | None:
    return read_format(name, None, None, "exports", IssueLog()).format


def _count(shape: Shape) -> int:
    """`records_count`, which is a text in tables; the field stays, to be kept."""
    raw = shape.template("default").left().get("records_count")
    if isinstance(raw, str) and raw.isascii() and raw.isdecimal():
        return int(raw[:15])
    return raw if type(raw) is int else 0


def _parts(own: Any, name: str, log: IssueLog) -> list[dict[str, Any]]:
    items = listed(own.take(name))
    if any(not isinstance(item, dict) for item in items):
        log.add("wrong-type", name, f"{name} should be a list of objects")
    if len(items) > DISTRIBUTION_LIMIT:
        log.add("too-many-values", name, f"of {len(items):,} files {DISTRIBUTION_LIMIT:,} are kept")
    return [item for item in items[:DISTRIBUTION_LIMIT] if isinstance(item, dict)]


def _file(item: dict[str, Any], name: str, log: IssueLog) -> Distribution | None:
    """A file by its own address, or, for what the platform keeps (`odsfile://`), by its id."""
    raw, identifier = item.get("url"), item.get("id")
    if isinstance(raw, str) and raw.lower().startswith(("http://", "https://", "ftp://")):
        url = read_url(raw, f"{name}.url", log)
    elif isinstance(identifier, str) and identifier and not identifier.isspace():
        url = f"{name}/{quote(identifier[:1000].encode('utf-8', 'replace'), safe='')}"
    else:
        url = None
        log.add("invalid-url", f"{name}.url", "a file without an address or an id")
    if url is None:
        return None
    title = read_line(item.get("title"), f"{name}.title", log)
    text = read_text(item.get("description"), f"{name}.description", log, PART_LIMIT)
    file = raw.partition("://")[2] if isinstance(raw, str) else ""
    reading = read_format(
        None,
        item.get("mimetype"),
        f"https://file.invalid/{quote(file[-300:].encode('utf-8', 'replace'))}",
        name,
        log,
    )
    return Distribution(
        url, "download", title, reading.format, reading.media_type, description=text.plain if text else None
    )


def read_columns(raw: Any, log: IssueLog) -> list[Column]:
    """The fields of the records, in the order published."""
    items = listed(raw)
    if len(items) > COLUMN_LIMIT:
        log.add("too-many-columns", "fields", f"{COLUMN_LIMIT:,} columns are kept")
    columns = []
    for item in items[:COLUMN_LIMIT]:
        if not isinstance(item, dict):
            log.add("wrong-type", "fields", "fields should be a list of objects")
            continue
        name = read_line(item.get("name"), "fields.name", log)
        label = read_line(item.get("label"), "fields.label", log)
        text = read_text(item.get("description"), "fields.description", log, PART_LIMIT)
        kind = read_line(item.get("type"), "fields.type", log)
        if called := name or label:
            columns.append(
                Column(called, label if label != called else None, text.plain if text else None, kind)
            )
    if columns and not any(column.description for column in columns):
        log.add("columns-undescribed", "fields.description", "no column is described")
    return columns
