"""By what a site of landing pages is recognised: a sitemap that lists pages, or a page with a Dataset."""

import re
from urllib.parse import urlsplit

from harvesters.detection import Answered, Finding, root_of
from harvesters.fetch_error import FetchError
from harvesters.landing_site import Site
from harvesters.sitemap import looks_like_sitemap, read_sitemap

TYPE = "landing-pages"
_SITEMAP_LINE = re.compile(
    rb"^[ \t]{0,20}sitemap[ \t]{0,20}:[ \t]{0,20}(\S{1,2000})", re.IGNORECASE | re.MULTILINE
)
_JSON_LD = re.compile(rb"application/ld\+json", re.IGNORECASE)
_DATASET = re.compile(
    rb"[\"'](?:schema:|https?://schema\.org/)?(?:Dataset|DataCatalog)[\"']"
    rb"|itemtype=[\"']https?://schema\.org/(?:Dataset|DataCatalog)\b|typeof=[\"'](?:schema:)?(?:Dataset|DataCatalog)\b"
)


def find_sitemap(answer: Answered, asked: str) -> Finding | None:
    """A sitemap with pages or further sitemaps. The entry's url is the operator's address where pages below
    it are listed, else the site's root; a sitemap that was itself given stays the url."""
    if answer.status != 200 or not looks_like_sitemap(answer.beginning):
        return None
    links: list[tuple[str, bool]] = []
    cut = False
    try:
        read_sitemap([answer.beginning], answer.url, lambda link, _, index: links.append((link, index)))
    except FetchError:
        cut = True  # the beginning of a long one is enough
    site = Site.whole(answer.url)
    own = [(url, index) for link, index in links if (url := site.address(answer.url, link))]
    if not own:
        return None
    what = "sitemaps" if own[0][1] else "pages"
    said = f"{answer.url} is a sitemap that lists {'at least ' if cut else ''}{len(own):,} {what}"
    if answer.url == asked:
        return Finding(TYPE, answer.url, said)
    start = Site.of(asked)
    below = start.path != "/" and any(not index and start.below(url) for url, index in own)
    return Finding(TYPE, asked.partition("?")[0] if below else root_of(answer.url), said)


def find_robots(answer: Answered) -> Finding | None:
    """A robots.txt that names sitemaps of its own host."""
    if answer.status != 200 or answer.beginning.lstrip().startswith(b"<"):
        return None
    site = Site.whole(answer.url)
    named = (found.decode("utf-8", "replace") for found in _SITEMAP_LINE.findall(answer.beginning))
    own = [url for link in named if (url := site.address(answer.url, link))]
    if not own:
        return None
    number = "one sitemap" if len(own) == 1 else f"{len(own):,} sitemaps"
    return Finding(TYPE, root_of(answer.url), f"{answer.url} names {number}: {urlsplit(own[0]).path}")


def find_page(answer: Answered) -> Finding | None:
    """A page that calls itself a Dataset or DataCatalog in schema.org's terms."""
    if answer.status != 200 or not answer.beginning.lstrip().startswith(b"<"):
        return None
    found = _DATASET.search(answer.beginning)
    if found is None or (found[0][:1] in b"\"'" and not _JSON_LD.search(answer.beginning)):
        return None
    return Finding(
        TYPE, answer.url, f"{answer.url} is a page with schema.org's {found[0].decode('latin-1')[:60]}"
    )
