"""ArcGIS Hub sites, through the DCAT-US feed that each of them generates."""

from collections.abc import Iterable, Iterator
from typing import ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from harvesters.detection import Answered, Finding, Probe, root_of
from harvesters.fetch_error import FetchError
from harvesters.types.dcat_us import DcatUsSpider, find_dcat_us

HUB_FEED = "api/feed/dcat-us/1.1.json"
HUB_CATALOG = "api/search/v1/catalog"
"""What every ArcGIS Hub site serves, below its root."""
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

    def first_requests(self) -> Iterator[Request]:
        """The generated feed."""
        if self.portal.options.get("records"):
            raise FetchError("bad-option", "records: this version reads the hub's feed only; leave it out")
        yield self.ask(root_of(self.portal.url) + HUB_FEED)

    def read(self, response: Response) -> Iterator[Request]:
        """Spool every dataset of the document, or ask for the older one."""
        first = not response.meta.get("older")
        if first and response.status in _NO_SUCH_FEED:
            yield self.ask(f"{root_of(self.portal.url)}data.json", older=True)
        elif response.status != 200:
            raise FetchError("http-status", self._status_message(response))
        else:
            yield from super().read(response)
