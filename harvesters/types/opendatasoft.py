"""Opendatasoft portals, through the Explore API."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import quote, urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response

from harvesters.ckan_pages import OffsetPages
from harvesters.detection import Answered, Finding, Probe
from harvesters.fetch_error import FetchError
from harvesters.inflate import BodyError
from harvesters.json_element import Element
from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider
from harvesters.unicode_body import as_utf8
from mappings.source_record import SourceRecord

CATALOG = "api/explore/v2.1/catalog/datasets"

_PLACES = re.compile(
    r"/(?:(?:[a-z]{2}(?:-[a-z]{2})?)/)?"
    r"(?:explore(?=/|$)|pages?/|map(?=/|$)|chart(?=/|$)|api/(?:explore|v\d|datasets|records|management)(?=/|$))"
)
"""Pages below a portal's root, with or without the language in front."""
LARGEST_PAGE = 100
CEILING = 10_000
"""`offset` + `limit` must be less."""
EXPORT = "api/explore/v2.1/catalog/exports/json"

_OWN_SLUGS = frozenset(
    {"page-repeated", "page-missing", "too-many-pages", "total-not-reached", "deadline", "disk-full"}
)


def opendatasoft_root(url: str) -> str:
    """The portal's root, with a closing slash, from the root itself or from a page below it."""
    parts = urlsplit(url)
    path = parts.path
    if found := _PLACES.search(path):
        path = path[: found.start()]
    elif "." in path.rpartition("/")[2]:
        path = path.rpartition("/")[0]
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/"


def opendatasoft_probes(url: str) -> list[str]:
    """What to ask: the catalogue's first dataset at the root its path tells, and at the site's."""
    parts = urlsplit(url)
    roots = dict.fromkeys([opendatasoft_root(url), f"{parts.scheme}://{parts.netloc}/"])
    return [f"{root}{CATALOG}?limit=1" for root in roots]


def find_opendatasoft(answer: Answered) -> Finding | None:
    """The catalogue of the Explore API: a total, and datasets with a `dataset_id`."""
    if answer.status != 200 or CATALOG not in answer.url:
        return None
    stream = JsonStream(as_utf8(iter([answer.beginning])), "results")
    named = records = 0
    try:
        for element in stream.elements():
            records += 1
            named += isinstance(element.value, dict) and "dataset_id" in element.value
    except JsonStreamError as error:
        # one dataset may be larger than the beginning that is read
        if error.slug != "cut" or b'"dataset_id"' not in answer.beginning:
            return None
        records = named = max(named, 1)
    total = stream.members.get("total_count")
    if not stream.lists or named < records or (type(total) is not int and not named):
        return None
    said = f"{total:,} datasets" if type(total) is int else "its datasets"
    root = answer.url.partition(CATALOG)[0]
    return Finding(
        "opendatasoft", root, f"/{CATALOG} answers with {said}", total if type(total) is int else None
    )


def _looks_like_dataset(value: dict[str, Any]) -> bool:
    return "dataset_id" in value or "datasetid" in value


