"""data.gov's catalogue, through its search."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import quote, urlencode, urlsplit

from scrapy import Request
from scrapy.http import Response

from harvesters.data_gov_cursor import CursorPages
from harvesters.data_gov_places import as_parameter, location_geometry, location_id, stated_geometry
from harvesters.detection import Answered, Finding, Probe
from harvesters.fetch_error import FetchError
from harvesters.json_element import Element
from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider
from harvesters.unicode_body import as_utf8

PAGE_SIZE = 1_000
"""The most that the search gives at a time."""

_PLACES = re.compile(
    r"/(?:search|dataset|organization|publisher|harvest_record|api|openapi|sitemap)(?:[/.]|$)"
)
"""Pages below the catalogue's root."""
_EXPIRED = frozenset({400, 404, 410, 422})
"""How a cursor that is no longer known is refused."""
_ANSWER_LIMIT = 8 * 1024**2
_OWN_SLUGS = frozenset(
    {"page-repeated", "page-missing", "too-many-pages", "deadline", "disk-full", "bad-option"}
)


def data_gov_root(url: str) -> str:
    """The catalogue's root, with a closing slash, from the root itself or from a page below it."""
    parts = urlsplit(url)
    path = parts.path
    if found := _PLACES.search(path):
        path = path[: found.start()]
    return f"{parts.scheme}://{parts.netloc}{path.rstrip('/')}/"


def find_data_gov(answer: Answered) -> Finding | None:
    """The search's answer: results that hold the record in DCAT-US under `dcat`."""
    if answer.status != 200:
        return None
    stream = JsonStream(as_utf8(iter([answer.beginning])), "results")
    first: dict[str, Any] | None = None
    try:
        for element in stream.elements():
            first = first or element.value
    except JsonStreamError as error:
        if error.slug != "cut":
            return None
    if not stream.lists or stream.kind != "object" or "resultSetSize" in stream.members:
        return None
    if first is None:
        # one result may be larger than the beginning that is read
        begun = b'"dcat"' in answer.beginning and b'"harvest_record"' in answer.beginning
        if not begun and stream.members.get("sort") != "relevance":
            return None
    elif not _looks_like_result(first):
        return None
    said = "datasets with their DCAT-US record" if first or b'"dcat"' in answer.beginning else "no dataset"
    return Finding("data-gov", data_gov_root(answer.url), f"/search answers as data.gov's catalogue: {said}")


def _looks_like_result(value: dict[str, Any]) -> bool:
    return isinstance(value.get("dcat"), dict)


