"""Landing pages: web sites whose pages describe datasets, found by their sitemaps."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urljoin, urlsplit

import orjson
from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from harvesters.detection import Answered, Finding, Probe, root_of
from harvesters.fetch_error import FetchError
from harvesters.html_page import BYTES, read_page
from harvesters.inflate import BodyError
from harvesters.json_element import Element, parse_element
from harvesters.landing_detection import find_page, find_robots, find_sitemap
from harvesters.landing_queue import Queue
from harvesters.landing_records import page_records
from harvesters.landing_rules import page_rules
from harvesters.landing_site import Site
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.sitemap import looks_like_sitemap, read_sitemap
from harvesters.spider import PortalSpider
from mappings.identity import read_identifier
from mappings.issue import Issue

USUAL_PLACES = ("/sitemap.xml", "/sitemap_index.xml")
"""Of a sitemap that robots.txt does not name."""
_ENDS = frozenset(
    {
        *("deadline", "disk-full", "circuit-open", "host-busy", "crawl-delay", "robots-unavailable"),
        *("no-usable-records", "auth-missing"),
    }
)
"""Troubles after which asking on is of no use."""
_NO_PAGE = frozenset({401, 403, 404, 405, 406, 410})
"""Answers of an address that is only where the site begins."""
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5"


class LandingPagesSpider(PortalSpider):
    """Type `landing-pages`: a site's robots.txt, the sitemaps it names, and the pages those list.

    `url` is where the site begins (a root, or a path that all pages have to be below) or a sitemap. Asked,
    one after the other: `url`; the sitemaps that robots.txt names, else `/sitemap.xml` or
    `/sitemap_index.xml`; what they list, on the same host (with or without `www.`), each once. Sitemaps may
    be indexes (five inside each other), gzipped, plain text or feeds. robots.txt is obeyed wholly, with its
    Crawl-delay.

    A page's records are the schema.org Datasets on it, in JSON-LD (also in `@graph`, lists, a DataCatalog's
    `dataset`, `mainEntity`), microdata and RDFa. A page that has none is a dataset by itself where the
    entry's `rules.pages` say so (`include` and `exclude` of addresses, CSS selectors; see
    `harvesters.landing_rules`); without rules, where its main part links to data: files, reports, dashboards,
    maps, interfaces. Other pages are counted in the run's reason. What is kept of a page are the fields that
    were read, not its HTML.

    Identifier: the page's canonical address without what changes when a site moves (`http`, `www.`, a closing
    slash); of a dataset in a list its own address. Resource types: as the page says; else dashboards and
    reports by title and links.

    Limits: `max_pages` pages (what is listed beyond makes the run incomplete and is counted), 64 MB a
    sitemap, 32 MB a page, 60,000 tags. Half a second passes between two pages, so `run_budget` has to fit.

    Complete: each sitemap was whole and each listed page answered (410 Gone and what robots.txt forbids count
    as answers). Of a site that closes its pages with `</html>`, one that is not closed was cut.
    Sources: https://www.sitemaps.org/protocol.html, https://schema.org/Dataset, RFC 9309
    """

    type: ClassVar[str] = "landing-pages"
    detection_rank: ClassVar[int] = 100
    obeys_robots: ClassVar[bool] = True

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """A sitemap."""
        return find_sitemap(answer, answer.url)

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """The usual places of a sitemap, and what robots.txt names."""
        root = root_of(first.url)
        for place in USUAL_PLACES:
            yield Probe(urljoin(root, place), lambda answer: find_sitemap(answer, first.url))
        yield Probe(urljoin(root, "/robots.txt"), find_robots)

    @classmethod
    def hint(cls, answer: Answered) -> Finding | None:
        """A page with a schema.org Dataset."""
        return find_page(answer)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._queue = Queue(Site.of(self.portal.url), page_rules({}), self.portal.max_pages)
        self._usual: list[str] = []
        self._counts: Counter[str] = Counter()
        self._open: list[str] = []
        self._start_trouble: tuple[str, str] | None = None
        self._sitemaps_read = 0

    def first_requests(self) -> Iterator[Request]:
        """Where the site begins."""
        self._queue.rules = page_rules(self.portal.rules)
        yield self._ask(self.portal.url, "start")

    def answered(self, response: Response) -> Iterator[Request]:
        """Whatever came of this one, the next is asked."""
        yield from super().answered(response)
        yield from self._next()

    def unanswered(self, failure: Failure) -> Iterator[Request]:
        """The same without an answer."""
        super().unanswered(failure)
        yield from self._next()

    def trouble(self, url: str, slug: str, message: str) -> None:
        """An address that came to nothing."""
        kind = self._kind
        if slug in _ENDS:
            self._queue.clear()
            self._usual = []
        if kind == "start" and slug not in _ENDS:
            self._start_trouble = (slug, message)
            if slug == "robots-disallowed" or (slug == "http-status" and self._status in _NO_PAGE):
                self._find_sitemaps()
            elif slug != "too-complex":
                self._queue.clear()
                self._usual = []
            return
        if kind == "usual" and (slug == "not-a-sitemap" or self._status in _NO_PAGE):
            return  # there is none in that place
        if kind == "page" and (slug == "robots-disallowed" or self._status == 410):
            self._counts["forbidden by robots.txt" if slug == "robots-disallowed" else "gone"] += 1
            return
        self.run.page_failed(url, slug, message)
        if kind != "start" and slug not in _ENDS:
            slug, message = "page-missing", f"{url} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def read(self, response: Response) -> Iterator[Request]:
        """A sitemap is known by what it is, wherever it comes."""
        kind, depth = self._kind, response.meta.get("depth", 0)
        beginning = next(self.body(response), b"")[:4_096]
        if kind == "start":
            self._begin(response, beginning)
        elif kind in {"sitemap", "usual"} or looks_like_sitemap(beginning):
            self._read_sitemap(response, depth)
        else:
            self._read_page(response, beginning)
        yield from ()

    def _begin(self, response: Response, beginning: bytes) -> None:
        """The site is where the operator's address led to, with the path that the operator named."""
        if looks_like_sitemap(beginning):
            self._queue.site = Site.whole(response.url)
            self._queue.add_sitemap(response.url, response.url, 0)
            self._queue.sitemaps.clear()
            self._read_sitemap(response, 0)
            return
        parts = urlsplit(response.url)
        self._queue.site = replace(Site.of(self.portal.url), scheme=parts.scheme, netloc=parts.netloc)
        self._find_sitemaps()
        self._queue.reached(response.url)
        self._read_page(response, beginning)

    def _find_sitemaps(self) -> None:
        site = self._queue.site
        host = f"{site.scheme}://{site.netloc}"
        for link in self.run.sitemaps.get(host, [])[:1_000]:
            self._queue.add_sitemap(f"{host}/", link, 0)
        if not self._queue.sitemaps:
            self._usual = [f"{host}{place}" for place in USUAL_PLACES]

    def _read_sitemap(self, response: Response, depth: int) -> None:
        queue = self._queue

        def found(link: str, lastmod: str, of_sitemap: bool) -> None:
            if of_sitemap:
                queue.add_sitemap(response.url, link, depth + 1)
            else:
                queue.add_page(response.url, link, lastmod, depth)

        read_sitemap(self.body(response), response.url, found)
        self._sitemaps_read += 1
        self._usual = []

    def _read_page(self, response: Response, beginning: bytes) -> None:
        if not beginning.strip():
            raise FetchError("empty", f"{response.url} has no bytes")
        site = self._queue.site
        if site.address(response.url, response.url) is None:
            self._counts["moved to other hosts"] += 1
            return
        if not beginning.lstrip().startswith(b"<"):
            self._whole(response)
            self._counts["files, not pages"] += 1
            return
        content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
        page = read_page(self._whole(response), content_type)
        if page.opened and not page.closed:
            self._open.append(response.url)
        self._counts["closed"] += page.closed
        found = page_records(page, response.url, site, self._queue.rules, response.meta.get("lastmod", ""))
        self._counts["pages"] += 1
        self._counts["dataset pages"] += bool(found.records)
        self._counts["broken JSON-LD"] += found.broken
        for schema, payload in found.records:
            record = source_record(self.portal.id, schema, _element(payload), found.address)
            if record.identifier is None:
                record.identifier = read_identifier(payload["identifier"])
            self.run.put(record)

    def _whole(self, response: Response) -> bytes:
        raw = bytearray()
        for chunk in self.body(response):
            raw += chunk
            if len(raw) > BYTES:
                raise BodyError("too-large", f"{response.url} has more than {BYTES // 1024**2} MB")
        return bytes(raw)

    def _next(self) -> Iterator[Request]:
        queue = self._queue
        if queue.sitemaps:
            url, depth = queue.sitemaps.popleft()
            yield self._ask(url, "sitemap", depth=depth)
        elif self._usual:
            yield self._ask(self._usual.pop(0), "usual")
        elif queue.pages:
            url, lastmod = queue.pages.popleft()
            yield self._ask(url, "page", lastmod=lastmod, prefix=BYTES + 1)
        else:
            self._conclude()

    def _conclude(self) -> None:
        """The verdict, unless something was missing: the first one stands."""
        said = self._summary()
        self.logger.info(said)
        queue, datasets = self._queue, self._counts["dataset pages"]
        if not self._counts["pages"] and self._start_trouble is not None:
            self.run.page_failed(self.portal.url, *self._start_trouble)
            self.run.incomplete(*self._start_trouble)
        elif not self._sitemaps_read and not datasets:
            self.run.incomplete(
                "no-sitemap", f"{self.portal.url} names no sitemap and has no dataset: {said}"
            )
        elif queue.listed and not self._counts["pages"] and queue.left["of other hosts or above the start"]:
            self.run.incomplete("no-sitemap", f"the sitemaps list nothing below {self.portal.url}: {said}")
        elif queue.over:
            more = f"max_pages = {self.portal.max_pages:,}; {queue.over:,} more pages are listed"
            self.run.incomplete("too-many-pages", more)
        elif self._open and self._counts["closed"] >= len(self._open):
            self.run.page_failed(self._open[0], "cut", "the page is not closed, as the site's others are")
            self.run.incomplete(
                "page-missing", f"{len(self._open):,} pages end in the middle: {self._open[0]}"
            )
        self.run.complete(reason=said)

    def _summary(self) -> str:
        counts = self._counts
        pages, datasets = counts["pages"], counts["dataset pages"]
        said = f"{pages:,} pages read, {datasets:,} with datasets, {pages - datasets:,} without"
        left = counts + self._queue.left
        shown = [
            f"{number:,} {why}"
            for why, number in sorted(left.items())
            if number and why not in _SHOWN_OTHERWISE
        ]
        return f"{said}; not read: {', '.join(shown)}" if shown else said

    def _ask(self, url: str, kind: str, **meta: Any) -> Request:
        """All is asked one after the other, so what is under way is one thing."""
        self._kind, self._status = kind, 0
        request = self.ask(url, **meta)
        request.headers["Accept"] = _ACCEPT
        return request

    def _status_message(self, response: Response) -> str:
        self._status = response.status
        return super()._status_message(response)


def _element(payload: dict[str, Any]) -> Element:
    try:
        return parse_element(orjson.dumps(payload), 0)
    except TypeError:
        return Element(0, b"", trouble=Issue("json-too-deep", "", "its structured data nests too deeply"))


_SHOWN_OTHERWISE = frozenset({"pages", "dataset pages", "closed"})
