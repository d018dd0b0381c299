"""The rules of one site of landing pages: which of its addresses are pages, and where a page says what.

In the portal's entry, under `rules.pages`:

    [portal.rules.pages]
    include = ["/data/*"]           # addresses: `*` stands for anything; without a host the path is meant
    exclude = ["*/print"]
    only = "article.data-item"      # what a page must have to be a dataset page
    title = "h1"                    # CSS selectors; `::attr(name)` takes an attribute
    organisation = [".agency a", "meta[name=agency]"]

Any selector may be a list: the first that finds something counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import soupsieve

from harvesters.fetch_error import FetchError

FIELDS = (
    *("title", "description", "organisation", "topics", "keywords", "modified", "issued", "type"),
    *("license", "contact", "frequency", "spatial", "temporal", "views", "downloads", "links", "only"),
)
"""What a selector can be given for."""
_SPELLINGS = {
    "organization": "organisation",
    "agency": "organisation",
    "licence": "license",
    "topic": "topics",
}
_ATTRIBUTE = "::attr("


@dataclass(frozen=True, slots=True)
class Selector:
    """A compiled CSS selector, and the attribute to take where it names one."""

    match: Any
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class PageRules:
    """`given` says whether the entry has rules at all: without them a page needs links to data."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    selectors: Mapping[str, tuple[Selector, ...]] = field(default_factory=dict)

    @property
    def given(self) -> bool:
        """Whether the operator said which pages are datasets."""
        return bool(self.include or "only" in self.selectors or "title" in self.selectors)

    def wanted(self, url: str) -> bool:
        """Whether an address is to be asked."""
        if self.include and not any(matches(glob, url) for glob in self.include):
            return False
        return not any(matches(glob, url) for glob in self.exclude)


def page_rules(rules: Mapping[str, Any]) -> PageRules:
    """The rules of an entry. Raises FetchError `bad-option`, which names what is wrong."""
    pages = rules.get("pages") or {}
    if not isinstance(pages, Mapping):
        raise FetchError("bad-option", "rules.pages must be a table")
    selectors: dict[str, tuple[Selector, ...]] = {}
    globs: dict[str, tuple[str, ...]] = {"include": (), "exclude": ()}
    for name, value in pages.items():
        texts = _texts(f"rules.pages.{name}", value)
        key = _SPELLINGS.get(name, name)
        if key in globs:
            globs[key] = texts
        elif key in FIELDS:
            selectors[key] = tuple(_selector(f"rules.pages.{name}", text) for text in texts)
        else:
            known = ", ".join(("include", "exclude", *FIELDS))
            raise FetchError("bad-option", f"rules.pages.{name} is not known; there are {known}")
    return PageRules(globs["include"], globs["exclude"], selectors)


def matches(glob: str, url: str) -> bool:
    """Whether an address is one of a glob's: `*` is anything, all else is itself. Linear in the address."""
    parts = urlsplit(url)
    text = url if "://" in glob else parts.path + (f"?{parts.query}" if parts.query else "")
    first, *rest = glob.split("*")
    if not rest:
        return text == first or text.rstrip("/") == first.rstrip("/")
    if not text.startswith(first):
        return False
    at = len(first)
    for piece in rest[:-1]:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return len(text) - at >= len(rest[-1]) and text.endswith(rest[-1])


def _texts(name: str, value: Any) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise FetchError("bad-option", f"{name} must be a text or a list of texts")
    return tuple(text.strip() for text in texts)


def _selector(name: str, text: str) -> Selector:
    css, _, attribute = text.partition(_ATTRIBUTE)
    try:
        return Selector(soupsieve.compile(css.strip() or "*"), attribute.rstrip(") ").strip())
    except (soupsieve.SelectorSyntaxError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise FetchError("bad-option", f"{name} = {text!r} is no CSS selector: {said}") from None
