"""Facts that a page shows as label and value: definition lists, and rows of a heading and a cell.

The labels are those of registers (`mappings.register_fields`): "Agency", "Last updated", "Update frequency".
"""

from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from harvesters.html_text import text_of
from mappings.register_fields import NAMES, folded

_FIELDS = {
    "organisation": "publisher",
    **{
        name: name for name in ("contact", "keywords", "topics", "frequency", "modified", "issued", "license")
    },
    **{name: name for name in ("spatial", "temporal", "type")},
}
_UNCLEAR = frozenset(
    {"source", "group", "about", "location", "years", "access", "office", "division", "terms"}
)
_LABELS = {
    **{label: ours for ours, name in _FIELDS.items() for label in NAMES[name] if label not in _UNCLEAR},
    **dict.fromkeys(("data type", "content type"), "type"),
    **dict.fromkeys(("views", "page views", "pageviews", "view count", "total views"), "views"),
    **dict.fromkeys(("downloads", "download count", "total downloads"), "downloads"),
}
_PAIRS = 500
_VALUES = 100


def facts(soup: BeautifulSoup) -> dict[str, list[str]]:
    """The values of each field that is named, as texts; of a field named twice the first."""
    found: dict[str, list[str]] = {}
    for label, elements in _pairs(soup):
        name = _LABELS.get(folded(label))
        if name and name not in found and (values := _values(elements, name)):
            found[name] = values
    return found


def _pairs(soup: BeautifulSoup) -> Iterator[tuple[str, list[Tag]]]:
    for label in soup.find_all("dt", limit=_PAIRS):
        values: list[Tag] = []
        for sibling in label.next_siblings:
            if isinstance(sibling, Tag):
                if sibling.name != "dd" or len(values) >= _VALUES:
                    break
                values.append(sibling)
        yield text_of(label, 100), values
    for row in soup.find_all("tr", limit=_PAIRS):
        cells = [cell for cell in row.children if isinstance(cell, Tag) and cell.name in {"th", "td"}]
        if len(cells) != 2 or cells[1].name != "td":
            continue
        label_text = text_of(cells[0], 100)
        if cells[0].name == "th" or label_text.endswith(":"):
            yield label_text, cells[1:]


def _values(elements: list[Tag], name: str) -> list[str]:
    """Each link or list item is a topic or keyword of its own."""
    parts = elements
    if name in {"topics", "keywords"}:
        parts = [p for e in elements for p in (e.find_all(["a", "li"], limit=_VALUES) or [e])]
    return list(dict.fromkeys(text for part in parts if (text := text_of(part, 1_000))))
