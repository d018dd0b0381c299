"""Texts, dates, terms, links and origin of CKAN packages."""

import re
from datetime import datetime
from typing import Any

from mappings.access import read_access_level
from mappings.ckan_extras import Extras, first_text
from mappings.consume import Fields, listed, remember, says_something
from mappings.dataset import Dataset, Frequency, Licence, Link, Origin, Spatial, Temporal
from mappings.dates import read_date
from mappings.dcat_us_links import LINK_LIMIT, split_urls
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import is_known, read_licence
from mappings.markdown import plain_of_markdown
from mappings.published import clip
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url

_NAIVE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?", re.ASCII)
_SEVERAL = 200
"""Resources whose dates are looked at, and labels that are read from a list of objects."""


def read_subject(package: Fields, extras: Extras, groups: Any, dataset: Dataset, log: IssueLog) -> None:
    """Notes (Markdown or HTML), tags, subjects (the groups and themes) and language."""
    published = dataset.as_published
    raw = package.take("notes")
    if (text := read_text(raw, "notes", log)) is not None:
        html = text.html
        dataset.description = text.plain if html else plain_of_markdown(text.plain)
        dataset.description_html = html
    remember(published, "description", raw, dataset.description)
    raw = _labels(package.take("tags"))
    dataset.keywords = read_keywords(raw, "tags", log) if raw else []
    if not dataset.keywords:
        dataset.keywords = extras.best("keywords", read_keywords, log, good=bool) or []
    remember(published, "keywords", raw, dataset.keywords)
    labels = [*_labels(groups), *listed(extras.take("topics"))]
    dataset.topics = read_topics(labels, "groups", log)
    remember(published, "topics", labels, [topic.label for topic in dataset.topics])
    dataset.language = extras.best("language", read_languages, log, good=bool) or []


def _labels(raw: Any) -> list[Any]:
    """What tags and groups are called: objects since 2009, plain texts in CKAN's search index."""
    items = raw[: _SEVERAL * 10] if isinstance(raw, list) else listed(raw)
    names = ("display_name", "title", "name")
    return [
        next((item[name] for name in names if says_something(item.get(name))), None)
        if isinstance(item, dict)
        else item
        for item in items
    ]


def read_dates(package: Fields, extras: Extras, resources: Any, dataset: Dataset, log: IssueLog) -> None:
    """Dates of the data where the publisher gives them, else those CKAN keeps; frequency and period.

    CKAN's own dates are UTC without saying so (docs.ckan.org): they get their zone. `modified` is the field
    of that meaning, else the newest `last_modified` of the files, else when the record was changed.
    """
    published = dataset.as_published
    changed, created = package.take("metadata_modified"), package.take("metadata_created")
    dataset.metadata_modified = read_date(_utc(changed), "metadata_modified", log)
    raw = extras.raw("modified")
    dataset.modified = extras.best("modified", _read_date, log)
    if dataset.modified is None:
        raw = _newest(resources) or changed
        dataset.modified = read_date(_utc(raw), "metadata_modified", IssueLog())
    remember(published, "modified", raw, dataset.modified)
    raw = extras.raw("issued")
    dataset.issued = extras.best("issued", _read_date, log)
    if dataset.issued is None:
        raw = created
        dataset.issued = read_date(_utc(created), "metadata_created", log)
    remember(published, "issued", raw, dataset.issued)
    dataset.frequency = extras.best("frequency", _read_frequency, log, good=_is_plain)
    dataset.temporal = extras.best("temporal", _read_period, log, good=lambda value: bool(value.start))
    if dataset.temporal is None or not (dataset.temporal.start or dataset.temporal.end):
        dataset.temporal = _from_two_fields(extras, log) or dataset.temporal


def _utc(raw: Any) -> Any:
    return f"{raw}Z" if isinstance(raw, str) and _NAIVE.fullmatch(raw) else raw


def _newest(resources: Any) -> str | None:
    """The newest day on which a file was replaced."""
    dates = (
        item.get("last_modified")
        for item in (resources[:_SEVERAL] if isinstance(resources, list) else ())
        if isinstance(item, dict)
    )
    found = [date for date in dates if isinstance(date, str) and _is_iso(date)]
    return max(found, default=None)


def _is_iso(text: str) -> bool:
    try:
        datetime.fromisoformat(text[:40])
    except ValueError:
        return False
    return True


def _is_plain(frequency: Frequency) -> bool:
    return frequency.value is not None


def _read_date(raw: Any, field: str, log: IssueLog) -> str | None:
    return read_date(first_text(raw), field, log)


def _read_frequency(raw: Any, field: str, log: IssueLog) -> Frequency | None:
    return read_frequency(first_text(raw), field, log)


