"""Landing pages to the shared schema: with schema.org's Dataset (`schema-org`), or by themselves
(`landing-page`).

The payload is what the spider read from a page: `dataset` is the Dataset as published (its terms by their own
names), `page` what the page says for people, `listed` whether the page is a list of datasets and not this
one's own. `identifier`, `url`, `title`, `modified`, `version`, `views` and `downloads` are made for the run's
plan.
"""

from collections.abc import Mapping
from typing import Any

from mappings.consume import Fields, keep_unmapped, remember
from mappings.dataset import Dataset
from mappings.dates import read_date
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.landing_page_values import decide_type, fill_from_page, kind_of, read_links
from mappings.languages import read_languages
from mappings.quality import score
from mappings.review import review
from mappings.schema_org_offers import read_offers
from mappings.schema_org_values import (
    period,
    read_columns,
    read_coverage,
    read_license,
    read_people,
    text_of,
    texts_of,
)
from mappings.source_schema import SourceSchema
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url

KNOWN_UNMAPPED = frozenset(
    {
        *(
            "@context",
            "@id",
            "additionalType",
            "additionalProperty",
            "alternateName",
            "citation",
            "copyrightHolder",
        ),
        *(
            "copyrightYear",
            "editor",
            "contributor",
            "funder",
            "funding",
            "hasPart",
            "identifier",
            "image",
            "issn",
        ),
        *(
            "isAccessibleForFree",
            "mainEntityOfPage",
            "measurementMethod",
            "measurementTechnique",
            "potentialAction",
        ),
        *("sameAs", "schemaVersion", "sdLicense", "sdPublisher", "size", "thumbnailUrl", "url", "version"),
        *("interactionStatistic", "logo", "creditText", "audience", "isFamilyFriendly", "countryOfOrigin"),
    }
)
"""Kept in `unmapped` without an issue: identifiers, people and papers around the data, its measuring."""

PUBLISHED_NAMES = {
    "title": "name",
    "description": "description",
    "keywords": "keywords",
    "modified": "dateModified",
    "publisher": "publisher",
    "contact": "contactPoint",
    "license": "license",
    "distributions": "distribution",
}
PAGE_NAMES = {
    "title": "title",
    "description": "description",
    "modified": "modified",
    "publisher": "organisation",
    "distributions": "links",
}
_RULES_OF_DCAT_US = frozenset(
    {
        *("email-without-mailto", "licence-not-url", "download-without-media-type", "frequency-not-iso"),
        *("keyword-is-string", "temporal-not-iso"),
    }
)
"""What the value readers report as against DCAT-US; schema.org and pages for people have other rules."""
_VOLATILE = frozenset({"version", "views", "downloads"})


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """A schema.org Dataset, completed from its page. Raises `Unmappable` (`missing-title`)."""
    raw = record.get("dataset")
    fields = Fields(raw if isinstance(raw, dict) else {})
    page = Fields(_page_of(record))
    fields.take("@type")
    raw_title, page_title = text_of(fields.take("name")), page.take("title")
    title = read_line(raw_title, "name", log) or read_line(text_of(fields.take("headline")), "headline", log)
    dataset = Dataset(title or _title(page_title, log), access_level="public")
    remember(dataset.as_published, "title", raw_title, dataset.title)
    _read_subject(fields, dataset, log)
    read_people(fields, dataset, log)
    _read_dates(fields, dataset, log)
    _read_terms(fields, dataset, log)
    read_offers(fields, str(record.get("url") or ""), dataset, log)
    fill_from_page(page, dataset, log)
    raw_links = page.take("links")
    if dataset.distributions:
        kinds = [kind_of(offer, dataset.title) for offer in dataset.distributions]
    else:
        kinds = read_links(raw_links, dataset, log)
    decide_type(page.take("type"), dataset, kinds, log)
    dataset.landing_page = read_url(record.get("url"), "url", log)
    keep_unmapped(fields.left(), dataset.unmapped, log, known=KNOWN_UNMAPPED)
    return _finished(dataset, log, PUBLISHED_NAMES)


