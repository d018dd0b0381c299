"""Catalogue services of geodata: GeoNetwork, pycsw, deegree, Esri's Geoportal Server."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from harvesters.csw_answer import WAYS, Page, Refused, TooLarge, endpoint, get_records, key_values, read_page
from harvesters.csw_pages import CswPages
from harvesters.detection import Answered, Finding, Probe, root_of
from harvesters.fetch_error import FetchError
from harvesters.folder_index import is_html
from harvesters.json_element import Element, too_large
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider

PLACES = ("csw", "geonetwork/srv/eng/csw")
"""Below the site's root: pycsw's and GeoNetwork's own."""
_MATCHED = re.compile(rb"numberOfRecordsMatched=[\"'](\d{1,9})[\"']")
LARGEST_PAGE = 1_000
PAGE_SIZE = 50
"""ISO records have 20 to 2,000 KB, and services build pages of them slowly."""
_XML = {"Content-Type": "application/xml", "Accept": "application/xml, text/xml"}
_OWN_SLUGS = frozenset(
    {"page-repeated", "page-missing", "too-many-pages", "total-not-reached", "deadline", "disk-full"}
)


def capabilities(url: str) -> str:
    """The request for what a service can do."""
    return key_values(url, request="GetCapabilities", version="2.0.2")


def find_csw(answer: Answered) -> Finding | None:
    """`csw:Capabilities` of version 2.0.2, whose beginning names the namespace; with status 200 or not."""
    beginning = answer.beginning[:8_192].replace(b"\0", b"")
    if answer.status != 200 or b"http://www.opengis.net/cat/csw/2.0.2" not in beginning:
        return None
    if is_html(beginning):
        return None
    if b"Capabilities" not in beginning and b"GetRecordsResponse" not in beginning:
        return None
    url = endpoint(answer.url)
    found = Finding("csw", url, f"{url} answers as a catalogue service (CSW 2.0.2)")

    def count(answer: Answered) -> Finding | None:
        said = _MATCHED.search(answer.beginning)
        if answer.status != 200 or said is None:
            return None
        records = int(said[1])
        return replace(found, records=records, evidence=f"{found.evidence} with {records:,} records")

    hits = key_values(url, request="GetRecords", version="2.0.2", typeNames="csw:Record", resultType="hits")
    return replace(found, then=Probe(hits, count))


