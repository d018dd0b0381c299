"""Opendatasoft datasets (Explore API 2.1, and the shapes before it) to the shared schema.

The fields of the platform's own templates are read: `default`, `dcat` (also under the name of its DCAT-AP
successor, `dcat_ap`), `inspire`, `explore`. A dataset says what it offers (records, attachments, other
exports), and its own address says where; see `mappings.opendatasoft_offers`.
Source: help.opendatasoft.com/apis/ods-explore-v2 (schema `dataset`), and the files of ../shared/data.
"""

from collections.abc import Mapping
from typing import Any

from mappings.consume import keep_nested, keep_unmapped, remember
from mappings.dataset import Dataset
from mappings.issue import IssueLog, Unmappable
from mappings.opendatasoft_offers import page_of, place, read_columns, read_offers
from mappings.opendatasoft_shapes import Shape, shape_of
from mappings.opendatasoft_values import (
    read_coverage,
    read_dates,
    read_links,
    read_origin,
    read_people,
    read_subject,
    read_terms,
)
from mappings.quality import score
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.text import read_line

KNOWN_UNMAPPED = frozenset(
    {
        *("dataset_uid", "features", "has_records", "data_visible", "links", "basic_metas", "oauth_scope"),
        *("records_count", "records_size", "data_processed", "timezone", "metadata_languages", "federated"),
        *("parent_domain", "domain", "shared_catalog", "geographic_reference", "geographic_reference_auto"),
        *("geographic_area_mode", "modified_updates_on_metadata_change", "modified_updates_on_data_change"),
        *("odi_certificate_url", "popularity_score", "attributions", "granularity", "dataquality"),
        *("creator", "contributor", "created", "type", "theme", "file_identifier", "hierarchy_level"),
        *("hierarchy_level_name", "contact_position", "contact_address", "identification_purpose"),
        *("extend_description",),
        *("publisher_type", "asset_content_configuration", "visibility", "source_domain_address"),
    }
)
"""Kept in `unmapped` without an issue: how the platform processes and shows the dataset, and what the shared
schema has no place for."""

_COUNTERS = frozenset({"explore", "internal", "asset_content_configuration", "visualization", "semantic"})
"""Templates by which the platform counts uses and configures its pages; kept only with the record."""

PUBLISHED_NAMES = {
    "title": "default.title",
    "description": "default.description",
    "keywords": "default.keyword",
    "topics": "default.theme",
    "modified": "default.modified",
    "publisher": "default.publisher",
    "license": "default.license",
}

_RULES_OF_DCAT_US = frozenset({"email-without-mailto", "licence-not-url", "keyword-is-string"})
"""What the value readers report as against DCAT-US; Opendatasoft asks for plain names and addresses."""


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One dataset. Raises `Unmappable` (`missing-title`)."""
    shape = shape_of(record, log)
    default = shape.template("default")
    raw_title = default.take("title")
    title = read_line(raw_title, "default.title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", raw_title, title)
    read_subject(shape, dataset, log)
    read_people(shape, dataset, log)
    read_dates(shape, dataset, log)
    read_terms(shape, dataset, log)
    read_coverage(shape, dataset, log)
    read_links(shape, dataset, log)
    read_origin(shape, dataset)
    read_offers(shape, record, dataset, log)
    dataset.columns = read_columns(shape.own.take("fields"), log)
    for name in ("datasetid", "dataset_id"):
        shape.own.take(name)
    _keep_left(shape, dataset, log)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def _keep_left(shape: Shape, dataset: Dataset, log: IssueLog) -> None:
    """What nobody took: the dataset's own and the default template's by name, other templates each as one."""
    for part in (shape.own, shape.template("default")):
        keep_unmapped(part.left(), dataset.unmapped, log, known=KNOWN_UNMAPPED)
    for name, fields in shape.templates.items():
        if name != "default" and name not in _COUNTERS:
            keep_nested(name, fields.left(), dataset.unmapped, log, known=KNOWN_UNMAPPED)


def canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the platform counts: downloads, calls of its API, popularity."""
    kept = {name: value for name, value in record.items() if not name.startswith("explore.")}
    for group in ("metas", "extra_metas"):
        parts = kept.get(group)
        if type(parts) is dict:
            kept[group] = {name: value for name, value in parts.items() if name != "explore"}
    return kept


def _schema(name: str, identifier: str, metas: tuple[str, ...], downloads: tuple[str, ...]) -> SourceSchema:
    return SourceSchema(
        name,
        crosswalk,
        identifier=(identifier,),
        version=(*metas, "modified"),
        title=(*metas, "title"),
        downloads=downloads,
        page_of=page_of,
        place=place,
        canonical=canonical,
    )


SCHEMAS = (
    _schema("opendatasoft", "dataset_id", ("metas", "default"), ("metas", "explore", "download_count")),
    _schema("opendatasoft-1", "datasetid", ("metas",), ("extra_metas", "explore", "download_count")),
    _schema("opendatasoft-table", "datasetid", (), ("explore.download_count",)),
)
