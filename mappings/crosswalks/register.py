"""A row of an agency's register to the shared schema.

The payload is what the `register` spider makes of a row: `entry` holds it as published, under its own
headers; `defaults` what the file or the portal's entry says of all rows; `identifier`, `title` and `modified`
repeat what a run's plan needs. Only a title and a usable link must be there.
"""

import re
from typing import Any
from urllib.parse import urlsplit

from mappings.access import read_access_level
from mappings.consume import keep_unmapped, listed, remember, says_something
from mappings.dataset import Contact, Dataset, Link
from mappings.dates import read_date
from mappings.dcat_us_links import split_urls
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import read_licence
from mappings.quality import score
from mappings.register_fields import Entry, first_of
from mappings.register_offers import read_links
from mappings.resource_types import read_resource_type
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url

PUBLISHED_NAMES = {
    "title": "title",
    "description": "description",
    "keywords": "keywords",
    "modified": "modified",
    "publisher": "publisher",
    "contact": "contact",
    "license": "license",
    "distributions": "url",
}

_RULES_OF_DCAT_US = frozenset({"email-without-mailto", "licence-not-url", "frequency-not-iso"})
"""What the value readers report as against DCAT-US; a register is written in words, by people."""
_BETWEEN_WORDS = re.compile(r"[,;|\n]")
_BETWEEN_TOPICS = re.compile(r"[;|\n]")
_CELL = 65_536
"""Characters of a cell of keywords that are read."""


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One row. Raises `Unmappable` (`missing-title`, `missing-url`)."""
    published, defaults = record.get("entry"), record.get("defaults")
    entry = Entry(
        published if isinstance(published, dict) else {}, defaults if isinstance(defaults, dict) else {}
    )
    name, raw = entry.take("title")
    title = read_line(raw, name, log)
    if title is None:
        raise Unmappable("missing-title", "a row needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", raw, title)
    entry.take("identifier")
    _read_subject(entry, dataset, log)
    _read_links(entry, dataset, log)
    _read_people(entry, dataset, log)
    _read_dates(entry, dataset, log)
    _read_terms(entry, dataset, log)
    keep_unmapped(entry.rest.left(), dataset.unmapped, log)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def identifier_of(entry: dict[str, Any]) -> Any:
    """The row's own identifier; else its first address, without what changes when a site moves to https."""
    own = first_of(entry, "identifier")
    return (
        own if own is not None else stable_address(first_of(entry, "url", "feed", "download", "landing_page"))
    )


def stable_address(raw: Any) -> str | None:
    """An address as an identifier: host in lower case, no scheme, `www.`, fragment or closing slash."""
    if isinstance(raw, list):
        raw = next((item for item in raw if says_something(item)), None)
    if isinstance(raw, dict):
        raw = first_of(raw, "url", "download", "feed")
    text = raw.strip() if isinstance(raw, str) else ""
    if not text:
        return None
    try:
        parts = urlsplit(text if "//" in text else f"//{text}")
    except ValueError:
        return text
    path = parts.path.rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.lower().removeprefix('www.')}{path}{query}" or text


def _read_subject(entry: Entry, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    name, raw = entry.take("description")
    if (text := read_text(raw, name, log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(published, "description", raw, dataset.description)
    name, raw = entry.take("keywords")
    dataset.keywords = read_keywords(_words(raw, _BETWEEN_WORDS), name, log)
    remember(published, "keywords", raw, dataset.keywords)
    name, raw = entry.take("topics")
    dataset.topics = read_topics(_words(raw, _BETWEEN_TOPICS), name, log)
    remember(published, "topics", raw, [topic.label for topic in dataset.topics])
    name, raw = entry.take("language")
    dataset.language = read_languages(raw, name, log)
    remember(published, "language", raw, dataset.language)
    name, raw = entry.take("type")
    if raw is not None:
        dataset.type = read_resource_type(raw, name, log)
        remember(published, "type", raw, dataset.type)


def _words(raw: Any, between: re.Pattern[str]) -> Any:
    """The words of one cell; a list, or what is no text, as it is."""
    if not isinstance(raw, str):
        return raw
    return [word.strip() for word in between.split(raw[:_CELL]) if word.strip()]


def _read_links(entry: Entry, dataset: Dataset, log: IssueLog) -> None:
    words = f"{dataset.title} {dataset.description or ''}"
    dataset.distributions, reasons = read_links(entry, words, log)
    if reasons:
        dataset.as_published["distribution_kinds"] = reasons
    name, raw = entry.take("landing_page")
    dataset.landing_page = read_url(raw, name, log)
    remember(dataset.as_published, "landing_page", raw, dataset.landing_page)
    if not dataset.distributions and dataset.landing_page is None:
        raise Unmappable("missing-url", "a row needs an address (http, https or ftp) to be of any use")
    name, raw = entry.take("documentation")
    urls = (read_url(part, name, log) for part in split_urls(raw, name, log))
    dataset.documentation = [Link(None, url) for url in dict.fromkeys(urls) if url]


def _read_people(entry: Entry, dataset: Dataset, log: IssueLog) -> None:
    name, raw = entry.take("publisher")
    raw = first_of(raw, "title", "publisher") if isinstance(raw, dict) else raw
    if publisher := read_line(raw, name, log):
        dataset.publisher = make_publisher(publisher, raw if isinstance(raw, str) else publisher)
    name, raw = entry.take("contact")
    mail_name, raw_mail = entry.take("email")
    if isinstance(raw, dict):
        raw_mail = raw_mail or first_of(raw, "email")
        raw = first_of(raw, "title", "contact")
    if raw_mail is None and isinstance(raw, str) and "@" in raw:
        mail_name, raw_mail, raw = name, raw, None
    person, email = read_line(raw, name, log), read_email(raw_mail, mail_name, log)
    if person or email:
        dataset.contact = Contact(person, email)
    remember(dataset.as_published, "contact_email", raw_mail, email)


def _read_dates(entry: Entry, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    name, raw = entry.take("modified")
    dataset.modified = read_date(raw, name, log)
    remember(published, "modified", raw, dataset.modified)
    name, raw = entry.take("issued")
    dataset.issued = read_date(raw, name, log)
    remember(published, "issued", raw, dataset.issued)
    name, raw = entry.take("frequency")
    dataset.frequency = read_frequency(raw, name, log)
    name, raw = entry.take("temporal")
    dataset.temporal = read_temporal(raw, name, log)


def _read_terms(entry: Entry, dataset: Dataset, log: IssueLog) -> None:
    """Licence, access, rights and area. A register is there to be read, so a row is public unless it says
    otherwise."""
    name, raw = entry.take("license")
    dataset.license = read_licence(raw, name, log, url_expected=False)
    name, raw = entry.take("access_level")
    dataset.access_level = "public" if raw is None else read_access_level(raw, name, log)
    remember(dataset.as_published, "access_level", raw, dataset.access_level)
    name, raw = entry.take("rights")
    dataset.rights = read_line(raw, name, log)
    name, raw = entry.take("spatial")
    dataset.spatial = read_spatial(
        raw if not isinstance(raw, list) else "; ".join(map(str, listed(raw))), name, log
    )


SCHEMAS = (SourceSchema("register", crosswalk),)
