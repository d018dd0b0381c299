"""ArcGIS Hub sites, through the DCAT-US feed that each of them generates."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from harvesters.arcgis_records import LARGEST_PAGE, RecordPages
from harvesters.detection import Answered, Finding, Probe, root_of
from harvesters.fetch_error import FetchError
from harvesters.run import FetchRun
from harvesters.types.dcat_us import DcatUsSpider, find_dcat_us

HUB_FEED = "api/feed/dcat-us/1.1.json"
HUB_CATALOG = "api/search/v1/catalog"
"""What every ArcGIS Hub site serves, below its root."""
_OWN_SLUGS = frozenset(
    {"page-repeated", "page-missing", "too-many-pages", "total-not-reached", "deadline", "disk-full"}
)
_NO_SUCH_FEED = frozenset({404, 410})
"""Only what says that there is no feed leads on; a feed that is refused or broken is to be looked at."""


def find_hub_catalog(answer: Answered) -> Finding | None:
    """The search API of ArcGIS Hub describes the site's catalogue: its scopes, or its collections."""
    start = answer.beginning.lstrip()
    if answer.status != 200 or start[:1] != b"{":
        return None
    if b'"scopes"' not in start and b'"collections"' not in start:
        return None
    return Finding("arcgis-hub", root_of(answer.url), f"/{HUB_CATALOG} answers as ArcGIS Hub's does")


def find_hub_feed(answer: Answered) -> Finding | None:
    """A DCAT-US document where ArcGIS Hub generates its own."""
    if not urlsplit(answer.url).path.endswith(f"/{HUB_FEED}") or find_dcat_us(answer) is None:
        return None
    return Finding("arcgis-hub", root_of(answer.url), f"/{HUB_FEED} is the feed of an ArcGIS Hub")


class ArcGisHubSpider(DcatUsSpider):
    """Type `arcgis-hub`: `GET /api/feed/dcat-us/1.1.json` below the hub's root, else `/data.json`.

    `url` is the hub's root; of a deep link such as /datasets/org::name/about only the host counts. Hubs of
    before 2022 have `/data.json` alone: it is asked where the feed answers 404 or 410, and nowhere else.
    Either is one unpaged DCAT-US 1.1 document, generated anew now and then; it is streamed and read as type
    `dcat-us` reads its own, and asked for only if it has changed since it last landed.

    Gotchas: unfilled templates (`{{description}}`), licences as HTML, boxes wider than 300°. The platform
    has renamed every identifier more than once (http to https in 2020, item id to `org::name` in 2022);
    a run recognises that by the content. Feeds have come back empty for months.

    Complete: as for `dcat-us`.

    With `records = true` the search API is read instead, which follows OGC API Records:
    `GET /api/search/v1/collections/all/items?limit=100&startindex=`, GeoJSON features, oldest first. It knows
    also what the feed leaves out (maps, apps, documents, pages) and pages of `page_size` (1 to 100; default
    100). Identifiers are ids of items (`<item>_<layer>`), so that a hub does not change over by itself: it
    would look as if it had renamed everything. `next` links are not followed, since they may lead back.
    Complete then: every page answered, no page twice, `numberMatched` items came.
    Source: https://doc.arcgis.com/en/hub/content/federate-data-with-external-catalogs.htm
    """

    type: ClassVar[str] = "arcgis-hub"
    detection_rank: ClassVar[int] = 20
    any_status: ClassVar[bool] = True
    guesses_pages: ClassVar[bool] = False

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """The hub's feed."""
        return find_hub_feed(answer)

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """The search API's description of the site, and the feed."""
        root = root_of(first.url)
        yield Probe(root + HUB_CATALOG, find_hub_catalog)
        yield Probe(root + HUB_FEED, find_hub_feed)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._records: RecordPages | None = None

    def asks_often(self) -> bool:
        """Items come in pages; the feed is one document."""
        return self.portal.options.get("records") is True

    def first_requests(self) -> Iterator[Request]:
        """The generated feed, or the first page of items."""
        records = self.portal.options.get("records", False)
        size = self.portal.options.get("page_size", LARGEST_PAGE)
        if type(records) is not bool:
            raise FetchError("bad-option", "records must be true or false")
        if type(size) is not int or not 1 <= size <= LARGEST_PAGE:
            raise FetchError("bad-option", f"page_size must be 1 to {LARGEST_PAGE}, it is {size!r}")
        if records:
            self._records = RecordPages(self.run, root_of(self.portal.url), size)
            yield self.ask(self._records.address(), if_changed=False)
            return
        yield self.ask(root_of(self.portal.url) + HUB_FEED)

    def read(self, response: Response) -> Iterator[Request]:
        """Spool every dataset of the document, or ask for the older one; or a page of items."""
        if self._records is not None:
            yield from self._read_items(self._records, response)
            return
        first = not response.meta.get("older")
        if first and response.status in _NO_SUCH_FEED:
            yield self.ask(f"{root_of(self.portal.url)}data.json", older=True)
        elif response.status != 200:
            raise FetchError("http-status", self._status_message(response))
        else:
            yield from super().read(response)

    def answered(self, response: Response) -> Iterator[Request]:
        """Pages of items have no validators: they are no document that could be asked for if changed."""
        yield from super().answered(response)
        if self._records is not None:
            self.run.validators = None

    def trouble(self, url: str, slug: str, message: str) -> None:
        """Of items, after the first page, that is a missing page, whatever the reason."""
        self.run.page_failed(url, slug, message)
        pages = self._records.pages if self._records is not None else 0
        if pages and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"page {pages + 1} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def _read_items(self, records: RecordPages, response: Response) -> Iterator[Request]:
        if response.status == 400 and records.unsorted():
            yield self.ask(records.address(), if_changed=False)
        elif response.status != 200:
            raise FetchError("http-status", self._status_message(response))
        elif records.read(self.body(response), response.url):
            yield self.ask(records.address(), if_changed=False)
        else:
            records.finish()