def crosswalk_page(record: dict[str, Any], log: IssueLog) -> Dataset:
    """A page that is a dataset by itself. Raises `Unmappable` (`missing-title`)."""
    page = Fields(_page_of(record))
    raw_title = page.take("title")
    dataset = Dataset(_title(raw_title, log), access_level="public")
    remember(dataset.as_published, "title", raw_title, dataset.title)
    fill_from_page(page, dataset, log)
    kinds = read_links(page.take("links"), dataset, log)
    decide_type(page.take("type"), dataset, kinds, log)
    dataset.landing_page = read_url(record.get("url"), "url", log)
    keep_unmapped(page.left(), dataset.unmapped, log, known=frozenset({"views", "downloads"}))
    return _finished(dataset, log, PAGE_NAMES)


def _page_of(record: Mapping[str, Any]) -> dict[str, Any]:
    page = record.get("page")
    return (
        {key: value for key, value in page.items() if key not in _VOLATILE} if isinstance(page, dict) else {}
    )


def _title(raw: Any, log: IssueLog) -> str:
    title = read_line(raw, "title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    return title


def _read_subject(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    raw = text_of(fields.first("description", "abstract"), "@value", "text", "name")
    if (text := read_text(raw, "description", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(published, "description", raw, dataset.description)
    raw = fields.take("keywords")
    words = raw if isinstance(raw, str) else texts_of(raw)
    dataset.keywords = read_keywords(
        words[0] if isinstance(words, list) and len(words) == 1 else words, "keywords", log
    )
    remember(published, "keywords", raw, dataset.keywords)
    raw = [
        *texts_of(fields.take("about")),
        *texts_of(fields.take("genre")),
        *texts_of(fields.take("category")),
    ]
    dataset.topics = read_topics(raw, "about", log)
    remember(published, "topics", raw, [topic.label for topic in dataset.topics])
    raw = texts_of(fields.take("inLanguage"))
    dataset.language = read_languages(raw, "inLanguage", log) if raw else []
    remember(published, "language", raw, dataset.language)


def _read_dates(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    for name, found in (
        ("modified", ("dateModified",)),
        ("issued", ("datePublished", "dateCreated", "dateIssued")),
        ("metadata_modified", ("sdDatePublished",)),
    ):
        published_date = fields.first(*found)
        raw = published_date if (text := text_of(published_date)) is None else text
        setattr(dataset, name, read_date(raw, found[0], log))
        remember(published, name, raw, getattr(dataset, name))
    raw = text_of(fields.first("accrualPeriodicity", "updateFrequency", "repeatFrequency"))
    dataset.frequency = read_frequency(raw, "accrualPeriodicity", log)
    raw = fields.first("temporalCoverage", "temporal", "datasetTimeInterval")
    dataset.temporal = read_temporal(period(raw), "temporalCoverage", log)
    remember(published, "temporal", raw, dataset.temporal)


def _read_terms(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    read_license(fields.take("license"), dataset, log)
    raw = text_of(fields.first("conditionsOfAccess", "usageInfo", "copyrightNotice"))
    dataset.rights = read_line(raw, "conditionsOfAccess", log)
    raw = fields.first("spatialCoverage", "spatial", "contentLocation")
    dataset.spatial = read_coverage(raw, log)
    remember(dataset.as_published, "spatial", raw, dataset.spatial and dataset.spatial.as_published)
    dataset.columns = read_columns(fields.take("variableMeasured") or fields.take("variablesMeasured"), log)


def _finished(dataset: Dataset, log: IssueLog, names: Mapping[str, str]) -> Dataset:
    review(dataset, log, names)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def canonical(record: Mapping[str, Any]) -> dict[str, Any]:
    """Without counts, and without the day on which a sitemap says that the page was written."""
    page = {k: v for k, v in _page_of(record).items() if k != "lastmod"}
    kept = {key: value for key, value in record.items() if key not in _VOLATILE}
    if isinstance(published := kept.get("dataset"), dict):
        kept["dataset"] = {k: v for k, v in published.items() if k != "interactionStatistic"}
    return {**kept, "page": page}


SCHEMAS = tuple(
    SourceSchema(
        name,
        reader,
        version=("version",),
        views=("views",),
        downloads=("downloads",),
        canonical=canonical,
    )
    for name, reader in (("schema-org", crosswalk), ("landing-page", crosswalk_page))
)
