"""What a landing page says beside (or instead of) schema.org, to the shared schema.

Every value is read only where the dataset has none yet: a publisher's own structured data goes before what
stands on the page for people.
"""

import re
from typing import Any

from mappings.consume import Fields, listed, remember
from mappings.dataset import Contact, Dataset, DistributionKind, Link, ResourceType
from mappings.dataset import Distribution as Offer
from mappings.dates import read_date
from mappings.dcat_us_people import make_publisher
from mappings.distributions import DISTRIBUTION_LIMIT, DistributionSet
from mappings.emails import read_email
from mappings.formats import read_format
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog
from mappings.keywords import read_keywords
from mappings.landing_links import LinkKind, format_word, link_kind, says_dashboard
from mappings.languages import read_languages
from mappings.licences import read_licence
from mappings.published import show
from mappings.resource_types import read_resource_type
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url

_LABEL = re.compile(
    r"\A(?:(?:date|last|first|page|data|content|was|on|of|as|updated?|modified|revised|reviewed|published|posted"
    r"|released?|issued|created|publication)\b[\s:,]{0,5}){1,6}",
    re.IGNORECASE,
)
_DOCUMENTS = re.compile(
    r"\b(?:data dictionar(?:y|ies)|dictionary|code ?book|metadata|methodology|technical notes?|user(?:'s)?"
    r" guide|documentation|read ?me|instructions|glossary|definitions|faqs?)\b",
    re.IGNORECASE,
)
_TYPE_WORDS: tuple[tuple[re.Pattern[str], ResourceType], ...] = (
    (re.compile(r"\b(?:dashboard|visuali[sz]ation)s?\b", re.I), "dashboard"),
    (re.compile(r"\b(?:web )?maps?\b", re.I), "map"),
    (re.compile(r"\b(?:apis?|web ?services?)\b", re.I), "api"),
    (re.compile(r"\b(?:reports?|publications?|stud(?:y|ies)|briefs?|documents?|story)\b", re.I), "report"),
    (re.compile(r"\b(?:data )?(?:catalogs?|catalogues?|collections?|portals?)\b", re.I), "collection"),
    (re.compile(r"\b(?:data ?sets?|data|data resources?|tables?|open data)\b", re.I), "dataset"),
)
_A_REPORT = re.compile(r"\breport(s?)(?:[\s,:(-]{1,3}(?:fy\s?)?\d{4}(?:[-–]\d{2,4})?\)?)?\s*$", re.IGNORECASE)
_KINDS: dict[LinkKind, DistributionKind] = {
    "file": "download",
    "report": "download",
    "dashboard": "page",
    "story": "page",
    "map": "map",
    "api": "api",
}


def fill_from_page(page: Fields, dataset: Dataset, log: IssueLog) -> None:
    """The page's own fields, where the dataset has none."""
    _fill_subject(page, dataset, log)
    _fill_people(page, dataset, log)
    _fill_dates(page, dataset, log)
    raw = page.take("license")
    if dataset.license is None:
        dataset.license = read_licence(raw, "license", log, url_expected=False)
    raw = page.take("spatial")
    if dataset.spatial is None:
        dataset.spatial = read_spatial(raw, "spatial", log)


