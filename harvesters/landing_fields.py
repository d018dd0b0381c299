"""What a landing page says of itself, field by field: by the site's selectors, else where pages usually say
it.

Values are taken as published, as texts; reading dates, licences and the like is the crosswalk's business.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from harvesters.html_text import text_of
from harvesters.json_ld import others
from harvesters.landing_facts import facts
from harvesters.landing_links import page_links
from harvesters.landing_rules import PageRules, Selector

_VALUES = 100
"""Values of one field; no page has more topics."""
_DESCRIPTION = 20_000
_META = {
    "description": (
        "description",
        "og:description",
        "dcterms.description",
        "dc.description",
        "twitter:description",
    ),
    "organisation": (
        *("dcterms.publisher", "dc.publisher", "citation_publisher", "organization", "agency", "department"),
        *("dcterms.creator", "dc.creator"),
    ),
    "keywords": ("keywords", "dcterms.subject", "dc.subject", "article:tag"),
    "topics": ("article:section", "topic", "topics", "category"),
    "modified": (
        *(
            "article:modified_time",
            "og:updated_time",
            "dcterms.modified",
            "dc.date.modified",
            "last-modified",
        ),
        *("datemodified", "revised"),
    ),
    "issued": (
        *("article:published_time", "dcterms.issued", "dcterms.created", "dc.date.issued", "dc.date.created"),
        *("dcterms.date", "dc.date", "datepublished", "publication_date"),
    ),
    "license": ("dcterms.license", "dc.rights.license"),
    "type": ("dcterms.type", "dc.type"),
}
_FIRST = frozenset({"home", "homepage", "start", "inicio", "accueil"})
_MODIFIED = re.compile(r"\b(?:last\s+)?(?:updated?|modified|revised|reviewed)\b", re.IGNORECASE)
_ISSUED = re.compile(r"\b(?:published|posted|released|issued|created|publication|release)\b", re.IGNORECASE)
_WITH_DATE = re.compile(
    r"(?:last\s+)?(?:updated|modified|revised)(?:\s+(?:on|date))?\s{0,5}:?\s{1,5}((?:[A-Za-z]{3,9}\.?\s{1,3}\d{1,2},?\s{1,3}"
    r"\d{4})|(?:\d{1,2}\s{1,3}[A-Za-z]{3,9}\s{1,3}\d{4})|(?:\d{1,2}/\d{1,2}/\d{2,4})|(?:\d{4}-\d\d-\d\d))",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,3}(?:[,.\s]\d{3}){1,4}|\d{1,15}")
_PAGE_TEXT = 30_000


@dataclass(slots=True)
class Fields:
    """Reads one page. `roots` is its structured data."""

    soup: BeautifulSoup
    url: str
    rules: PageRules
    roots: list[Any]
    meta: dict[str, list[str]] = field(default_factory=dict)
    facts: dict[str, list[str]] = field(default_factory=dict)

    def read(self) -> dict[str, Any]:
        """The fields that say something."""
        for element in self.soup.find_all("meta", content=True, limit=500):
            name = str(
                element.get("name") or element.get("property") or element.get("itemprop") or ""
            ).lower()
            self.meta.setdefault(name, []).append(str(element["content"]).strip()[:_DESCRIPTION])
        self.facts = facts(self.soup)
        title = self.first("title") or self._title()
        found: dict[str, Any] = {
            "title": title,
            "description": self._description(),
            **self._organisation(),
            "topics": self.every("topics") or self._topics(title),
            "keywords": self.every("keywords") or self._of_meta("keywords"),
            **self._dates(),
            **{name: self.first(name) or self._first_of_meta(name) for name in ("type", "license")},
            **{name: self.first(name) or self._fact(name) for name in ("contact", "frequency")},
            **{name: self.first(name) or self._fact(name) for name in ("spatial", "temporal")},
            **{name: count(self.first(name) or self._fact(name)) for name in ("views", "downloads")},
            "language": self._language(),
            "links": page_links(self.soup, self.url, self.rules.selectors.get("links", ()), title or ""),
        }
        return {name: value for name, value in found.items() if value not in (None, "", [])}

    def first(self, name: str) -> str | None:
        """The value of a field by the site's selectors."""
        return next(iter(self.every(name)), None)

    def every(self, name: str) -> list[str]:
        """All of them, each once."""
        lines = name == "description"
        for selector in self.rules.selectors.get(name, ()):
            found = (value_of(e, selector, self.url, lines=lines) for e in selected(self.soup, selector))
            if values := list(dict.fromkeys(value for value in found if value)):
                return values
        return []

    def _title(self) -> str | None:
        """The page's only heading; else what it calls itself elsewhere, without the site's name."""
        headings = [text for element in self.soup.find_all("h1", limit=20) if (text := text_of(element))]
        if len(headings) == 1:
            return headings[0]
        named = self.meta.get("og:title") or [text_of(e) for e in self.soup.find_all("title", limit=1)]
        if named and named[0]:
            return _without_site(named[0], (self.meta.get("og:site_name") or [""])[0])
        return headings[0] if headings else None

    def _description(self) -> str | None:
        return self.first("description") or self._first_of_meta("description")

    def _organisation(self) -> dict[str, str]:
        """The agency; the site's own name is the last resort, and said to be that."""
        if name := self.first("organisation") or self._first_of_meta("organisation"):
            return {"organisation": name}
        for node in others(
            self.roots, frozenset({"webpage", "article", "website", "organization", "report"})
        ):
            publisher = node if "organization" in str(node.get("@type")).lower() else node.get("publisher")
            if (
                isinstance(publisher, dict)
                and isinstance(name := publisher.get("name"), str)
                and name.strip()
            ):
                return {"organisation": name.strip()}
        site = (self.meta.get("og:site_name") or [""])[0]
        return {"organisation": site, "organisation_from": "og:site_name"} if site else {}

    def _topics(self, title: str | None) -> list[str]:
        """Topics of the page's head; else the steps between the site's start and the page."""
        if found := self._of_meta("topics"):
            return found
        return [step for step in self._breadcrumb() if step.casefold() not in _FIRST and step != title][
            :_VALUES
        ]

    def _breadcrumb(self) -> list[str]:
        for node in others(self.roots, frozenset({"breadcrumblist", "webpage"})):
            steps = node.get("itemListElement")
            if isinstance(steps, list) and (names := [name for step in steps[:50] if (name := _step(step))]):
                return names[:-1] if len(names) > 1 else names
        trail = self.soup.find(_is_breadcrumb)
        if not isinstance(trail, Tag):
            return []
        steps = trail.find_all("li", limit=50) or trail.find_all("a", limit=50)
        return list(dict.fromkeys(text for step in steps if (text := text_of(step, 200).strip("/›»> "))))

    def _dates(self) -> dict[str, str | None]:
        modified, issued = self.first("modified"), self.first("issued")
        modified = modified or self._first_of_meta("modified")
        issued = issued or self._first_of_meta("issued")
        unlabelled: list[str] = []
        for element in self.soup.find_all("time", limit=50):
            text = str(element.get("datetime") or "").strip() or text_of(element, 100)
            label = f"{element.get('itemprop') or ''} {_before(element)}"
            if "datemodified" in label.lower() or _MODIFIED.search(label):
                modified = modified or text
            elif "datepublished" in label.lower() or element.has_attr("pubdate") or _ISSUED.search(label):
                issued = issued or text
            else:
                unlabelled.append(text)
        if modified is None and issued is None and len(set(unlabelled)) == 1:
            modified = unlabelled[0]  # the page's only date
        if modified is None and self.soup.body is not None:
            said = _WITH_DATE.search(text_of(self.soup.body, _PAGE_TEXT))
            modified = said[1] if said else None
        return {"modified": modified, "issued": issued}

    def _language(self) -> str | None:
        html = self.soup.find("html")
        return str(html.get("lang") or "").strip()[:35] or None if isinstance(html, Tag) else None

    def _of_meta(self, name: str) -> list[str]:
        for key in _META.get(name, ()):
            if values := [value for value in self.meta.get(key, []) if value]:
                return list(dict.fromkeys(values))[:_VALUES]
        return self.facts.get(name, [])

    def _fact(self, name: str) -> str | None:
        return next(iter(self.facts.get(name, [])), None)

    def _first_of_meta(self, name: str) -> str | None:
        return next(iter(self._of_meta(name)), None)


