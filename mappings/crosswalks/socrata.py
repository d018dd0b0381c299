"""Socrata's Discovery API (`/api/catalog/v1`) to the shared schema.

A result holds `resource` (the asset), `classification` (categories, tags, the portal's custom fields),
`metadata` (domain, licence), `permalink`, `link`, `owner` and `creator`; with the option `details` also the
asset's own `view` (`mappings.socrata_view`). Publisher, frequency, contact and
coverage stand in custom fields, see `mappings.socrata_metadata`. Source: dev.socrata.com, Discovery API.
"""

import re
from collections.abc import Mapping
from typing import Any

from mappings.consume import Fields, keep, keep_unmapped, remember, says_something
from mappings.dataset import Dataset
from mappings.fingerprint import as_set, sorted_rows
from mappings.issue import IssueLog, Unmappable
from mappings.quality import score
from mappings.resource_types import read_resource_type
from mappings.review import review
from mappings.socrata_columns import read_columns
from mappings.socrata_links import read_documentation
from mappings.socrata_metadata import DomainMetadata, is_known
from mappings.socrata_offers import Asset, offers
from mappings.socrata_origin import add_origin, read_origin
from mappings.socrata_values import read_dates, read_people, read_subject, read_terms
from mappings.socrata_view import add_view, completed, still
from mappings.source_schema import SourceSchema
from mappings.text import read_line
from mappings.urls import read_url

KNOWN_UNMAPPED = frozenset(
    {
        "createdAt",
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


_SOCRATA_SETS = ("domain_tags", "domain_metadata", "tags", "categories")
_SOCRATA_COLUMNS = (
    "columns_field_name",
    "columns_name",
    "columns_datatype",
    "columns_description",
    "columns_format",
)


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One Discovery result. Raises `Unmappable` (`missing-title`)."""
    record, view = completed(record)
    fields = Fields(record)
    resource, groups, about = (
        _part(fields, name, log) for name in ("resource", "classification", "metadata")
    )
    custom = DomainMetadata(groups.take("domain_metadata"))
    raw_title = resource.take("name")
    title = read_line(raw_title, "resource.name", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", raw_title, title)
    read_subject(resource, groups, custom, dataset, log)
    read_people(resource, custom, dataset, log)
    read_dates(resource, custom, dataset, log)
    read_terms(about, custom, dataset, log)
    domain, identifier = _read_offers(fields, resource, about, dataset, log)
    dataset.documentation = read_documentation(resource.take("attribution_link"), custom, log)
    if view:
        add_view(view, domain, identifier, dataset, log)
    read_origin(record, domain, identifier, dataset)
    _report_state(title, resource, log)
    for part in (resource, groups, about, fields):
        keep_unmapped(part.left(), dataset.unmapped, log, known=KNOWN_UNMAPPED)
    _keep_custom(custom, dataset, log)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def _read_offers(
    fields: Fields, resource: Fields, about: Fields, dataset: Dataset, log: IssueLog
) -> tuple[Any, Any]:
    """Type, page, distributions and columns; domain and identifier as published."""
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
    return domain, identifier


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
    if resource.left().get("provenance") == "community":
        log.add("community-created", "resource.provenance", "made by a user of the portal, not by its owner")
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


def _part(fields: Fields, name: str, log: IssueLog) -> Fields:
    published = fields.take(name)
    if says_something(published) and not isinstance(published, dict):
        log.add("wrong-type", name, f"{name} should be an object")
    return Fields(published if isinstance(published, dict) else {})


def canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """Page views and download counts change daily; preview images are a cache with changing addresses. The
    five parallel arrays of columns come in another order at almost every request (data.cambridgema.gov: 58 of
    64 datasets within ten days), always permuted alike; tags do, too."""
    kept = dict(record)
    kept.pop("preview_image_url", None)
    resource = kept.get("resource")
    if type(resource) is dict:
        kept["resource"] = _still(resource)
    if "view" in kept:
        kept["view"] = still(kept["view"])
    groups = kept.get("classification")
    if type(groups) is dict:
        groups = kept["classification"] = dict(groups)
        for name in _SOCRATA_SETS:
            value = groups.get(name)
            if type(value) is list and len(value) > 1:
                groups[name] = as_set(value)
    return kept


def _still(resource: dict[str, Any]) -> dict[str, Any]:
    resource = dict(resource)
    resource.pop("page_views", None)
    resource.pop("download_count", None)
    parents = resource.get("parent_fxf")
    if type(parents) is list and len(parents) > 1:
        resource["parent_fxf"] = as_set(parents)
    names = [name for name in _SOCRATA_COLUMNS if type(resource.get(name)) is list]
    arrays = [resource[name] for name in names]
    if arrays and len(arrays[0]) > 1 and len({len(array) for array in arrays}) == 1:
        rows = sorted_rows(list(zip(*arrays, strict=True)))
        resource.update(zip(names, zip(*rows, strict=True), strict=True))
    return resource


SCHEMAS = (
    SourceSchema(
        "socrata-discovery",
        crosswalk,
        identifier=("resource", "id"),
        version=("resource", "updatedAt"),
        title=("resource", "name"),
        views=("resource", "page_views", "page_views_total"),
        downloads=("resource", "download_count"),
        canonical=canonical,
        place=add_origin,
    ),
)
