"""The records of one landing page: each schema.org Dataset on it, else the page itself where it leads to
data.

A record's identifier is its page's canonical address. A dataset of a list goes by its own address, so that
the list and the dataset's page name it alike; the page's own record then wins (its `version` is the greater).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from harvesters.html_page import HtmlPage
from harvesters.json_ld import FoundDataset, datasets, documents
from harvesters.landing_fields import Fields, selected
from harvesters.landing_rules import PageRules
from harvesters.landing_site import LONGEST, Site, identity
from harvesters.microdata import MICRODATA, RDFA, items
from mappings.identity import read_count, read_version
from mappings.landing_links import link_kind
from mappings.schema_org_values import text_of
from mappings.text import slugify

_OWN = "0001"
_LISTED = "0000-"
"""What orders records of one identifier: a page's own goes before what a list says of it."""


@dataclass(slots=True)
class PageRecords:
    """What a page gave: schema and payload of each record; `broken` JSON-LD scripts were not readable."""

    address: str
    records: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    broken: int = 0


def page_records(page: HtmlPage, url: str, site: Site, rules: PageRules, lastmod: str = "") -> PageRecords:
    """The records of a page that was asked for at `url`."""
    address = canonical_address(page.soup, url, site)
    roots, broken = documents(page.json_ld)
    found = datasets(roots)
    for dialect in (MICRODATA, RDFA):
        nodes = items(page.soup, url, dialect)
        roots += nodes
        known = {_name(one.value) for one in found}
        found += [one for one in datasets(nodes) if _name(one.value) not in known]
    own = _own(found, address)
    reader = Fields(page.soup, url, rules, roots)
    fields = reader.read() if own or not found else {}
    if lastmod and fields:
        fields["lastmod"] = lastmod
    records = [("schema-org", _of_dataset(one, one is own, address, fields)) for one in found]
    if not found and _is_dataset(reader, fields, rules):
        records = [("landing-page", _of_page(address, fields))]
    return PageRecords(address, records, broken)


def canonical_address(soup: BeautifulSoup, url: str, site: Site) -> str:
    """The page's `rel=canonical`, where it is on the site; a site's start is no canonical page of others."""
    link = soup.find("link", rel="canonical", href=True)
    href = link.get("href") if isinstance(link, Tag) else None
    address = site.address(url, href) if isinstance(href, str) and href.strip() else None
    if address is None or (urlsplit(address).path == "/" and not urlsplit(address).query):
        return url
    return address


def _own(found: list[FoundDataset], address: str) -> FoundDataset | None:
    """The one dataset the page is about: the one with the page's address, else the only one in no list."""
    name = identity(address)
    for one in found:
        if name in {identity(named) for named in _addresses(one.value, address)}:
            return one
    alone = [one for one in found if not one.listed]
    return alone[0] if len(alone) == 1 else None


def _is_dataset(reader: Fields, fields: dict[str, Any], rules: PageRules) -> bool:
    """By the site's rules; without any a page needs a link to data, whatever it is titled."""
    if only := rules.selectors.get("only"):
        return "title" in fields and any(selected(reader.soup, selector) for selector in only)
    if "title" in rules.selectors:
        return reader.first("title") is not None
    if rules.given:
        return "title" in fields
    title = str(fields.get("title", ""))
    return any(
        link_kind(link["url"], link.get("text", ""), link.get("type", ""), title)
        for link in fields.get("links", [])
    )


def _of_page(address: str, fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "identifier": identity(address),
        "url": address,
        "title": fields.get("title"),
        "modified": fields.get("modified"),
        "version": read_version(fields.get("modified")) or _OWN,
        "views": fields.get("views"),
        "downloads": fields.get("downloads"),
        "page": fields,
    }


def _of_dataset(one: FoundDataset, own: bool, address: str, fields: dict[str, Any]) -> dict[str, Any]:
    value = one.value
    modified = text_of(value.get("dateModified"))
    version = read_version(modified)
    views, downloads = _counts(value.get("interactionStatistic"))
    page = fields if own else {}
    name, url = (identity(address), address) if own else _listed_name(value, address)
    return {
        "identifier": name,
        "url": url,
        "title": text_of(value.get("name")) or page.get("title"),
        "modified": modified,
        "version": (version or _OWN) if own else f"{_LISTED}{version}",
        "views": page.get("views") if views is None else views,
        "downloads": page.get("downloads") if downloads is None else downloads,
        "listed": not own,
        "page": page,
        "dataset": value,
    }


def _listed_name(value: dict[str, Any], address: str) -> tuple[str | None, str]:
    """Identifier and address of a dataset that has its page elsewhere, or none."""
    start = identity(urljoin(address, "/"))
    here = identity(address)
    for named in _addresses(value, address):
        if identity(named) not in (start, here):
            return identity(named), named if len(named) <= LONGEST else address
    own_name = text_of(value.get("identifier"), "value", "url", "@id") or value.get("@id")
    if isinstance(own_name, str) and own_name.strip():
        return (here + own_name if own_name[:1] == "#" else own_name), address
    title = text_of(value.get("name"))
    slug = slugify(title[:500]) if isinstance(title, str) else ""
    return (f"{here}#{slug}" if slug else None), address


def _addresses(value: dict[str, Any], page: str) -> Iterator[str]:
    """The web addresses a Dataset goes by."""
    for name in ("url", "@id", "mainEntityOfPage"):
        text = text_of(value.get(name), "@id", "url", "@value")
        if not isinstance(text, str) or not text.strip():
            continue
        text = text.strip()
        if len(text) > LONGEST:
            yield text
        elif text[:1] != "#" and (text[:4].lower() == "http" or (name == "url" and ":" not in text[:20])):
            yield urljoin(page, text)


def _name(value: dict[str, Any]) -> str:
    return str(text_of(value.get("name")) or value.get("url")).strip().casefold()


def _counts(raw: Any) -> tuple[int | None, int | None]:
    """Views and downloads of schema.org's InteractionCounters."""
    found: dict[str, int] = {}
    for item in raw if isinstance(raw, list) else [raw]:
        if isinstance(item, dict):
            kind = str(
                text_of(item.get("interactionType"), "@type", "@id", "name") or item.get("interactionType")
            )
            number = item.get("userInteractionCount")
            number = (
                int(number) if isinstance(number, str) and number.isdecimal() and len(number) < 16 else number
            )
            if (total := read_count(number)) is not None:
                found["downloads" if "ownload" in kind else "views"] = total
    return found.get("views"), found.get("downloads")
