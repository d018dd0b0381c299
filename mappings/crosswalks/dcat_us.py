"""DCAT-US 1.1 and its forerunner, Project Open Data 1.0, to the shared schema.

One crosswalk reads both, because feeds mix them: Socrata's of 2013 are 1.0 with extensions, ArcGIS Hub's of
2019 are 1.1 with the `webService` of 1.0. Source of the fields: the JSON schemas of project-open-data.cio.gov
and, for Argentina's national profile, its feeds.
"""

from collections.abc import Mapping
from typing import Any

from mappings.consume import Fields, keep_nested, keep_unmapped, remember
from mappings.dataset import Dataset
from mappings.dcat_us_links import read_documentation, read_parts
from mappings.dcat_us_offers import OfferReader
from mappings.dcat_us_people import read_contact, read_publisher
from mappings.dcat_us_values import read_dates, read_subject, read_terms
from mappings.fingerprint import as_set
from mappings.issue import IssueLog, Unmappable
from mappings.quality import score
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.text import read_line
from mappings.urls import read_url

KNOWN_UNMAPPED = frozenset(
    {
        "@context",
        "@id",
        "PrimaryITInvestmentUII",
        "bureauCode",
        "created",
        "dataQuality",
        "describedByType",
        "primaryITInvestmentUII",
        "programCode",
    }
)
"""Kept in `unmapped` without an issue: federal bookkeeping that our feeds hand on, and JSON-LD's own."""

KNOWN_OF_PARTS = frozenset(
    {
        "@id",
        "accessURL",
        "describedByType",
        "description",
        "downloadURL",
        "format",
        "formats",
        "identifier",
        "issued",
        "mbox",
        "mediaType",
        "modified",
        "temporal",
        "title",
        "url",
    }
)
"""The same of publishers, contacts and distributions (of one without a usable URL all that it says)."""

PUBLISHED_NAMES = {
    "title": "title",
    "description": "description",
    "keywords": "keyword",
    "modified": "modified",
    "publisher": "publisher",
    "contact": "contactPoint",
    "access_level": "accessLevel",
    "license": "license",
    "rights": "rights",
    "spatial": "spatial",
    "distributions": "distribution",
}


_DCAT_US_SETS = (
    "keyword",
    "distribution",
    "keywords",
    "theme",
    "references",
    "language",
    "bureauCode",
    "programCode",
)


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """A DCAT-US 1.1 record. Raises `Unmappable` (`missing-title`)."""
    return _crosswalk(record, OfferReader(log, "page"))


def crosswalk_1_0(record: dict[str, Any], log: IssueLog) -> Dataset:
    """A Project Open Data 1.0 record, where an `accessURL` means the file. Raises as `crosswalk` does."""
    return _crosswalk(record, OfferReader(log, "download"))


def _crosswalk(record: dict[str, Any], offers: OfferReader) -> Dataset:
    log = offers.log
    fields = Fields(record)
    raw_title = fields.take("title")
    title = read_line(raw_title, "title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", raw_title, title)
    _read_identifier(fields.take("identifier"), log)
    read_subject(fields, dataset, log)
    _read_people(fields, dataset, log)
    read_dates(fields, dataset, log)
    read_terms(fields, dataset, log)
    _read_offers(fields, dataset, offers)
    _read_relations(fields, dataset, offers)
    keep_unmapped(fields.left(), dataset.unmapped, log, known=KNOWN_UNMAPPED)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    return dataset


def _read_identifier(raw: Any, log: IssueLog) -> None:
    """The identifier lives beside the dataset (`schemas.describe`); here only what it could be better at."""
    if not isinstance(raw, str):
        return
    identifier = raw.strip()
    if any(map(str.isspace, identifier)):
        log.add("identifier-with-spaces", "identifier", f"“{identifier[:80]}” holds spaces")
    if "://" not in identifier and not identifier.startswith(("urn:", "doi:")):
        log.add("identifier-not-url", "identifier", f"“{identifier[:80]}” is unique at this portal only")


def _read_people(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    raw = fields.first("publisher", "organization", "fuente")
    dataset.publisher, left = read_publisher(raw, log)
    keep_nested("publisher", left, dataset.unmapped, log, known=KNOWN_OF_PARTS)
    raw = fields.first("contactPoint", "person")
    dataset.contact, left = read_contact(raw, fields.take("mbox"), log)
    keep_nested("contactPoint", left, dataset.unmapped, log, known=KNOWN_OF_PARTS)


def _read_offers(fields: Fields, dataset: Dataset, offers: OfferReader) -> None:
    offers.read(fields.take("distribution"))
    offers.add(fields.take("accessURL"), "accessURL", fields.take("format"))
    offers.add(fields.take("downloadURL"), "downloadURL", kind="download")
    offers.add(fields.take("webService"), "webService", kind="api")
    offers.add(fields.take("feed"), "feed", "RSS", "api")
    dataset.distributions = offers.found.finished(offers.log)
    dataset.columns = list(offers.columns.values())
    if offers.formats:
        dataset.as_published["formats"] = offers.formats
    if offers.media_types:
        dataset.as_published["media_types"] = offers.media_types
    keep_nested("distribution", offers.left, dataset.unmapped, offers.log, known=KNOWN_OF_PARTS)


def _read_relations(fields: Fields, dataset: Dataset, offers: OfferReader) -> None:
    raw = fields.take("landingPage")
    dataset.landing_page = read_url(raw, "landingPage", offers.log)
    remember(dataset.as_published, "landing_page", raw, dataset.landing_page)
    dataset.documentation = read_documentation(fields, offers.documents, offers.log)
    dataset.part_of = read_parts(fields.take("isPartOf"), "isPartOf", offers.log)


def canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """Howard County reordered the keywords of 55 of 85 datasets between two harvests, Baltimore 143 of 332.
    No field moves by itself: where `modified`, `license` or `spatial` differed, they were edited."""
    kept = dict(record)
    for name in _DCAT_US_SETS:
        value = kept.get(name)
        if type(value) is list:
            if len(value) > 1:
                kept[name] = as_set(value)
        elif type(value) is str and "," in value and name.startswith("keyword"):
            kept[name] = [sorted(value.split(","))]  # a list in a list is no list of keywords
    return kept


SCHEMAS = (
    SourceSchema("dcat-us-1.0", crosswalk_1_0, canonical=canonical),
    SourceSchema("dcat-us-1.1", crosswalk, canonical=canonical),
)