def _read_period(raw: Any, field: str, log: IssueLog) -> Temporal | None:
    return read_temporal(first_text(raw), field, log)


def _from_two_fields(extras: Extras, log: IssueLog) -> Temporal | None:
    published = [first_text(extras.take(role)) for role in ("temporal_start", "temporal_end")]
    if not any(map(says_something, published)):
        return None
    start, end = (read_date(raw, "extras", IssueLog()) for raw in published)
    words = clip(" – ".join(clip(str(raw)) for raw in published if says_something(raw)))
    if start is None and end is None:
        log.add("invalid-temporal", "extras", f"“{words[:100]}” is no period of time we can read")
    return Temporal(start, end, words)


def read_terms(package: Fields, extras: Extras, dataset: Dataset, log: IssueLog) -> None:
    """Licence, access, rights and area. What CKAN shows without a login is public."""
    dataset.license = _read_licence(package, extras, log)
    raw = extras.raw("access_level")
    dataset.access_level = extras.best("access_level", read_access_level, log)
    if dataset.access_level is None and raw is None:
        dataset.access_level = "public"
    remember(dataset.as_published, "access_level", raw, dataset.access_level)
    dataset.rights = extras.best("rights", _read_rights, log)
    dataset.spatial = extras.best("spatial", read_spatial, log)
    box = extras.box()
    if box is not None and (dataset.spatial is None or dataset.spatial.bbox is None):
        places = dataset.spatial.places if dataset.spatial else []
        boxed = read_spatial({side: _degrees(value) for side, value in box.items()}, "extras", log)
        dataset.spatial = (
            Spatial(boxed.bbox, places, boxed.geometry, boxed.as_published) if boxed else dataset.spatial
        )


def _degrees(raw: Any) -> Any:
    try:
        return float(raw)
    except (TypeError, ValueError):
        return raw


def _read_rights(raw: Any, field: str, log: IssueLog) -> str | None:
    text = read_text(first_text(raw), field, log)
    return text.plain if text else None


def _read_licence(package: Fields, extras: Extras, log: IssueLog) -> Licence | None:
    """The first that is recognised of the publisher's own, CKAN's address, title and id of the licence; else
    the first that says more than that none is given; else what says that."""
    said = [
        ("license", first_text(extras.take("license"))),
        *((name, package.take(name)) for name in ("license_url", "license_title", "license_id")),
    ]
    best: tuple[int, Licence, IssueLog] | None = None
    for name, raw in said:
        quiet = IssueLog()
        licence = read_licence(raw, name, quiet, url_expected=False)
        if licence is None:
            continue
        unstated = any(issue.slug in ("licence-not-stated", "placeholder") for issue in quiet.issues)
        rank = 2 if is_known(licence) else 0 if unstated else 1
        if best is None or rank > best[0]:
            best = rank, licence, quiet
    if best is None:
        return None
    log.issues += best[2].issues
    return best[1]


def read_links(package: Fields, extras: Extras, dataset: Dataset, log: IssueLog) -> None:
    """The publisher's page about the data, and documents: the package's `url` is where the data is from."""
    raw = first_text(extras.take("landing_page"))
    dataset.landing_page = read_url(raw, "landingPage", log)
    remember(dataset.as_published, "landing_page", raw, dataset.landing_page)
    links = {link.url: link for link in dataset.documentation}
    for key, title, value in extras.documents():
        for item in split_urls(value, key, log):
            if url := read_url(_address(item), key, log):
                links.setdefault(url, Link(title, url))
    source = package.take("url")
    if isinstance(source, str) and "://" in source and (url := read_url(source, "url", log)):
        if url != dataset.landing_page and all(offer.url != url for offer in dataset.distributions):
            links.setdefault(url, Link("Source", url))
    elif says_something(source):
        dataset.unmapped["url"] = clip(source) if isinstance(source, str) else None
    dataset.documentation = list(links.values())[:LINK_LIMIT]


def _address(item: Any) -> Any:
    return item.get("url") or item.get("@id") if isinstance(item, dict) else item


def read_origin(extras: Extras, dataset: Dataset) -> None:
    """Packages that the portal harvested itself say from where: it only re-publishes them."""
    quiet = IssueLog()
    title, key = extras.take("source_title"), extras.take("source_id")
    harvested = extras.take("source_object")
    if title is None and key is None and harvested is None:
        return
    identifier = read_line(first_text(extras.take("identifier")), "identifier", quiet)
    dataset.origin = Origin(
        source=read_line(first_text(title), "harvest_source_title", quiet),
        identifier=identifier,
        url=dataset.landing_page or read_url(identifier, "identifier", IssueLog()),
        source_id=read_line(first_text(key), "harvest_source_id", quiet),
    )
