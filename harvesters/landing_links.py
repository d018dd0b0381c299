"""The links of a landing page that lead to data: in its main part, or where the site's rules say."""

from collections.abc import Iterable, Iterator
from typing import Any

from bs4 import BeautifulSoup, Tag

from harvesters.addresses import followed
from harvesters.html_text import text_of
from harvesters.landing_rules import Selector
from mappings.landing_links import link_kind

_LINKS = 1_000
"""Links of one page that are kept."""
_LOOKED_AT = 10_000
_MAIN: tuple[dict[str, Any], ...] = (
    {"name": "main"},
    {"attrs": {"role": "main"}},
    {"name": "article"},
    {"id": ["main-content", "content", "main"]},
)
_AROUND = frozenset({"nav", "header", "footer", "aside"})
_EMBEDDED = {"iframe": "src", "embed": "src", "object": "data", "tableau-viz": "src"}
_DEEP = 40
"""Elements above a link that are looked at for a navigation around it."""


def page_links(
    soup: BeautifulSoup, page: str, selectors: Iterable[Selector], title: str
) -> list[dict[str, Any]]:
    """Each address once: `url`, `text`, and `type` where the link states one. With selectors every link they
    find counts; without, those that lead to data, also what is embedded."""
    found: dict[str, dict[str, Any]] = {}
    for chosen, element in _candidates(soup, selectors):
        link = _link(element, page)
        if link is None or link["url"] in found:
            continue
        if chosen or link_kind(link["url"], link.get("text", ""), link.get("type", ""), title):
            found[link["url"]] = link
            if len(found) >= _LINKS:
                break
    return list(found.values())


def _candidates(soup: BeautifulSoup, selectors: Iterable[Selector]) -> Iterator[tuple[bool, Tag]]:
    """(Whether a rule chose it, the element)."""
    given = False
    for selector in selectors:
        for element in selector.match.select(soup, limit=_LINKS):
            given = True
            own = element.name in {"a", *_EMBEDDED}
            yield from ((True, e) for e in ([element] if own else element.find_all("a", limit=_LINKS)))
        if given:
            return
    main: Tag | BeautifulSoup = soup
    for place in _MAIN:
        if isinstance(one := soup.find(**place), Tag):
            main = one
            break
    for element in main.find_all(["a", *_EMBEDDED], limit=_LOOKED_AT):
        if main is not soup or not _is_around(element):
            yield False, element


def _is_around(element: Tag) -> bool:
    for number, parent in enumerate(element.parents):
        if parent.name in _AROUND:
            return True
        if number > _DEEP:
            break
    return False


def _link(element: Tag, page: str) -> dict[str, Any] | None:
    raw = element.get(_EMBEDDED.get(element.name, "href"))
    if not isinstance(raw, str) or not raw.strip() or raw.strip()[0] == "#" or len(raw) > 4_096:
        return None
    try:
        url = followed(page, raw.strip())
    except ValueError:
        return None
    if url.partition("#")[0] == page.partition("#")[0]:
        return None
    text = text_of(element, 300) or str(element.get("title") or element.get("aria-label") or "")[:300]
    kind = str(element.get("type") or "")[:100]
    return {"url": url, **({"text": text} if text else {}), **({"type": kind} if kind else {})}
