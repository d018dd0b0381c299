"""Socrata portals, through their Discovery API."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from harvesters.detection import Answered, Finding, Probe, first_record, root_of
from harvesters.fetch_error import FetchError
from harvesters.json_stream import JsonStream
from harvesters.portal import Portal
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.socrata_details import SCHEMA, SocrataDetails
from harvesters.spider import PortalSpider

LARGEST_PAGE = 10_000
_OWN_SLUGS = frozenset(
    {
        *("page-repeated", "page-missing", "too-many-pages", "total-not-reached", "deadline", "disk-full"),
        "details-missing",
    }
)
_OF_THE_RUN = frozenset({"deadline", "disk-full", "host-busy"})
"""What ends a run also where it befell a single detail."""
PAGE_SIZE = 1_000
"""About 5 MB: small enough for a minute on a slow line, large enough for ten requests a portal."""


def discovery_url(portal: Portal) -> str:
    """The catalogue endpoint: the option `discovery_url`, else the portal's own."""
    stated = portal.options.get("discovery_url")
    if stated:
        return str(stated).partition("?")[0]
    parts = urlsplit(portal.url)
    return f"{parts.scheme}://{parts.netloc}/api/catalog/v1"


def domain(portal: Portal) -> str:
    """Whose assets are asked for: the option `domain`, else the host of `url`."""
    return str(portal.options.get("domain") or urlsplit(portal.url).hostname or "")


def catalog_probe(root: str) -> str:
    """Socrata's catalogue, asked for one asset of its own."""
    return f"{root}api/catalog/v1?{urlencode({'domains': urlsplit(root).hostname or '', 'limit': 1})}"


def find_socrata_catalog(answer: Answered) -> Finding | None:
    """The Discovery API answers on the portal's own host."""
    stream, _ = first_record(answer, "results")
    if stream is None or not stream.lists or type(stream.members.get("resultSetSize")) is not int:
        return None
    total = stream.members["resultSetSize"]
    return Finding("socrata", root_of(answer.url), f"/api/catalog/v1 answers with {total:,} results", total)


def find_socrata_metadata(answer: Answered) -> Finding | None:
    """The metadata API exists there and nowhere else."""
    if not has_socrata_header(answer) and not (answer.status == 200 and answer.beginning[:1] == b"["):
        return None
    return Finding("socrata", root_of(answer.url), "/api/views/metadata/v1 answers as Socrata's does")


def has_socrata_header(answer: Answered) -> bool:
    """Every answer of the platform carries its request id."""
    return "x-socrata-requestid" in (answer.headers or {})


def _looks_like_result(value: dict[str, Any]) -> bool:
    return type(value.get("resource")) is dict


