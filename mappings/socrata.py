"""Socrata's Discovery API (`/api/catalog/v1`) to the shared schema.

A result holds `resource` (the asset), `classification` (categories, tags, the portal's custom fields),
`metadata` (domain, licence), `permalink`, `link`, `owner` and `creator`. Publisher, frequency, contact and
coverage stand in custom fields, see `mappings.socrata_metadata`. Source: dev.socrata.com, Discovery API.
"""

import re
from typing import Any

from mappings.access import read_access_level
from mappings.consume import Fields, keep, keep_unmapped, remember, says_something
from mappings.dataset import Contact, Dataset, Part, Spatial, Temporal
from mappings.dates import read_date
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import read_licence
from mappings.quality import score
from mappings.resource_types import read_resource_type
from mappings.review import review
from mappings.socrata_columns import read_columns
from mappings.socrata_links import read_documentation
from mappings.socrata_metadata import DomainMetadata, is_known, is_place
from mappings.socrata_offers import Asset, offers
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url

KNOWN_UNMAPPED = frozenset(
    {
        "creator",
        "lens_display_type",
        "link",
        "locked",
        "owner",
        "preview_image_url",
        "provenance",
    }
)
"""Kept in `unmapped` without an issue: how Socrata shows and manages the asset."""

PUBLISHED_NAMES = {
    "title": "resource.name",
    "description": "resource.description",
    "keywords": "classification.domain_tags",
    "topics": "classification.domain_category",
    "modified": "resource.data_updated_at",
    "publisher": "resource.attribution",
    "contact": "resource.contact_email",
    "license": "metadata.license",
}

_RULES_OF_DCAT_US = frozenset({"email-without-mailto", "licence-not-url"})
"""What the value readers report as against DCAT-US; Socrata asks for bare addresses and names of licences."""

_DEMONSTRATION = re.compile(r"(?:^|[.-])(?:demo|test|sandbox|staging|priv)(?:[.-]|$)", re.IGNORECASE)
_TRIAL = re.compile(r"\b(?:test|sample)\b", re.IGNORECASE)


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One Discovery result. Raises `Unmappable` (`missing-title`)."""
    fields = Fields(record)
    resource = Fields(_object(fields.take("resource")))
    groups = Fields(_object(fields.take("classification")))
    about = Fields(_object(fields.take("metadata")))
    custom = DomainMetadata(groups.take("domain_metadata"))
    raw_title = resource.take("name")
    title = read_line(raw_title, "resource.name", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", raw_title, title)
    _read_subject(resource, groups, custom, dataset, log)
    _read_people(resource, custom, dataset, log)
    _read_dates(resource, custom, dataset, log)
    _read_terms(about, custom, dataset, log)
    _read_offers(fields, resource, about, dataset, log)
    dataset.documentation = read_documentation(resource.take("attribution_link"), custom, log)
    _report_state(title, resource, log)
    for part in (resource, groups, about, fields):
        keep_unmapped(part.left(), dataset.unmapped, log, known=KNOWN_UNMAPPED)
    _keep_custom(custom, dataset, log)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def _read_subject(
    resource: Fields, groups: Fields, custom: DomainMetadata, dataset: Dataset, log: IssueLog
) -> None:
    published = dataset.as_published
    raw = resource.take("description")
    if (text := read_text(raw, "resource.description", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(published, "description", raw, dataset.description)
    raw = [*_listed(groups.take("domain_tags")), *_listed(groups.take("tags"))]
    dataset.keywords = read_keywords(raw, "classification.domain_tags", log)
    remember(published, "keywords", raw, dataset.keywords)
    dataset.topics = read_topics(groups.take("domain_category"), "classification.domain_category", log)
    chosen = {topic.id for topic in dataset.topics}
    guessed = read_topics(groups.take("categories"), "classification.categories", log, derived=True)
    dataset.topics += [topic for topic in guessed if topic.id not in chosen]
    dataset.language = custom.best("language", read_languages, log, good=bool) or []
    if collection := custom.best("collection", read_line, log):
        dataset.part_of = [Part(collection, None, collection)]
    dataset.derived_from = [
        parent for parent in _listed(resource.take("parent_fxf")) if isinstance(parent, str)
    ]


def _read_people(resource: Fields, custom: DomainMetadata, dataset: Dataset, log: IssueLog) -> None:
    """The publisher is the asset's attribution; where there is none, the agency of a custom field."""
    raw = resource.take("attribution")
    name = read_line(raw, "resource.attribution", log)
    if name is None:
        name = raw = custom.best("publisher", read_line, log)
    if name is not None:
        dataset.publisher = make_publisher(name, raw if isinstance(raw, str) else name)
    email = read_email(resource.take("contact_email"), "resource.contact_email", log)
    email = custom.best("contact_email", read_email, IssueLog()) or email
    name = custom.best("contact_name", read_line, log)
    if email or name:
        dataset.contact = Contact(name, email)


