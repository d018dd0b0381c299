"""Microdata and RDFa as the nodes JSON-LD would have: one reader, since both mark elements in the same way.

Sources: https://html.spec.whatwg.org/multipage/microdata.html, https://www.w3.org/TR/rdfa-lite/
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag

from harvesters.html_text import text_of

_DEPTH = 12
_PROPERTIES = 20_000
"""Properties of one page that are read."""
_VALUE = 65_536
_SCHEMA = re.compile(r"(?:https?://(?:www\.)?schema\.org/|schema:|sdo:)?(\w{1,60})", re.IGNORECASE)
_LINKS = {
    **dict.fromkeys(("a", "area", "link"), "href"),
    **dict.fromkeys(("audio", "embed", "iframe", "img", "source", "track", "video"), "src"),
    "object": "data",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """The attributes that open an item, name its type, and name a property; `values` go before the element's
    own."""

    opens: str
    type: str
    property: str
    values: tuple[str, ...]


MICRODATA = Dialect("itemscope", "itemtype", "itemprop", ())
RDFA = Dialect("typeof", "typeof", "property", ("content", "resource"))


def items(soup: BeautifulSoup, page: str, dialect: Dialect) -> list[dict[str, Any]]:
    """The items of a page that are no part of another, as far as schema.org has their type."""
    reader = _Reader(soup, page, dialect)
    return [
        reader.item(element, kinds, 0)
        for element in soup.find_all(attrs={dialect.opens: True})
        if not element.has_attr(dialect.property) and (kinds := reader.kinds(element))
    ]


class _Reader:
    def __init__(self, soup: BeautifulSoup, page: str, dialect: Dialect) -> None:
        self._soup, self._page, self._dialect = soup, page, dialect
        self._left = _PROPERTIES
        self._ids: dict[str, Tag] | None = None

    def kinds(self, element: Tag) -> list[str]:
        """The schema.org types of an item. A RDFa prefix of another vocabulary is none."""
        words = _attribute(element, self._dialect.type).split()
        return [found[1] for word in words if (found := _SCHEMA.fullmatch(word))]

    def item(self, element: Tag, kinds: list[str], depth: int) -> dict[str, Any]:
        node: dict[str, Any] = {"@type": kinds[0] if len(kinds) == 1 else kinds}
        name = (
            _attribute(element, "itemid") or _attribute(element, "resource") or _attribute(element, "about")
        )
        if name:
            node["@id"] = urljoin(self._page, name)
        for part in self._parts(element):
            value = self._value(part, depth)
            for name in _attribute(part, self._dialect.property).split():
                found = _SCHEMA.fullmatch(name)
                if found and value not in ("", None):
                    _add(node, found[1], value)
        return node

    def _parts(self, element: Tag) -> Iterator[Tag]:
        """The elements with properties of this item, not those of items in it; and those it refers to."""
        waiting = [child for child in reversed(element.contents) if isinstance(child, Tag)]
        referred = [self._by_id(name) for name in _attribute(element, "itemref").split()[:20]]
        waiting.extend(other for other in reversed(referred) if other and not _is_above(other, element))
        while waiting and self._left > 0:
            part = waiting.pop()
            if part.has_attr(self._dialect.property):
                self._left -= 1
                yield part
            if not part.has_attr(self._dialect.opens):
                waiting.extend(child for child in reversed(part.contents) if isinstance(child, Tag))

    def _by_id(self, name: str) -> Tag | None:
        if self._ids is None:
            self._ids = {str(element["id"]): element for element in self._soup.find_all(id=True)}
        return self._ids.get(name)

    def _value(self, part: Tag, depth: int) -> Any:
        if part.has_attr(self._dialect.opens) and (kinds := self.kinds(part)):
            return self.item(part, kinds, depth + 1) if depth < _DEPTH else None
        for name in self._dialect.values:
            if text := _attribute(part, name):
                return urljoin(self._page, text) if name == "resource" else text[:_VALUE]
        if part.name == "meta":
            return _attribute(part, "content")[:_VALUE]
        if (link := _LINKS.get(part.name)) and (text := _attribute(part, link)):
            return urljoin(self._page, text)
        if part.name in {"data", "meter"}:
            return _attribute(part, "value")
        return _attribute(part, "datetime") or text_of(part, _VALUE)


def _is_above(other: Tag, element: Tag) -> bool:
    """Whether an element stands in another: what refers to what it stands in would never end."""
    return other is element or any(parent is other for parent in element.parents)


def _add(node: dict[str, Any], name: str, value: Any) -> None:
    """A property that comes again makes a list."""
    if name not in node:
        node[name] = value
    elif isinstance(node[name], list):
        node[name].append(value)
    else:
        node[name] = [node[name], value]


def _attribute(element: Tag, name: str) -> str:
    value = element.get(name)
    return " ".join(value) if isinstance(value, list) else (value or "").strip()