class DataGovSpider(PortalSpider):
    """Type `data-gov`: `GET /search?q=&per_page=1000&after=` below the catalogue's root in `url`; of a deep
    link such as /dataset/roads or /organization/doe-gov the root is told.

    Options narrow it, since a state does not need all 515,000 datasets: `organization` (the slug in the
    address of the organisation's page, such as `state-of-connecticut`), `q` (words to search for) and `place`
    (a box `west,south,east,north`, a GeoJSON geometry, or a name that the catalogue knows; the search then
    gives what lies within). `page_size` is 1 to 1,000 (the default).

    Paging: each answer names in `after` the cursor of the next page; the last one names none. There is no
    total. A page may be shorter than asked for: the cursor counts, not the number. A cursor that is refused
    (400, 404, 410, 422, or an answer without results) has expired: the run begins again from the first page,
    once, and tells records it knows from new ones.

    Gotchas: the dataset's identifier is the catalogue's own (`slug`), since agencies' identifiers are unique
    in their own feeds only; theirs is kept in `origin` with the organisation. A catalogue that does not heed
    `organization` is noticed by the first result of another one, and nothing of it is stored.

    Complete: every page answered with status 200 and whole JSON, up to one that names no `after`; no page
    twice, no cursor twice, not three empty pages in a row. All is read every time, so removals are seen.
    Source: https://github.com/GSA/datagov-catalog (app/routes.py, app/api_schemas.py)
    """

    type: ClassVar[str] = "data-gov"
    detection_rank: ClassVar[int] = 15
    any_status: ClassVar[bool] = True

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """The search's own answer."""
        return find_data_gov(answer)

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """The search, asked for one dataset."""
        yield Probe(f"{data_gov_root(first.url)}search?per_page=1", find_data_gov)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._root = data_gov_root(self.portal.url)
        self._pages = CursorPages()
        self._area = ""

    def first_requests(self) -> Iterator[Request]:
        """The first page, or before it the place."""
        options = self.portal.options
        size = options.get("page_size", PAGE_SIZE)
        if type(size) is not int or not 1 <= size <= PAGE_SIZE:
            raise FetchError("bad-option", f"page_size must be 1 to {PAGE_SIZE:,}, it is {size!r}")
        for name in ("organization", "q"):
            if not isinstance(options.get(name, ""), str):
                raise FetchError("bad-option", f"{name} must be a text, it is {options[name]!r}")
        place = options.get("place")
        geometry = stated_geometry(place) if place else None
        if place and geometry is None:
            query = urlencode({"q": place, "size": 100})
            yield self.ask(f"{self._root}api/locations/search?{query}", step="places")
            return
        self._area = as_parameter(geometry) if geometry else ""
        yield self._page()

    def read(self, response: Response) -> Iterator[Request]:
        """Spool one page and ask for the next; or find the place."""
        step = response.meta.get("step")
        expired = response.status in _EXPIRED and not step
        if expired and self._pages.begin_again():
            yield self._begun_again(f"answers {response.status}")
        elif response.status != 200:
            raise FetchError("http-status", self._status_message(response))
        elif step == "places":
            found = location_id(self._answer(response), str(self.portal.options["place"]))
            yield self.ask(f"{self._root}api/location/{quote(found, safe='')}", step="geometry")
        elif step == "geometry":
            geometry = location_geometry(self._answer(response), str(self.portal.options["place"]))
            self._area = as_parameter(geometry)
            yield self._page()
        else:
            yield from self._one_page(response)

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A page that came to nothing. After the first page that is a missing page, whatever the reason."""
        self.run.page_failed(url, slug, message)
        pages = self._pages.pages
        if pages and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"page {pages + 1} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def _one_page(self, response: Response) -> Iterator[Request]:
        stream = JsonStream(self.body(response), "results", is_record=_looks_like_result)
        marks = list(self._spool(stream))
        if not stream.lists:
            if self._pages.begin_again():
                yield self._begun_again("answers without results")
                return
            raise FetchError("no-dataset-list", f"no list `results` in the answer of {response.url}")
        after = stream.members.get("after")
        if not self._pages.take(marks, str(after) if after else ""):
            self.run.complete()
        elif self._pages.pages >= self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        else:
            yield self._page()

    def _begun_again(self, said: str) -> Request:
        self.logger.warning("the cursor of page %d %s; reading begins again", self._pages.pages + 1, said)
        return self._page()

    def _spool(self, stream: JsonStream) -> Iterator[int]:
        """The marks of a page's results while those not read before are spooled."""
        for element in stream.elements():
            record = source_record(self.portal.id, "data-gov", element, None)
            record.url = self._page_of(element)
            mark = hash((record.identifier, record.digest))
            self._heed(element)
            if self._pages.is_new(mark):
                self.run.put(record)
            yield mark

    def _page_of(self, element: Element) -> str | None:
        """The dataset's page at the catalogue."""
        value = element.value if isinstance(element.value, dict) else {}
        slug, address = value.get("slug"), value.get("harvest_record")
        if isinstance(slug, str) and slug.strip():
            return f"{self._root}dataset/{quote(slug.strip(), safe='')}"
        return address if isinstance(address, str) and address.startswith("http") else None

    def _heed(self, element: Element) -> None:
        """Raises FetchError `bad-option` for a dataset of another organisation than the one asked for."""
        wanted = str(self.portal.options.get("organization") or "").strip().casefold()
        found = element.value.get("organization") if isinstance(element.value, dict) else None
        if not wanted or not isinstance(found, dict):
            return
        aliases = found.get("aliases")
        names = [
            *(found.get(key) for key in ("slug", "id", "name")),
            *(aliases if type(aliases) is list else []),
        ]
        said = [name.strip().casefold() for name in names if isinstance(name, str)]
        if said and wanted not in said:
            raise FetchError(
                "bad-option",
                f"organization = {wanted!r} is not heeded: the answer has datasets of {said[0]!r}. "
                "Write it as in the address of the organisation's page.",
            )

    def _answer(self, response: Response) -> bytes:
        """A short answer, whole."""
        text = b""
        for chunk in self.body(response):
            text += chunk
            if len(text) > _ANSWER_LIMIT:
                raise FetchError("too-large", f"{response.url} is longer than any place's geometry")
        return text

    def _page(self) -> Request:
        options = self.portal.options
        query = {"q": str(options.get("q", "")), "per_page": options.get("page_size", PAGE_SIZE)}
        if organization := str(options.get("organization") or "").strip():
            # `org_slug` is the search's own name; links of the catalogue's years on CKAN say `organization`
            query |= {"org_slug": organization, "organization": organization}
        if self._area:
            query["spatial_geometry"] = self._area
        if self._pages.after:
            query["after"] = self._pages.after
        return self.ask(f"{self._root}search?{urlencode(query)}")