def _fill_subject(page: Fields, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    raw = page.take("description")
    if dataset.description is None and (text := read_text(raw, "description", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
        remember(published, "description", raw, dataset.description)
    raw = _one_text(page.take("keywords"))
    if not dataset.keywords:
        dataset.keywords = read_keywords(raw, "keywords", log)
        remember(published, "keywords", raw, dataset.keywords)
    raw = page.take("topics")
    if not dataset.topics:
        dataset.topics = read_topics(raw, "topics", log)
        remember(published, "topics", raw, [topic.label for topic in dataset.topics])
    raw = page.take("language")
    if not dataset.language:
        dataset.language = read_languages(raw, "language", log)
        remember(published, "language", raw, dataset.language)


def _one_text(raw: Any) -> Any:
    """One meta element holds all keywords, separated by commas; several hold one each."""
    return raw[0] if isinstance(raw, list) and len(raw) == 1 else raw


def _fill_people(page: Fields, dataset: Dataset, log: IssueLog) -> None:
    raw, source = page.take("organisation"), page.take("organisation_from")
    if dataset.publisher is None and (name := read_line(raw, "organisation", log)):
        dataset.publisher = make_publisher(name, raw if isinstance(raw, str) else name)
        if source:
            dataset.as_published["publisher_from"] = source
    raw = page.take("contact")
    if dataset.contact is not None or not isinstance(raw, str) or not raw.strip():
        return
    email = read_email(raw, "contact", log) if "@" in raw else None
    name = None if "@" in raw else read_line(raw, "contact", log)
    if name or email:
        dataset.contact = Contact(name, email)
    remember(dataset.as_published, "contact", raw, email or name)


def _fill_dates(page: Fields, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    for name in ("modified", "issued"):
        raw = page.take(name)
        if getattr(dataset, name) is None and raw is not None:
            setattr(dataset, name, read_date(_without_label(raw), name, log))
            remember(published, name, raw, getattr(dataset, name))
    raw = page.take("lastmod")
    if dataset.metadata_modified is None:
        dataset.metadata_modified = read_date(raw, "lastmod", IssueLog())
    raw = page.take("frequency")
    if dataset.frequency is None:
        dataset.frequency = read_frequency(raw, "frequency", log)
    raw = page.take("temporal")
    if dataset.temporal is None:
        dataset.temporal = read_temporal(raw, "temporal", log)


def _without_label(raw: Any) -> Any:
    """`Last updated: March 3, 2022` is a date behind a label."""
    return _LABEL.sub("", raw.strip(), count=1) if isinstance(raw, str) and len(raw) <= 200 else raw


def read_links(raw: Any, dataset: Dataset, log: IssueLog) -> list[LinkKind | None]:
    """The page's links as distributions and documents; the kinds that were found."""
    found = DistributionSet()
    documents: dict[str, Link] = {}
    kinds: list[LinkKind | None] = []
    for item in listed(raw)[:DISTRIBUTION_LIMIT]:
        if not isinstance(item, dict) or (url := read_url(item.get("url"), "links", log)) is None:
            continue
        text = read_line(item.get("text"), "links", log)
        said = item.get("type") if isinstance(item.get("type"), str) else ""
        kind = link_kind(url, text or "", said or "", dataset.title)
        if kind not in {"dashboard", "map", "api"} and _DOCUMENTS.search(text or ""):
            documents.setdefault(url, Link(text, url))
            continue
        kinds.append(kind)
        found.add(_offer(url, text, said or None, kind, log))
    dataset.distributions = found.finished(log)
    dataset.documentation = dataset.documentation or list(documents.values())
    return kinds


def _offer(url: str, text: str | None, said: str | None, kind: LinkKind | None, log: IssueLog) -> Offer:
    own = read_format(None, said, url, "links", log)
    if own.format is None and kind in {"file", "report"} and (word := format_word(text or "")):
        own = read_format(word, said, url, "links", log)
    decided = _KINDS[kind] if kind else own.kind or "page"
    return Offer(url, decided, text, own.format, own.media_type)


def kind_of(offer: Offer, title: str) -> LinkKind | None:
    """What a distribution leads to."""
    if offer.kind == "api":
        return "api"
    said = link_kind(offer.url, offer.title or "", offer.media_type or "", title)
    return said or ("file" if offer.kind == "download" else None)


def decide_type(raw: Any, dataset: Dataset, kinds: list[LinkKind | None], log: IssueLog) -> None:
    """The resource type: what the page says it is; else by its title and what it leads to, with the
    reason."""
    if isinstance(raw, str) and raw.strip():
        said = [kind for words, kind in _TYPE_WORDS if words.search(raw[:200])]
        dataset.type = said[0] if said else read_resource_type(raw, "type", log)
        remember(dataset.as_published, "type", raw, dataset.type)
        return
    dataset.type, reason = _derived_type(dataset.title, kinds)
    if reason:
        dataset.as_published["type_reason"] = reason


def _derived_type(title: str, kinds: list[LinkKind | None]) -> tuple[ResourceType, str]:
    leads_to = {kind for kind in kinds if kind}
    if says_dashboard(title):
        return "dashboard", f"the title {show(title)} says so"
    named = _A_REPORT.search(title)
    if named and not (named[1] and "file" in leads_to):  # "Crash reports" in a table are data
        return "report", f"the title {show(title)} says so"
    if "file" in leads_to or not leads_to:
        return "dataset", ""
    by_links: tuple[tuple[LinkKind, ResourceType], ...] = (
        ("dashboard", "dashboard"),
        ("map", "map"),
        ("api", "api"),
        ("report", "report"),
        ("story", "report"),
    )
    kind = next(kind for link, kind in by_links if link in leads_to)
    return kind, f"it leads to {'an' if kind == 'api' else 'a'} {kind} and to no file of data"
