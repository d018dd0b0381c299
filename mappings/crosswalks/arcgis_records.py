"""Items of an ArcGIS Hub's search API (OGC API Records: GeoJSON features) to the shared schema.

What a feature says stands in `properties`: the item as ArcGIS Online has it, times in milliseconds since
1970, texts in HTML. What it offers follows from its type, see `mappings.arcgis_offers`.
Source: developers.arcgis.com/hub/services/search, and the Item resource of the ArcGIS REST API.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from mappings.access import read_access_level
from mappings.arcgis_offers import place, read_columns, read_offers
from mappings.consume import Fields, keep_unmapped, listed, remember, says_something
from mappings.dataset import Contact, Dataset, Spatial
from mappings.dates import read_date
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.issue import IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import read_licence
from mappings.published import clip
from mappings.quality import score
from mappings.resource_types import read_resource_type
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.spatial import read_spatial
from mappings.text import read_line, read_text
from mappings.topics import read_topics

_COUNTED = ("numViews", "numRatings", "numComments", "avgRating", "lastViewed", "scoreCompleteness", "score")
KNOWN_UNMAPPED = frozenset(
    {
        *(
            "advancedSettings",
            "apiToken1ExpirationDate",
            "apiToken2ExpirationDate",
            "appCategories",
            "banner",
        ),
        *(
            "classification",
            "collection",
            "commentsEnabled",
            "contentOrigin",
            "contentStatus",
            "documentation",
        ),
        *("groupDesignations", "groupIds", "guid", "hubType", "industries", "isOrgItem", "largeThumbnail"),
        *(
            "listed",
            "layers",
            "name",
            "openData",
            "orgId",
            "owner",
            "ownerFolder",
            "protected",
            "proxyFilter",
        ),
        *("properties", "screenshots", "server", "size", "slug", "snippet", "spatialReference", "subInfo"),
        *("tables", "thumbnail", "typeKeywords", "validExtent"),
    }
)
"""Kept in `unmapped` without an issue: how ArcGIS Online files and shows the item."""

PUBLISHED_NAMES = {
    "title": "title",
    "description": "description",
    "keywords": "tags",
    "modified": "modified",
    "publisher": "source",
    "license": "licenseInfo",
}
_RULES_OF_DCAT_US = frozenset(
    {"email-without-mailto", "licence-not-url", "licence-is-html", "language-not-bcp47"}
)
"""What the value readers report as against DCAT-US; ArcGIS asks for texts in HTML and plain addresses."""

_PUBLISHERS = ("source", "publisher", "orgTitle", "orgName", "organization", "accessInformation")
"""Who publishes: the hub's own field, the organisation, else whom the item says to credit."""


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One item. Raises `Unmappable` (`missing-title`)."""
    published = record.get("properties")
    item = Fields(published if isinstance(published, dict) else {})
    raw_title = item.first("title") if says_something(item.left().get("title")) else item.take("name")
    title = read_line(raw_title, "title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", raw_title, title)
    _read_subject(item, dataset, log)
    _read_people(item, dataset, log)
    _read_terms(item, record, dataset, log)
    kind, identifier = item.take("type"), record.get("id") or item.left().get("id")
    item.take("id")
    dataset.type = read_resource_type(kind, "type", log)
    read_offers(kind, identifier, item.take("url"), dataset, log)
    dataset.columns = read_columns(item.take("fields"), log)
    for name in _COUNTED:
        item.take(name)
    keep_unmapped(item.left(), dataset.unmapped, log, known=KNOWN_UNMAPPED)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def _read_subject(item: Fields, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    raw = item.take("description")
    text = read_text(raw, "description", log)
    if text is None or not text.plain:
        raw = item.take("snippet")
        text = read_text(raw, "snippet", log)
    if text is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(published, "description", raw, dataset.description)
    raw = item.take("tags")
    dataset.keywords = read_keywords(raw, "tags", log)
    remember(published, "keywords", raw, dataset.keywords)
    raw = item.take("categories")
    labels = [entry.rpartition("/")[2] if isinstance(entry, str) else entry for entry in listed(raw)]
    dataset.topics = read_topics(labels, "categories", log)
    remember(published, "topics", raw, [topic.label for topic in dataset.topics])
    raw = item.take("culture")
    if says_something(raw):
        dataset.language = read_languages(raw, "culture", log) or []
        remember(published, "language", raw, dataset.language)


def _read_people(item: Fields, dataset: Dataset, log: IssueLog) -> None:
    for name in _PUBLISHERS:
        raw = item.left().get(name)
        if (line := read_line(raw, name, log)) is not None:
            item.take(name)
            dataset.publisher = make_publisher(line, raw if isinstance(raw, str) else line)
            break
    raw = item.first("orgContactEmail", "contactEmail")
    if email := read_email(raw, "orgContactEmail", log):
        dataset.contact = Contact(None, email)


def _read_terms(item: Fields, record: Mapping[str, Any], dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    for field, name in (("issued", "created"), ("modified", "modified")):
        raw = item.take(name)
        setattr(dataset, field, _moment(raw, name, log))
        remember(published, field, raw, getattr(dataset, field))
    raw = item.first("licenseInfo", "license")
    dataset.license = read_licence(raw, "licenseInfo", log, url_expected=False)
    dataset.access_level = read_access_level(item.take("access"), "access", log)
    extent, shape = item.take("extent"), record.get("geometry")
    for raw, name in ((shape, "geometry"), (extent, "extent")):
        if dataset.spatial is None and says_something(raw):
            dataset.spatial = _read_area(raw, name, log)


def _read_area(raw: Any, name: str, log: IssueLog) -> Spatial | None:
    """A GeoJSON geometry, or ArcGIS's own corners: the south-west one, then the north-east one."""
    corners = raw.get("coordinates") if isinstance(raw, dict) and raw.get("type") == "envelope" else raw
    pairs = corners if isinstance(corners, list) and len(corners) == 2 else []
    sides = [side for pair in pairs if isinstance(pair, list) and len(pair) == 2 for side in pair]
    if len(sides) != 4 or not all(type(side) in (int, float) and abs(side) < 1_000 for side in sides):
        return read_spatial(raw, name, log)
    spatial = read_spatial(",".join(f"{side:.10f}" for side in sides), name, log)
    if spatial is not None:
        spatial.as_published = clip(json.dumps(raw))
    return spatial


def _moment(raw: Any, field: str, log: IssueLog) -> str | None:
    """Milliseconds since 1970, or a date as others write it. -1 and 0 stand for no date."""
    if type(raw) is not int:
        return read_date(raw, field, log)
    if raw <= 0:
        return None
    try:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=raw)
    except OverflowError:
        log.add("invalid-date", field, f"{raw} is no time in milliseconds")
        return None
    return read_date(f"{moment:%Y-%m-%dT%H:%M:%S}Z", field, log)


def canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the platform counts, and without the links of the answer it came in."""
    kept = {name: value for name, value in record.items() if name not in ("links", "time")}
    item = kept.get("properties")
    if type(item) is dict:
        kept["properties"] = {name: value for name, value in item.items() if name not in _COUNTED}
    return kept


SCHEMAS = (
    SourceSchema(
        "arcgis-records",
        crosswalk,
        identifier=("id",),
        version=("properties", "modified"),
        title=("properties", "title"),
        views=("properties", "numViews"),
        place=place,
        canonical=canonical,
    ),
)