class CswSpider(PortalSpider):
    """Type `csw`: CSW 2.0.2, `POST GetRecords` to `url` with `elementSet` full, page by page.

    `url` is the service's address (`https://…/geonetwork/srv/eng/csw`); keys of a request in it
    (`request=GetCapabilities`) are dropped, others (`map=…`) stay. Option: `page_size` (1 to 1,000; default
    50) is `maxRecords`; a service may give fewer. A page of more than 20 MB is asked for again by halves; a
    single record as large is quarantined.

    Records come as ISO 19139 (`gmd`), else ISO 19115-3 (`mdb`), else as Dublin Core (`csw:Record`): the first
    that the service does not refuse with an exception, first sorted by identifier, then as it likes. A
    service that matches records and gives none in one schema is asked for the next. Each record is mapped by
    its root element, whatever was asked for; RDF and others are quarantined (`unknown-xml`). A record without
    identifier is quarantined, too: a place in a list is no name.

    Paging: `nextRecord` says where to go on; where it is not said, behind what came. The end is `nextRecord`
    0, one beyond `numberOfRecordsMatched`, one that leads back when all came (before that it is not believed,
    and what came says where to go on), or a page without records. Records seen before are told from new ones:
    a page of nothing else ends the run, and a total that falls during the run makes it step back by as much.

    Complete: every page answered with status 200 and search results, no page came twice, at least
    `numberOfRecordsMatched` records came. A service that matches records it cannot write is never complete.
    Source: OGC 07-006r1 (CSW 2.0.2), 10.8; OGC 07-045 (ISO application profile).
    """

    type: ClassVar[str] = "csw"
    detection_rank: ClassVar[int] = 60
    any_status: ClassVar[bool] = True

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """What the service can do: at the address itself, if it looks like a service's, else at the usual
        places below the root."""
        parts = urlsplit(first.url)
        likely = "csw" in f"{parts.path}?{parts.query}".lower()
        places = [first.url] if likely else [root_of(first.url) + place for place in PLACES]
        for place in places:
            yield Probe(capabilities(place), find_csw, likely)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._pages = CswPages()
        self._way = 0
        self._size = self._most = PAGE_SIZE
        self._new: set[int] = set()
        self._read: set[int] = set()
        """Records of earlier pages by id and digest: read again they are the same record, not another."""

    def first_requests(self) -> Iterator[Request]:
        """The first page."""
        size = self.portal.options.get("page_size", PAGE_SIZE)
        if type(size) is not int or not 1 <= size <= LARGEST_PAGE:
            raise FetchError("bad-option", f"page_size must be 1 to {LARGEST_PAGE:,}, it is {size!r}")
        self._size = self._most = size
        yield self._get()

    def read(self, response: Response) -> Iterator[Request]:
        """Spool one page and ask for the next; or ask for the first in another way."""
        url = response.url
        try:
            if response.status != 200:
                self._refused(response)
            page = read_page(self.body(response), url)
        except Refused:
            if self._pages.pages or self._way + 1 >= len(WAYS):
                raise
            self._way += 1
            yield self._get()
        except TooLarge:
            yield from self._smaller()
        else:
            yield from self._take(page)

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A page that came to nothing. After the first page that is a missing page, whatever the reason."""
        self.run.page_failed(url, slug, message)
        pages = self._pages.pages
        if pages and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"page {pages + 1} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def _refused(self, response: Response) -> None:
        """Services send their exceptions with status 400 or 500 as well."""
        if b"ExceptionReport" in self.beginning(response, 4_096):
            read_page(self.body(response), response.url)
        raise FetchError("http-status", self._status_message(response))

    def _smaller(self) -> Iterator[Request]:
        if self._size > 1:
            self._size //= 2
            yield self._get()
            return
        element = too_large(self._pages.start, "a page of one record is over 20 MB of XML")
        page = Page([("iso-19115", element)], self._pages.matched)
        yield from self._take(page)

    def _take(self, page: Page) -> Iterator[Request]:
        unwritten = not page.records and page.matched and not self._pages.pages
        if unwritten and self._way + 1 < len(WAYS):
            self._way += 1
            yield self._get()
            return
        names = [self._put(schema, element) for schema, element in page.records]
        self._read |= self._new
        self._new.clear()
        more = self._pages.take(names, page.following, page.matched)
        self.run.declared_total = self._pages.matched
        if not more:
            self._finish()
        elif self._pages.pages >= self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        else:
            self._size = self._most
            yield self._get()

    def _put(self, schema: str, element: Element) -> str:
        """Spool one record; its identifier, "" without one."""
        record = source_record(self.portal.id, schema, element, None)
        read = hash((record.identifier, record.digest))
        if record.identifier is None or read not in self._read:
            if record.identifier is not None:
                self._new.add(read)
                record.url = self._url_of(record.identifier)
            self.run.put(record)
        return record.identifier or ""

    def _url_of(self, identifier: str) -> str:
        keys = {"version": "2.0.2", "request": "GetRecordById", "elementSetName": "full"}
        return key_values(self.portal.url, **keys, outputSchema=WAYS[self._way].schema, id=identifier)

    def _finish(self) -> None:
        pages = self._pages
        if pages.is_short():
            raise FetchError("total-not-reached", f"{pages.fresh:,} of {pages.needed:,} matched records came")
        self.run.complete()

    def _get(self) -> Request:
        request = self.ask(endpoint(self.portal.url))
        body = get_records(WAYS[self._way], self._pages.start, self._size)
        return request.replace(method="POST", body=body, headers={**self._auth, **_XML})
