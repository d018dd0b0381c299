"""What a site's sitemaps lead to: more sitemaps and pages, each once, and what is left out, counted."""

import re
from collections import Counter, deque
from dataclasses import dataclass, field
from hashlib import blake2b
from urllib.parse import urlsplit

from harvesters.landing_rules import PageRules
from harvesters.landing_site import Site, identity

DEPTH = 5
"""Indexes inside each other; the protocol knows one inside none."""
SITEMAPS = 50_000
_FILE = re.compile(
    r"\.(?:pdf|docx?|pptx?|xlsx?|xlsm|csv|tsv|zip|gz|7z|json|geojson|kml|kmz|shp|png|jpe?g|gif|svg|webp|ico|mp[34]|m4[av]"
    r"|mov|avi|webm|wav|css|js|woff2?|txt|ics|epub)$",
    re.IGNORECASE,
)
_SITEMAP_NAME = re.compile(r"sitemap[^/]{0,100}\.(?:xml|txt)(?:\.gz)?$", re.IGNORECASE)


@dataclass(slots=True)
class Queue:
    """At most `most` pages are kept. `left` counts what is not asked, by the reason an operator reads."""

    site: Site
    rules: PageRules
    most: int
    sitemaps: deque[tuple[str, int]] = field(default_factory=deque)
    pages: deque[tuple[str, str]] = field(default_factory=deque)
    left: Counter[str] = field(default_factory=Counter)
    listed: int = 0
    over: int = 0
    _known: set[bytes] = field(default_factory=set)

    def add_sitemap(self, base: str, link: str, depth: int) -> None:
        """One more sitemap, wherever on the host it lies."""
        url = self.site.address(base, link)
        if url is None:
            self.left["sitemaps of other hosts"] += 1
        elif depth > DEPTH or len(self.sitemaps) >= SITEMAPS:
            self.left["sitemaps too deep or too many"] += 1
        elif self._new(f"sitemap {identity(url)}"):
            self.sitemaps.append((url, depth))

    def add_page(self, base: str, link: str, lastmod: str, depth: int) -> None:
        """One more page, if it is one of this site's below its start, wanted, and new."""
        self.listed += 1
        url = self.site.address(base, link)
        if url is None or not self.site.below(url):
            self.left["of other hosts or above the start"] += 1
        elif _SITEMAP_NAME.search(path := urlsplit(url).path):
            self.add_sitemap(base, link, depth + 1)
        elif _FILE.search(path):
            self.left["files, not pages"] += 1
        elif not self.rules.wanted(url):
            self.left["left out by rules"] += 1
        elif self._new(identity(url)):
            if len(self._known) > self.most + SITEMAPS or len(self.pages) >= self.most:
                self.over += 1
            else:
                self.pages.append((url, lastmod))

    def reached(self, url: str) -> None:
        """Note a page that was read before a sitemap named it."""
        self._new(identity(url))

    def clear(self) -> None:
        """Ask nothing more."""
        self.sitemaps.clear()
        self.pages.clear()

    def _new(self, name: str) -> bool:
        """Names are kept as hashes: a hundred thousand take five megabytes."""
        key = blake2b(name.encode("utf-8", "replace"), digest_size=12).digest()
        if key in self._known or len(self._known) > 2 * self.most + SITEMAPS:
            return False
        self._known.add(key)
        return True
