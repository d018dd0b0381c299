"""The dataset page as its template reads it: get the data first, then what it is, whom to ask, where it is
from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from index.cards import dataset_path
from index.store import Source, StoredRecord
from mappings.dataset import Column, Dataset, Distribution
from mappings.frequencies import frequency_label
from mappings.issue import Issue
from mappings.licences import CUSTOM, licence_label
from mappings.markup import sanitise
from mappings.slugs import describe
from search_api.pages.links import followed, host_of
from search_api.pages.words import date_label, size_label
from search_api.state import SearchState

OFFERS_SHOWN = 50
OFFERS_LISTED = 1_000
"""Shown at most on the page of all of them; the JSON has the rest."""
COLUMNS_SHOWN = 200
KEYWORDS_SHOWN = 40
VERBS = {"download": "Download", "api": "Use the API", "map": "Open the map", "page": "Visit the page"}
_HEADINGS = re.compile(r"<(/?)h[1-6]>")


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to get the data. `url` is None where a browser must not follow the address."""

    verb: str
    url: str | None
    address: str
    host: str
    title: str
    details: list[str]
    description: str | None
    download: bool


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of "About this dataset". `note` explains; `links` are (text, address inside the hub)."""

    name: str
    text: str = ""
    note: str = ""
    url: str | None = None
    links: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Finding:
    """An issue with what it means and what the publisher can do."""

    issue: Issue
    meaning: str
    advice: str


@dataclass(frozen=True, slots=True)
class DatasetView:
    """Everything the template shows."""

    record: StoredRecord
    dataset: Dataset
    portal: str
    path: str
    offers: list[Offer]
    offers_hidden: int
    landing_page: str | None
    description: Markup | None
    facts: list[Fact]
    keywords: list[tuple[str, str]]
    documents: list[tuple[str, str]]
    columns: list[Column]
    columns_hidden: int
    findings: list[Finding]
    access: str | None
    best: Offer | None


def dataset_view(record: StoredRecord, source: Source | None, *, every_offer: bool = False) -> DatasetView:
    """The page of a live record. `every_offer` shows distributions beyond the first 50."""
    dataset = record.dataset
    shown = dataset.distributions[: OFFERS_LISTED if every_offer else OFFERS_SHOWN]
    offers = [offer(distribution) for distribution in shown]
    return DatasetView(
        record=record,
        dataset=dataset,
        portal=(source.title or source.id) if source else record.source,
        path=dataset_path(record.id, dataset.title),
        offers=offers,
        offers_hidden=len(dataset.distributions) - len(shown),
        landing_page=followed(dataset.landing_page),
        description=rich_text(dataset.description_html),
        facts=list(_facts(record, source)),
        keywords=[(word, _search("keyword", word)) for word in dataset.keywords[:KEYWORDS_SHOWN]],
        documents=[
            (link.title or host_of(link.url), url)
            for link in dataset.documentation
            if (url := followed(link.url))
        ],
        columns=dataset.columns[:COLUMNS_SHOWN],
        columns_hidden=max(0, len(dataset.columns) - COLUMNS_SHOWN),
        findings=[Finding(issue, *describe(issue.slug)) for issue in record.issues],
        access=dataset.access_level if dataset.access_level != "public" else None,
        best=next((one for one in offers if one.download and one.url), None),
    )


def offer(distribution: Distribution) -> Offer:
    """One distribution as a button, what it is and where it leads."""
    verb = VERBS[distribution.kind]
    named = distribution.format or ""
    if distribution.kind == "download" and named:
        verb = f"{verb} {named}"
    shown = "" if distribution.kind == "download" or named.lower() == distribution.kind else named
    details = [shown, size_label(distribution.size)]
    return Offer(
        verb=verb,
        url=followed(distribution.url),
        address=distribution.url,
        host=host_of(distribution.url),
        title=distribution.title or "",
        details=[detail for detail in details if detail],
        description=distribution.description,
        download=distribution.kind == "download",
    )


def rich_text(html: str | None) -> Markup | None:
    """A publisher's HTML, sanitised once more on its way out. Its headings become bold paragraphs, so that
    the page keeps one outline."""
    if not html:
        return None
    clean = _HEADINGS.sub(lambda tag: "</strong></p>" if tag[1] else "<p><strong>", sanitise(html))
    # Nothing but the allow-list of mappings.markup gets this far.
    return Markup(clean)  # noqa: S704


def _search(facet: str, value: str) -> str:
    return SearchState(filters={facet: (" ".join(value.casefold().split()),)}).url()


def _facts(record: StoredRecord, source: Source | None) -> Iterator[Fact]:
    """In the order people ask: whose, how fresh, what about, may I use it."""
    dataset = record.dataset
    publisher = dataset.publisher
    if publisher:
        yield Fact("Publisher", links=[(publisher.name, _search("publisher", publisher.id))])
    if source:
        place = ", ".join(part for part in (source.jurisdiction, source.level) if part and part != "other")
        yield Fact("Portal", note=place, links=[(source.title or source.id, _search("source", source.id))])
    yield from _dates(record)
    yield from _coverage(dataset)
    yield from _terms(dataset)


def _dates(record: StoredRecord) -> Iterator[Fact]:
    dataset = record.dataset
    published = dataset.as_published.get("modified")
    note = f"published as “{published}”" if published and not dataset.modified else ""
    yield Fact("Data updated", date_label(dataset.modified) or "Not stated", note)
    if dataset.frequency:
        frequency = dataset.frequency
        known = frequency_label(frequency.value) if frequency.value else ""
        yield Fact("Update frequency", known or frequency.as_published or "Not stated")
    if dataset.issued:
        yield Fact("First published", date_label(dataset.issued))
    if dataset.metadata_modified:
        yield Fact("Description changed", date_label(dataset.metadata_modified))
    seen = f"in this hub since {date_label(record.first_seen)}"
    yield Fact("Last seen at the portal", date_label(record.last_seen), seen)


def _coverage(dataset: Dataset) -> Iterator[Fact]:
    period, area = dataset.temporal, dataset.spatial
    if period:
        ends = [date_label(period.start) or "…", date_label(period.end) or "now"]
        text = " to ".join(ends) if period.start or period.end else period.as_published or ""
        yield Fact("Period covered", text)
    if area:
        places = ", ".join(place.name for place in area.places[:10])
        box = ", ".join(f"{degrees:g}°" for degrees in area.bbox) if area.bbox else ""
        note = "west, south, east, north" if box and not places else ""
        yield Fact("Area covered", places or box or (area.as_published or "")[:200], note)
    if dataset.topics:
        links = [(topic.label, _search("topic", topic.id)) for topic in dataset.topics]
        yield Fact("Topics", links=links)
    if dataset.language:
        yield Fact("Language", ", ".join(dataset.language))


def _terms(dataset: Dataset) -> Iterator[Fact]:
    licence = dataset.license
    if licence is None:
        yield Fact("Licence", "Not stated", "ask the publisher before you reuse the data")
    else:
        label = (
            licence_label(licence.id)
            if licence.id and licence.id != CUSTOM
            else (licence.as_published or licence.url or "Other")[:300]
        )
        yield Fact("Licence", label, "an open licence" if licence.open else "", followed(licence.url))
    if dataset.access_level:
        yield Fact("Access", dataset.access_level.capitalize())
    if dataset.rights:
        yield Fact("Rights", dataset.rights)


def withdrawn_json(record: StoredRecord) -> dict[str, Any]:
    """What is still said about a record that was removed at its source."""
    when = record.deleted_at.date().isoformat() if record.deleted_at else ""
    return {
        "detail": f"“{record.dataset.title}” was removed at its source; the hub dropped it on {when}.",
        "id": record.id,
        "title": record.dataset.title,
        "source": record.source,
        "deleted_at": record.deleted_at.isoformat() if record.deleted_at else None,
    }