class OpendatasoftSpider(PortalSpider):
    """Type `opendatasoft`: `GET /api/explore/v2.1/catalog/datasets?order_by=dataset_id&limit=&offset=` below
    the root in `url`; of a deep link such as /explore/dataset/roads/ the root is told.

    Options: `page_size` (1 to 100; default 100), `where` (a filter in ODSQL, such as
    `publisher = "City of Cary"`, for a part of the portal). An API key goes into the entry's `auth`.

    Paging: the platform gives at most 100 datasets at a time, and none at or past the 10,000th. A catalogue
    that declares more is not paged: its `/catalog/exports/json` is one list of everything, streamed. The
    order is asked for, since without it datasets that change move from page to page; a portal that refuses it
    (400) is asked without. Datasets seen before are told from new ones, as for `ckan`.

    Gotchas: daily quotas. A 429 says in `X-RateLimit-Reset` when more may be asked; it is shown as the
    reason, and Retry-After is heeded. Datasets federated from other portals of the platform come along and
    carry their origin.

    Complete: every page answered with status 200, whole JSON and a list of datasets; no page twice; at least
    `total_count` datasets. The whole portal is read every time, so removals are seen.
    Source: https://help.opendatasoft.com/apis/ods-explore-v2/
    """

    type: ClassVar[str] = "opendatasoft"
    detection_rank: ClassVar[int] = 30
    any_status: ClassVar[bool] = True

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """The catalogue's first dataset, at the root its path tells and at the site's."""
        for url in opendatasoft_probes(first.url):
            yield Probe(url, find_opendatasoft)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._root = opendatasoft_root(self.portal.url)
        self._places = OffsetPages(LARGEST_PAGE)
        self._ordered = True
        self._named: set[str] = set()
        self._paged: set[str] = set()
        """Identifiers that pages brought; and once the export follows, those it does not bring anew, since it
        may write a dataset otherwise."""
        self._new: set[int] = set()
        self._read: set[int] = set()
        """Records of earlier pages by id and digest: read again they are the same record, not another."""

    def first_requests(self) -> Iterator[Request]:
        """The first page."""
        size = self.portal.options.get("page_size", LARGEST_PAGE)
        if type(size) is not int or not 1 <= size <= LARGEST_PAGE:
            raise FetchError("bad-option", f"page_size must be 1 to {LARGEST_PAGE}, it is {size!r}")
        self._places = OffsetPages(size)
        yield self._page()

    def read(self, response: Response) -> Iterator[Request]:
        """Spool one page, or the export, and ask for the next."""
        if response.status == 400 and self._ordered and not self._places.pages:
            self.logger.warning("the portal refuses an order; it is asked without one")
            self._ordered = False
            yield self._page()
        elif response.status != 200:
            raise FetchError("http-status", self._status_message(response) + _until(response))
        elif response.meta.get("whole"):
            self._whole(response)
        else:
            yield from self._one_page(response)

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A page that came to nothing. After the first page that is a missing page, whatever the reason."""
        self.run.page_failed(url, slug, message)
        pages = self._places.pages
        if pages and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"page {pages + 1} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def _one_page(self, response: Response) -> Iterator[Request]:
        if not self._places.pages and self._declared(response) >= CEILING:
            yield self.ask(f"{self._root}{EXPORT}{self._tail({})}", whole=True)
            return
        stream = JsonStream(self.body(response), "results", is_record=_looks_like_dataset)
        ids = list(self._spool(stream))
        self._named.update(filter(None, ids))
        if not stream.lists:
            raise FetchError("no-dataset-list", f"no list `results` in the answer of {response.url}")
        total = stream.members.get("total_count")
        more = self._places.take(ids, total if type(total) is int else None)
        self.run.declared_total = self._places.total
        if not more:
            self._finish()
        elif self._places.pages >= self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        elif self._places.start + self._places.rows >= CEILING:
            # it grew past the ceiling since the first page, or never said how many there are
            self._paged = self._named
            self._places = OffsetPages(self._places.rows, pages=self._places.pages)
            yield self.ask(f"{self._root}{EXPORT}{self._tail({})}", whole=True)
        else:
            yield self._page()

    def _declared(self, response: Response) -> int:
        """The total of a page, before anything of it is spooled: a page and the export may write the same
        dataset in unlike ways."""
        stream = JsonStream(self.body(response), "results", is_record=_looks_like_dataset)
        try:
            for _ in stream.elements():
                continue
        except (JsonStreamError, BodyError):
            return 0  # told where the page is read
        total = stream.members.get("total_count")
        if type(total) is not int:
            return 0
        if total >= CEILING:
            self.run.declared_total = self._places.total = self._places.needed = total
        return total

    def _whole(self, response: Response) -> None:
        """The export: a bare list of everything."""
        stream = JsonStream(self.body(response), "results", is_record=_looks_like_dataset)
        count = sum(1 for _ in self._spool(stream))
        if not stream.lists:
            raise FetchError("no-dataset-list", f"no list of datasets in the answer of {response.url}")
        self._places.fresh = count
        self._finish()

    def _spool(self, stream: JsonStream) -> Iterator[str]:
        """The ids of a page's datasets while they are spooled; "" for a dataset without one."""
        for element in stream.elements():
            record = source_record(self.portal.id, _schema_of(element), element, None)
            self._put(record)
            yield record.identifier or ""
        self._read |= self._new
        self._new.clear()

    def _put(self, record: SourceRecord) -> None:
        read = hash((record.identifier, record.digest))
        if record.identifier is not None:
            if read in self._read or record.identifier in self._paged:
                return
            record.url = f"{self._root}{CATALOG}/{quote(record.identifier, safe='')}"
        self._new.add(read)
        self.run.put(record)

    def _finish(self) -> None:
        places = self._places
        if places.is_short():
            reason = f"{places.fresh:,} of {places.needed:,} declared datasets came"
            raise FetchError("total-not-reached", reason)
        self.run.complete()

    def _page(self) -> Request:
        query = {"limit": self._places.rows, "offset": self._places.start}
        return self.ask(f"{self._root}{CATALOG}{self._tail(query)}")

    def _tail(self, query: dict[str, Any]) -> str:
        if self._ordered and query:
            query = {"order_by": "dataset_id", **query}
        if where := self.portal.options.get("where"):
            query = {**query, "where": str(where)}
        return f"?{urlencode(query)}" if query else ""


def _schema_of(element: Element) -> str:
    """Which shape a dataset has: that of the Explore API, of API 1.0, or of a table."""
    value = element.value
    if not isinstance(value, dict) or "dataset_id" in value or "datasetid" not in value:
        return "opendatasoft"
    return "opendatasoft-1" if isinstance(value.get("metas"), dict) else "opendatasoft-table"


def _until(response: Response) -> str:
    """When a quota is renewed, where the portal says it."""
    said = (response.headers.get("X-RateLimit-Reset") or b"").decode("latin-1")[:40]
    return f"; X-RateLimit-Reset is {said}" if said else ""
