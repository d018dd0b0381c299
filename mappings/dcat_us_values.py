"""Texts, keywords, dates and terms of DCAT-US records: the values that stand alone."""

from typing import Any

from mappings.access import read_access_level
from mappings.consume import Fields, listed, remember, says_something
from mappings.dataset import Dataset
from mappings.dates import read_date
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import read_licence
from mappings.resource_types import read_resource_type
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_text
from mappings.topics import read_topics


def read_subject(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    """Description, keywords, topics, language and type."""
    published = dataset.as_published
    raw = fields.take("description")
    text = read_text(raw, "description", log)
    if text is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(published, "description", raw, dataset.description)
    dataset.keywords = _read_keywords(fields, published, log)
    themes = [*listed(fields.take("theme")), *listed(fields.take("superTheme"))]
    dataset.topics = read_topics(themes, "theme", log)
    remember(published, "topics", themes, [topic.label for topic in dataset.topics])
    raw = fields.take("language")
    dataset.language = read_languages(raw, "language", log)
    remember(published, "language", raw, dataset.language)
    dataset.type = read_resource_type(fields.take("@type"), "@type", log)


def _read_keywords(fields: Fields, published: dict[str, Any], log: IssueLog) -> list[str]:
    """Socrata's 1.0 feeds repeat the `keyword` string as a list in `keywords`, which needs no splitting."""
    raw, repeated = fields.take("keyword"), fields.take("keywords")
    keywords = read_keywords(raw if says_something(raw) else repeated, "keyword", log)
    if keywords and says_something(repeated) and says_something(raw):
        both = repeated if isinstance(raw, str) else [*listed(raw), *listed(repeated)]
        keywords = read_keywords(both, "keywords", IssueLog())
    remember(published, "keywords", raw, keywords)
    return keywords


def read_dates(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    """Modified (or, if it says how often, the frequency), issued, frequency and the period covered."""
    published = dataset.as_published
    raw = fields.take("modified")
    dataset.modified = read_date(raw, "modified", log)
    remember(published, "modified", raw, dataset.modified)
    frequency = read_frequency(fields.first("accrualPeriodicity", "frequency"), "accrualPeriodicity", log)
    if frequency is None and dataset.modified is None and isinstance(raw, str) and raw[:1] == "R":
        frequency = read_frequency(raw, "modified", IssueLog())
    dataset.frequency = frequency
    raw, created = fields.first("issued", "releaseDate"), fields.take("created")
    if raw is None:
        raw = created
    elif says_something(created) and created != raw:
        dataset.unmapped["created"] = created
    dataset.issued = read_date(raw, "issued", log)
    remember(published, "issued", raw, dataset.issued)
    dataset.temporal = read_temporal(fields.take("temporal"), "temporal", log)


def read_terms(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    """Licence, access level, rights and the area covered."""
    published = dataset.as_published
    dataset.license = read_licence(fields.take("license"), "license", log)
    raw = fields.take("accessLevel")
    dataset.access_level = read_access_level(raw, "accessLevel", log)
    remember(published, "access_level", raw, dataset.access_level)
    raw = fields.first("rights", "accessLevelComment")
    if raw is not None and str(raw).strip().lower() in {"true", "false"}:
        log.add("invalid-rights", "rights", f"rights should explain who may use the data, not say “{raw}”")
    elif text := read_text(raw, "rights", log):
        dataset.rights = text.plain
    remember(published, "rights", raw, dataset.rights)
    dataset.spatial = read_spatial(fields.take("spatial"), "spatial", log)