def _read_dates(resource: Fields, custom: DomainMetadata, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    raw = resource.first("data_updated_at", "updatedAt")
    resource.take("updatedAt")
    dataset.modified = read_date(raw, "resource.data_updated_at", log)
    remember(published, "modified", raw, dataset.modified)
    raw = resource.take("metadata_updated_at")
    dataset.metadata_modified = read_date(raw, "resource.metadata_updated_at", log)
    raw = resource.first("publication_date", "createdAt")
    resource.take("createdAt")
    dataset.issued = read_date(raw, "resource.publication_date", log)
    remember(published, "issued", raw, dataset.issued)
    dataset.frequency = custom.best("frequency", read_frequency, log, good=lambda found: bool(found.value))
    dataset.temporal = custom.best(
        "temporal", read_temporal, log, good=lambda found: bool(found.start or found.end)
    )
    if dataset.temporal is None:
        dataset.temporal = _from_two_fields(custom, log)


def _from_two_fields(custom: DomainMetadata, log: IssueLog) -> Temporal | None:
    """New Jersey and Colorado keep the first and the last day in two fields."""
    published = [custom.take("temporal_start"), custom.take("temporal_end")]
    start, end = (read_date(raw, "domain_metadata", IssueLog()) for raw in published)
    if not any(map(says_something, published)):
        return None
    words = " – ".join(str(raw) for raw in published if says_something(raw))
    if start is None and end is None:
        log.add("invalid-temporal", "domain_metadata", f"“{words[:100]}” is no period of time we can read")
    return Temporal(start, end, words)


def _read_terms(about: Fields, custom: DomainMetadata, dataset: Dataset, log: IssueLog) -> None:
    """Discovery answers without a login with public assets alone, so that is their access level."""
    raw = about.take("license")
    if says_something(raw):
        dataset.license = read_licence(raw, "metadata.license", log)
    else:
        dataset.license = custom.best("license", read_licence, log)
    dataset.access_level = custom.best("access_level", read_access_level, log) or "public"
    dataset.rights = custom.best("rights", read_line, log)
    dataset.spatial = custom.best("spatial", _read_area, log)


def _read_area(raw: object, field: str, log: IssueLog) -> Spatial | None:
    return None if isinstance(raw, str) and not is_place(raw) else read_spatial(raw, field, log)


def _read_offers(fields: Fields, resource: Fields, about: Fields, dataset: Dataset, log: IssueLog) -> None:
    domain, identifier, kind = about.take("domain"), resource.take("id"), resource.take("type")
    dataset.type = read_resource_type(kind, "resource.type", log)
    dataset.landing_page = read_url(fields.first("permalink", "link"), "permalink", log)
    asset = Asset(domain, identifier, kind, resource.take("lens_view_type"), resource.take("blob_mime_type"))
    dataset.distributions = offers(asset, dataset.landing_page, log)
    names = ("field_name", "name", "datatype", "description", "format")
    arrays = [resource.take(f"columns_{name}") for name in names]
    dataset.columns, displays = read_columns(arrays, log)
    if displays:
        keep("columns_format", displays, dataset.unmapped)
    if not dataset.columns and any(offer.kind == "api" for offer in dataset.distributions):
        log.add("missing-columns", "resource.columns_name", "a table without any column")
    if isinstance(identifier, str) and ":" in identifier:
        log.add("draft-identifier", "resource.id", f"“{identifier[:80]}” is the id of an unpublished draft")
    if isinstance(domain, str) and _DEMONSTRATION.search(domain):
        log.add(
            "demonstration-portal", "metadata.domain", f"{domain[:80]} is a demonstration or internal site"
        )


def _report_state(title: str, resource: Fields, log: IssueLog) -> None:
    """What says that the asset is not meant for the public; it is kept, for a person to decide."""
    for name in ("page_views", "download_count"):
        resource.take(name)
    if resource.take("hide_from_data_json") is True:
        log.add(
            "hidden-from-data-json",
            "resource.hide_from_data_json",
            "the portal leaves it out of its data.json",
        )
    if _TRIAL.search(title):
        log.add("test-record", "resource.name", f"“{title[:80]}” sounds like a test or a sample")


def _keep_custom(custom: DomainMetadata, dataset: Dataset, log: IssueLog) -> None:
    """All custom fields that were left, under one name and with one issue that names the unknown ones."""
    left = custom.left()
    if not left:
        return
    kept = keep("domain_metadata", left, dataset.unmapped)
    unknown = [key for key in left if not is_known(key)]
    if unknown or not kept:
        end = "" if kept else " and are too large to be kept beside the record"
        names = ", ".join(unknown or left)
        log.add(
            "unmapped-field", "domain_metadata", f"fields without a place in the shared schema{end}: {names}"
        )


def _object(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _listed(raw: Any) -> list[Any]:
    return raw if isinstance(raw, list) else [] if raw is None or raw == "" else [raw]
