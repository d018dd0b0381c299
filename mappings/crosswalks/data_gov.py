"""A result of data.gov's search to the shared schema: the agency's DCAT-US record, and whose copy it is.

The record stands under `dcat`, in DCAT-US 1.1 or 3.0. The catalogue writes lists and objects inside its parts
as JSON texts, and a date that is no text as Python shows it; both are opened again. Beside it stand what the
catalogue knows: the organisation it has the record from, a slug of its own, popularity, the area it made of
`spatial`. Source: github.com/GSA/datagov-catalog, app/search/documents.py and app/api_schemas.py.
"""

import re
from collections.abc import Mapping
from typing import Any

import orjson

from mappings.consume import Fields, keep_unmapped, says_something
from mappings.crosswalks import dcat_us, dcat_us_3
from mappings.dataset import Dataset, Origin
from mappings.identity import read_identifier
from mappings.issue import IssueLog
from mappings.published import read_scalar
from mappings.quality import score
from mappings.source_schema import SourceSchema
from mappings.spatial import read_spatial
from mappings.text import read_line
from mappings.urls import read_url

_OWN = frozenset(
    {
        *("_distance_km", "_score", "_sort", "description", "distribution_titles", "harvest_record"),
        *("harvest_record_raw", "harvest_record_transformed", "has_download", "has_spatial", "identifier"),
        *("keyword", "last_harvested_date", "popularity", "publisher", "slug", "spatial_centroid", "theme"),
        *("title", "id"),
    }
)
"""What the catalogue derives from the record or counts about it; kept with the record as received only."""

_STANDS_IN = ("title", "description", "keyword", "identifier", "publisher")
"""Read from the result itself where the record under `dcat` says nothing."""
_TEXT_LIMIT = 100_000
_SIDE = re.compile(
    r"['\"](?:dcat:)?(start|end)Date['\"]:\s*(?:\{[^{}]*?['\"]@value['\"]:\s*)?['\"]([^'\"]{1,40})"
)
_VALUE = re.compile(r"['\"]@value['\"]:\s*['\"]([^'\"]{1,40})['\"]")


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One result. Raises `Unmappable` (`missing-title`)."""
    fields = Fields(record)
    published = fields.take("dcat")
    dcat = opened(published) if isinstance(published, dict) else {}
    for name in _STANDS_IN:
        if not says_something(dcat.get(name)) and says_something(record.get(name)):
            dcat[name] = record[name]
    found = fields.take("organization")
    organization: dict[str, Any] = found if isinstance(found, dict) else {}
    if not says_something(dcat.get("publisher")) and says_something(organization.get("name")):
        dcat["publisher"] = organization["name"]
    read = dcat_us_3.crosswalk if dcat_us_3.is_3(dcat) else dcat_us.crosswalk
    dataset = read(dcat, log)
    _read_area(fields.take("spatial_shape"), dataset)
    dataset.quality = score(dataset)
    dataset.origin = _origin(fields, dcat, organization, dataset)
    kept = {name: organization[name] for name in ("slug", "organization_type") if organization.get(name)}
    if kept:
        dataset.unmapped["organization"] = kept
    left = {name: value for name, value in fields.left().items() if name not in _OWN}
    keep_unmapped(left, dataset.unmapped, log)
    return dataset


def _read_area(raw: Any, dataset: Dataset) -> None:
    """The area that the catalogue made of a place's name, where the record gives no coordinates."""
    if not isinstance(raw, dict) or (dataset.spatial is not None and dataset.spatial.bbox):
        return
    area = read_spatial(raw, "spatial_shape", IssueLog())
    if area is not None and area.bbox:
        if dataset.spatial is not None:
            area.places, area.as_published = dataset.spatial.places, dataset.spatial.as_published
        dataset.spatial = area


def _origin(
    fields: Fields, dcat: dict[str, Any], organization: dict[str, Any], dataset: Dataset
) -> Origin | None:
    """Every dataset here is a copy: the harvest source, where it is named, else the organisation."""
    quiet = IssueLog()
    source = fields.first("harvest_source_title", "harvest_source_name", "harvest_source")
    key = fields.take("harvest_source_id")
    if isinstance(source, dict):
        key = key or source.get("id")
        source = source.get("name") or source.get("title")
    name = read_line(source, "harvest_source", quiet) or read_line(
        organization.get("name"), "organization", quiet
    )
    named = next((organization[part] for part in ("slug", "id") if organization.get(part)), None)
    identifier = read_identifier(dcat.get("identifier"))
    if name is None and named is None and identifier is None:
        return None
    return Origin(
        name,
        identifier,
        dataset.landing_page or read_url(identifier, "identifier", IssueLog()),
        read_scalar(key or named, "organization", quiet),
    )


def opened(dcat: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the lists and objects that the catalogue had written as texts."""
    record = {name: _part(value) for name, value in dcat.items()}
    temporal = record.get("temporal")
    if isinstance(temporal, str) and temporal[:1] in "[{" and len(temporal) <= _TEXT_LIMIT:
        sides = dict(_SIDE.findall(temporal)[:2])
        if sides:
            record["temporal"] = {f"{side}Date": date for side, date in sides.items()}
    for name in ("modified", "issued", "created"):
        value = record.get(name)
        if isinstance(value, str) and value[:1] == "{" and (found := _VALUE.search(value[:_TEXT_LIMIT])):
            record[name] = found[1]
    return record


def _part(value: Any) -> Any:
    """A publisher, a distribution, a list of them; a text at the top is the agency's own."""
    if isinstance(value, dict):
        return {name: _text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_part(item) if isinstance(item, dict) else item for item in value]
    return value


def _text(value: Any) -> Any:
    if not isinstance(value, str) or value[:1] not in ("{", "[") or len(value) > _TEXT_LIMIT:
        return value
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return value
    return found if isinstance(found, (dict, list)) else value


def identify(record: Mapping[str, Any]) -> Any:
    """The catalogue's own name of the dataset, else the agency's identifier."""
    dcat = record.get("dcat")
    inner = dcat.get("identifier") if isinstance(dcat, dict) else None
    found = (record.get("slug"), record.get("id"), record.get("identifier"), inner)
    return next((value for value in found if read_identifier(value) is not None), inner)


def canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """The agency's record and whose it is: the rest moves with every harvest of the catalogue."""
    dcat, organization = record.get("dcat"), record.get("organization")
    own = {name: value for name, value in record.items() if name not in _OWN and name != "spatial_shape"}
    if isinstance(organization, dict):
        own["organization"] = {name: organization.get(name) for name in ("id", "name", "slug")}
    if isinstance(dcat, dict):
        own["dcat"] = dcat_us.canonical(dcat)
    stands_in = [] if isinstance(dcat, dict) and says_something(dcat.get("title")) else _STANDS_IN
    return own | {name: record[name] for name in ("slug", "identifier", *stands_in) if name in record}


SCHEMAS = (
    SourceSchema(
        "data-gov",
        crosswalk,
        identifier=("slug",),
        identify=identify,
        version=("dcat", "modified"),
        title=("dcat", "title"),
        views=("popularity",),
        page_of=lambda url: url if "/dataset/" in url else None,
        canonical=canonical,
    ),
)