class SocrataSpider(PortalSpider):
    """Type `socrata`: `GET /api/catalog/v1?domains=<host>&limit=&scroll_id=`, which every domain serves.

    Options: `domain` (another name than the host of `url`), `discovery_url` (another endpoint, such as
    https://api.us.socrata.com/api/catalog/v1), `page_size` (1 to 10,000; default 1,000), `only` (asset types,
    comma separated: `dataset,map,story`), `details` (true or false, see below). Always asked with `domains`:
    without it federated assets of other portals come along.

    Paging: `scroll_id` from the start, empty first, then the id of the last result. It has no ceiling and
    keeps one order; `offset` ends at 10,000 and is unordered. Never with `order`, which the platform refuses
    beside `scroll_id`. Pages are as long as they come; the end is a page shorter than asked for with the
    declared total reached, or an empty one.

    Details: with `details = true` each asset is asked for its view, `/api/views/<4x4>.json` at the portal's
    root, one request an asset: attachments, the addresses behind an external link, the order of the columns,
    custom fields, licence, rows. They are kept in the hub's home, so that later runs ask for new and changed
    assets only (and for each one again within a month). They never cost the catalogue anything: they are
    asked for while a third of run_budget is left, the rest by the next run; an asset whose details are
    refused (403, 404) or do not come keeps what was known of it before, and `runs show` says so. Only where
    none at all come is the run incomplete.

    Federated assets name the portal that owns them (`origin`); what a user of the portal made says so.

    Complete: every page answered with status 200, whole JSON and a list `results`; no page twice; at least
    `resultSetSize` results, not counting ids that an earlier page had already brought.
    Source: https://dev.socrata.com/docs/other/discovery
    """

    type: ClassVar[str] = "socrata"
    detection_rank: ClassVar[int] = 10
    any_status: ClassVar[bool] = True

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """The catalogue, asked for one asset of its own, and the metadata API."""
        root = root_of(first.url)
        likely = has_socrata_header(first)
        yield Probe(catalog_probe(root), find_socrata_catalog, likely)
        yield Probe(f"{root}api/views/metadata/v1?limit=1", find_socrata_metadata, likely)

    @classmethod
    def hint(cls, answer: Answered) -> Finding | None:
        """The header that every answer of the platform has, also its refusals."""
        if not has_socrata_header(answer):
            return None
        return Finding(cls.type, root_of(answer.url), "its answers carry the header X-Socrata-RequestId")

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._pages = 0
        self._scroll_id = ""
        self._seen: set[str] = set()
        self._ids: list[str] = []
        self._details = SocrataDetails(run, root_of(self.portal.url)) if self._option("details") else None
        self._fresh = 0
        """Results that no earlier page had brought: what the declared total is compared with. An id on two
        lines counts twice, also where the second line begins the next page."""

    def first_requests(self) -> Iterator[Request]:
        """The first page."""
        size = self.portal.options.get("page_size", PAGE_SIZE)
        if type(size) is not int or not 1 <= size <= LARGEST_PAGE:
            raise FetchError("bad-option", f"page_size must be 1 to {LARGEST_PAGE:,}, it is {size!r}")
        if type(self._option("details")) is not bool:
            raise FetchError("bad-option", "details must be true or false")
        yield self._page("")

    def read(self, response: Response) -> Iterator[Request]:
        """Spool one page, after its details where they are wanted, and ask for the next."""
        if self._details is not None and response.meta.get("details"):
            self._details.answered(response.status, self.body(response))
        elif response.status != 200:
            raise FetchError("http-status", self._status_message(response))
        else:
            self._read_page(response)
        yield from self._go_on()

    def unanswered(self, failure: Failure) -> Iterator[Request] | None:
        """A detail that does not come is no page that is missing."""
        request: Request = getattr(failure, "request")  # noqa: B009 - Scrapy adds it
        error = failure.value
        detail = self._details is not None and request.meta.get("details")
        if not detail or not isinstance(error, FetchError) or error.slug in _OF_THE_RUN:
            return super().unanswered(failure)
        return self._without(error)

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A page that came to nothing. After the first page that is a missing page, whatever the reason."""
        self.run.page_failed(url, slug, message)
        if self._seen and slug not in _OWN_SLUGS | _OF_THE_RUN:
            slug, message = "page-missing", f"page {self._pages + 1} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)
        if self._details is not None:
            with suppress(FetchError):  # the run's last word is said
                self._details.flush()
            self._details.close()

    def _read_page(self, response: Response) -> None:
        self._pages += 1
        stream = JsonStream(self.body(response), "results", is_record=_looks_like_result)
        ids = self._ids = list(self._spool(stream))
        if not stream.lists:
            raise FetchError("no-dataset-list", f"no list `results` in the answer of {response.url}")
        total = stream.members.get("resultSetSize")
        if type(total) is int:
            self.run.declared_total = total
        repeated = [name for name in ids if name in self._seen and name != self._scroll_id]
        if ids and self._seen.issuperset(ids) and set(ids) != {self._scroll_id}:
            raise FetchError("page-repeated", f"page {self._pages} brings what came before: {response.url}")
        self._fresh += len(ids) - len(repeated)
        self._seen.update(name for name in ids if name)
        if self._details is not None:
            self._details.page_is_read()

    def _without(self, error: FetchError) -> Iterator[Request]:
        try:
            if self._details is not None:
                self._details.unanswered(error.slug, error.message)
            yield from self._go_on()
        except FetchError as end:
            self.trouble(self.portal.url, end.slug, end.message)

    def _go_on(self) -> Iterator[Request]:
        """The next detail, else the next page, else the end."""
        address = self._details.next_address() if self._details is not None else None
        if address is not None:
            yield self.ask(address, details=True, retries=1)
        elif self._is_last(self._ids):
            self._finish()
        elif self._pages >= self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        elif not self._ids[-1]:
            raise FetchError("page-missing", f"the last result of page {self._pages} has no id to go on from")
        else:
            yield self._page(self._ids[-1])

    def _is_last(self, ids: list[str]) -> bool:
        """An empty page, one that only repeats where it was to go on from, or a short one at the total."""
        if not ids or set(ids) == {self._scroll_id}:
            return True
        return len(ids) < self._page_size and self._fresh >= (self.run.declared_total or 0)

    def _option(self, name: str) -> Any:
        return self.portal.options.get(name, False)

    @property
    def _page_size(self) -> int:
        return int(self.portal.options.get("page_size", PAGE_SIZE))

    def _page(self, scroll_id: str) -> Request:
        self._scroll_id = scroll_id
        query = {"domains": domain(self.portal), "limit": self._page_size, "scroll_id": scroll_id}
        if only := self.portal.options.get("only"):
            query["only"] = only if isinstance(only, str) else ",".join(only)
        return self.ask(f"{discovery_url(self.portal)}?{urlencode(query)}")

    def _spool(self, stream: JsonStream) -> Iterator[str]:
        """The native ids of a page's results while they are spooled; "" for a result without one."""
        base = f"{discovery_url(self.portal)}?{urlencode({'domains': domain(self.portal)})}&ids="
        for element in stream.elements():
            record = source_record(self.portal.id, SCHEMA, element, None)
            if record.identifier:
                record.url = base + record.identifier
            if self._details is None:
                self.run.put(record)
            else:
                self._details.add(record)
            yield record.identifier or ""

    def _finish(self) -> None:
        total = self.run.declared_total
        if total is not None and self._fresh < total:
            raise FetchError("total-not-reached", f"{self._fresh:,} of {total:,} declared results came")
        if self._details is not None:
            self.logger.info(self._details.summary())
            if fault := self._details.close():
                raise FetchError("details-missing", fault)
        self.run.complete()
