"""CKAN packages (`package_search`, and DKAN's imitation of it) to the shared schema.

A package has few fields of its own; frequency, coverage, dates and the data's own publisher stand in
`extras` or in fields that the portal added, see `mappings.ckan_extras`. `organization` publishes, `groups`
are subjects. Source: docs.ckan.org (API guide), and catalog.data.gov's packages.
"""

from collections.abc import Mapping
from typing import Any

from mappings.ckan_extras import Extras, is_known
from mappings.ckan_people import read_people
from mappings.ckan_resources import read_resources
from mappings.ckan_values import read_dates, read_links, read_origin, read_subject, read_terms
from mappings.consume import Fields, keep, remember
from mappings.dataset import Dataset
from mappings.fingerprint import as_set
from mappings.issue import IssueLog, Unmappable
from mappings.quality import score
from mappings.resource_types import read_resource_type
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.text import read_line

PUBLISHED_NAMES = {
    "title": "title",
    "description": "notes",
    "keywords": "tags",
    "modified": "metadata_modified",
    "publisher": "organization",
    "contact": "maintainer",
    "license": "license_id",
    "rights": "rights",
    "distributions": "resources",
}

OWN_FIELDS = (
    *("id", "name", "title", "notes", "url", "tags", "groups", "organization", "resources", "extras"),
    *("author", "author_email", "maintainer", "maintainer_email", "license_id", "license_title"),
    *("license_url", "metadata_created", "metadata_modified", "type", "tracking_summary", "state", "private"),
)
"""What every package has; its other fields are the portal's own, and read as `extras` are."""

_RULES_OF_DCAT_US = frozenset(
    {"email-without-mailto", "licence-not-url", "download-without-media-type", "keyword-is-string"}
)
"""What the value readers report as against DCAT-US, and CKAN does not ask for."""


_CKAN_SETS = ("tags", "groups", "extras")
_CKAN_MOVING = frozenset(
    {
        *("tracking_summary", "revision_id", "revision_timestamp", "num_tags", "num_resources", "score"),
        *("indexed_ts", "index_id", "archiver", "qa", "cache_last_updated", "cache_url", "cache_filepath"),
        *("webstore_last_updated", "webstore_url", "harvest_object_id", "metadata_timestamp"),
    }
)
_CKAN_MOVING = frozenset(
    {
        *("tracking_summary", "revision_id", "revision_timestamp", "num_tags", "num_resources", "score"),
        *("indexed_ts", "index_id", "archiver", "qa", "cache_last_updated", "cache_url", "cache_filepath"),
        *("webstore_last_updated", "webstore_url", "harvest_object_id", "metadata_timestamp"),
    }
)


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One package. Raises `Unmappable` (`missing-title`)."""
    package = Fields({name: record[name] for name in OWN_FIELDS if name in record})
    own = {name: value for name, value in record.items() if name not in OWN_FIELDS}
    extras = Extras(package.take("extras"), own)
    raw_title = package.take("title")
    title = read_line(raw_title, "title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", raw_title, title)
    groups = package.take("groups")
    if read_people(package, extras, groups, dataset, log, has_organization="organization" in record):
        groups = None
    read_subject(package, extras, groups, dataset, log)
    read_dates(package, extras, record.get("resources"), dataset, log)
    read_terms(package, extras, dataset, log)
    read_resources(package.take("resources"), dataset, log)
    read_links(package, extras, dataset, log)
    read_origin(extras, dataset)
    kind = extras.take("resource_type") or package.take("type")
    dataset.type = read_resource_type(kind, "type", log)
    _keep_left(extras, dataset, log)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def page_of(source_url: str) -> str | None:
    """A package's page at its portal, from the address of its record there."""
    root, found, name = source_url.partition("api/3/action/package_show?id=")
    return f"{root}dataset/{name}" if found else None


def _keep_left(extras: Extras, dataset: Dataset, log: IssueLog) -> None:
    """All free fields that were left, under one name and with one issue that names the unknown ones."""
    left = extras.left()
    if not left:
        return
    kept = keep("extras", left, dataset.unmapped)
    unknown = [key for key in left if not is_known(key)]
    if unknown or not kept:
        end = "" if kept else " and are too large to be kept beside the record"
        names = ", ".join(unknown or left)
        log.add("unmapped-field", "extras", f"fields without a place in the shared schema{end}: {names}")


def canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """Without what CKAN's link checker, page counts and own harvester last did (catalog.data.gov); the order
    of tags, groups and extras is the database's."""
    kept = _still(record)
    for name in _CKAN_SETS:
        value = kept.get(name)
        if type(value) is list:
            staying = [item for item in value if not _moves(item)]
            kept[name] = as_set([_still(item) if type(item) is dict else item for item in staying])
    extras = kept.get("extras")
    if type(extras) is dict:
        kept["extras"] = _still(extras)
    resources = kept.get("resources")
    if type(resources) is list:
        kept["resources"] = [_still(item) if type(item) is dict else item for item in resources]
    organization = kept.get("organization")
    if type(organization) is dict:
        kept["organization"] = _still(organization)
    return kept


def _still(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in _CKAN_MOVING}


def _moves(extra: Any) -> bool:
    key = extra.get("key") if type(extra) is dict else None
    return type(key) is str and key in _CKAN_MOVING


SCHEMAS = (
    SourceSchema(
        "ckan",
        crosswalk,
        identifier=("id",),
        version=("metadata_modified",),
        views=("tracking_summary", "total"),
        page_of=page_of,
        canonical=canonical,
    ),
)
