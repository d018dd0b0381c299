"""DCAT-US documents in pages: a next page that the document names, or one that a full page makes likely.

CKAN's extensions page their feeds by `?page=`, JSON-LD's hydra names the next page.
"""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from harvesters.fetch_error import FetchError

PAGE_SIZES = frozenset({50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000})
"""Numbers of records that a page may be cut to; a feed of exactly so many is asked for its second page."""

_VIEWS = ("view", "hydra:view", "pagination", "links")
_NEXT = ("next", "hydra:next", "nextPage", "hydra:nextPage", "next_page")
_QUERY = "page"


@dataclass(slots=True)
class DocumentPages:
    """Where the reading of a document in pages stands. `guessed` says that the page asked for is one that
    nobody named; until it brings other records, the document counts as whole. `guesses` allows such pages."""

    guesses: bool = True
    pages: int = 0
    guessed: bool = False
    _seen: set[int] = field(default_factory=set)
    _new: int = 0
    _urls: set[str] = field(default_factory=set)
    _sizes: list[int] = field(default_factory=list)

    @property
    def several(self) -> bool:
        """Whether more than one page has brought records."""
        return len(self._sizes) > 1

    def may_end(self, *, known: bool) -> bool:
        """Whether a page that cannot be had means the end: the first one that nobody named, or a later one
        where the portal is `known` to say that there is none."""
        return self.guessed and (self.pages == 1 or known)

    def is_new(self, mark: int) -> bool:
        """Whether no earlier page brought this record; two on the first page are both new."""
        if self.pages and mark in self._seen:
            return False
        self._new += 1
        self._seen.add(mark)
        return True

    def next_page(self, url: str, members: dict[str, Any], count: int) -> str | None:
        """The address to go on with behind a page of so many records; None at the end.

        Raises FetchError `page-repeated` for pages that lead round, or bring what came before; `page-missing`
        for one at another host.
        """
        new, self._new = self._new, 0
        self.pages += 1
        self._urls.add(url)
        if self.guessed and not new:
            return None
        if self.pages > 1 and count and not new:
            raise FetchError("page-repeated", f"page {self.pages} brings only what came before: {url}")
        self._sizes.append(count)
        named = _named(url, members)
        if named is not None:
            self.guessed = False
            if urlsplit(named).netloc != urlsplit(url).netloc:
                raise FetchError("page-missing", f"the next page is at another host and not asked: {named}")
            if named in self._urls:
                raise FetchError("page-repeated", f"the next page leads back to {named}")
            return named if count else None
        numbered = _numbered(url)
        if not self.guesses or numbered in self._urls or not self._is_full(count):
            return None
        self.guessed = True
        return numbered

    def _is_full(self, count: int) -> bool:
        return count in PAGE_SIZES if len(self._sizes) == 1 else count == self._sizes[0]


def _named(url: str, members: dict[str, Any]) -> str | None:
    """The next page's address, where the document says it."""
    views = [members, *(members[name] for name in _VIEWS if isinstance(members.get(name), dict))]
    for view in views:
        for name in _NEXT:
            said = view.get(name)
            said = said.get("@id") or said.get("href") if isinstance(said, dict) else said
            if isinstance(said, str) and said.strip():
                return urljoin(url, said.strip())
    return None


def _numbered(url: str) -> str:
    """The same address with the number of the next page."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    number = query.get(_QUERY, "1")
    query[_QUERY] = str(int(number) + 1) if number.isdecimal() and len(number) < 6 else "2"
    return urlunsplit(parts._replace(query=urlencode(query)))