def selected(soup: BeautifulSoup, selector: Selector) -> list[Tag]:
    """The elements of a selector."""
    found: list[Tag] = selector.match.select(soup, limit=_VALUES)
    return found


def value_of(element: Tag, selector: Selector, page: str, *, lines: bool = False) -> str:
    """The attribute it names; else what an element of this kind says: a date, a content, its text."""
    if selector.attribute:
        value = element.get(selector.attribute) or ""
        text = " ".join(value) if isinstance(value, list) else value.strip()
        return urljoin(page, text) if selector.attribute in {"href", "src"} and text else text[:_DESCRIPTION]
    if element.name == "meta":
        return str(element.get("content") or "").strip()[:_DESCRIPTION]
    if element.name == "time" and element.has_attr("datetime"):
        return str(element["datetime"]).strip()[:100]
    return text_of(element, _DESCRIPTION, lines=lines)


def count(text: str | None) -> int | None:
    """The first number of `1,261 page views`."""
    found = _NUMBER.search((text or "")[:500])
    return int(re.sub(r"\D", "", found[0])) if found else None


def _is_breadcrumb(element: Tag) -> bool:
    named = (element.get("class"), element.get("id"), element.get("aria-label"))
    return any(value and "breadcrumb" in str(value).lower() for value in named)


def _step(step: Any) -> str:
    if not isinstance(step, dict):
        return ""
    item = step.get("item")
    name = step.get("name") or (item.get("name") if isinstance(item, dict) else None)
    return name.strip()[:200] if isinstance(name, str) else ""


def _without_site(title: str, site: str) -> str:
    """`Towing data | Mass.gov` by a site that is called Mass.gov."""
    for mark in (" | ", " - ", " – ", " — ", " :: "):
        before, found, after = title.rpartition(mark)
        if found and (after.strip() == site or mark == " | "):
            return before.strip()
    return title


def _before(element: Tag) -> str:
    """The words a date stands behind: in its own parent, or in the label before that."""
    return " ".join(_words_before(element))[-200:]


def _words_before(element: Tag) -> Iterator[str]:
    for number, sibling in enumerate(element.previous_siblings):
        if number > 3:
            break
        yield text_of(sibling, 200) if isinstance(sibling, Tag) else str(sibling)[-200:]
    parent = element.parent
    if (
        isinstance(parent, Tag)
        and isinstance(label := parent.find_previous_sibling(), Tag)
        and label.name == "dt"
    ):
        yield text_of(label, 200)
