"""JKAN's dataset pages, Markdown files with YAML front matter, to the shared schema.

The payload is what is made of a file: `front_matter` as published, `text` the Markdown below it, `identifier`
the file's name, `title` and `modified` repeated for a run's plan; `repaired` where the YAML had to be mended.
Source of the fields: the schema files of JKAN (`_data/schemas/*.yml`), where "notes" is the description.
"""

from dataclasses import replace
from typing import Any

from mappings.consume import Fields, keep_unmapped, listed, remember, says_something
from mappings.dataset import Contact, Dataset
from mappings.dates import read_date
from mappings.dcat_us_offers import OfferReader
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.licences import read_licence
from mappings.quality import score
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url

KNOWN_UNMAPPED = frozenset(
    {
        *("color", "layout", "maintainer_link", "maintainer_phone", "opendataphilly_rating", "permalink"),
        *("schema", "source", "source_url", "distribution"),
    }
)
"""Kept in `unmapped` without an issue: how JKAN shows the page, and what has no place elsewhere."""

UNREADABLE_PAGE = "unreadable-page"
"""The slug of a file without front matter that can be read: the spider sets it aside."""

PUBLISHED_NAMES = {
    "title": "title",
    "description": "notes",
    "keywords": "tags",
    "topics": "category",
    "modified": "modified",
    "publisher": "organization",
    "contact": "maintainer",
    "license": "license",
    "distributions": "resources",
}

_RULES_OF_DCAT_US = frozenset(
    {"email-without-mailto", "licence-not-url", "download-without-media-type", "frequency-not-iso"}
)
"""What the value readers report as against DCAT-US; JKAN asks for bare addresses and names of licences."""


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One file. Raises `Unmappable` (`missing-title`)."""
    published = record.get("front_matter")
    fields = Fields(published if isinstance(published, dict) else {})
    raw_title = fields.take("title")
    title = read_line(raw_title, "title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title, access_level="public")
    remember(dataset.as_published, "title", raw_title, title)
    if record.get("repaired") is True:
        log.add("lenient-yaml", "", "the front matter is no valid YAML: tabs stand where blanks belong")
    _read_subject(fields, record.get("text"), dataset, log)
    _read_people(fields, dataset, log)
    _read_dates(fields, dataset, log)
    _read_terms(fields, dataset, log)
    _read_resources(fields, dataset, log)
    keep_unmapped(fields.left(), dataset.unmapped, log, known=KNOWN_UNMAPPED)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def _read_subject(fields: Fields, below: Any, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    raw = fields.first("notes", "description")
    raw = raw if says_something(raw) else below
    if (text := read_text(raw, "notes", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(published, "description", raw, dataset.description)
    raw = fields.first("tags", "keywords")
    dataset.keywords = read_keywords(raw, "tags", log)
    remember(published, "keywords", raw, dataset.keywords)
    raw = fields.first("category", "categories")
    dataset.topics = read_topics(raw, "category", log)


def _read_people(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    """The organisation publishes. Of several the first; the maintainer is whom to ask."""
    raw = fields.take("organization")
    names = [name for item in listed(raw)[:20] if (name := read_line(item, "organization", log))]
    if names:
        dataset.publisher = make_publisher(names[0], raw if isinstance(raw, str) else names[0])
        remember(dataset.as_published, "publishers", names[1:], [])
    name = read_line(fields.take("maintainer"), "maintainer", log)
    raw = fields.take("maintainer_email")
    email = read_email(raw, "maintainer_email", log)
    if name or email:
        dataset.contact = Contact(name, email)
    remember(dataset.as_published, "contact_email", raw, email)


def _read_dates(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    raw = fields.take("modified")
    dataset.modified = read_date(raw, "modified", log)
    remember(published, "modified", raw, dataset.modified)
    said = fields.first("frequency", "update_frequency")
    dataset.frequency = read_frequency(said, "frequency", log)
    if dataset.frequency is None and dataset.modified is None and isinstance(raw, str) and raw[:1] == "R":
        dataset.frequency = read_frequency(raw, "modified", IssueLog())
    raw = fields.take("metadata_modified")
    dataset.metadata_modified = read_date(raw, "metadata_modified", log)
    remember(published, "metadata_modified", raw, dataset.metadata_modified)
    raw = fields.first("created", "issued")
    dataset.issued = read_date(raw, "created", log)
    remember(published, "issued", raw, dataset.issued)
    dataset.temporal = read_temporal(fields.take("time_period"), "time_period", log)


def _read_terms(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    dataset.license = read_licence(fields.take("license"), "license", log, url_expected=False)
    dataset.rights = read_line(fields.first("usage", "rights"), "usage", log)
    dataset.spatial = read_spatial(fields.take("area_of_interest"), "area_of_interest", log)
    dataset.landing_page = read_url(fields.first("landing_page", "homepage"), "landing_page", log)


def _read_resources(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    """A resource is a name, a URL and a format; the readers of DCAT-US know what the format makes of it."""
    offers = OfferReader(log)
    begin = len(log.issues)
    offers.read([_as_distribution(item) for item in listed(fields.take("resources"))])
    dataset.distributions = offers.found.finished(log)
    if offers.formats:
        dataset.as_published["formats"] = offers.formats
    log.issues[begin:] = [
        replace(issue, field=issue.field.replace("distribution", "resources", 1).replace("accessURL", "url"))
        for issue in log.issues[begin:]
    ]
    left = [item for item in offers.left if any(key != "url" for key in item)]
    if left:
        keep_unmapped({"resources": left}, dataset.unmapped, log, known=("resources",))


def _as_distribution(resource: Any) -> Any:
    if not isinstance(resource, dict):
        return resource
    left = {key: value for key, value in resource.items() if key not in {"name", "url"}}
    return left | {"title": resource.get("name"), "accessURL": resource.get("url")}


SCHEMAS = (SourceSchema("jkan", crosswalk),)
