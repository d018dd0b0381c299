"""CKAN portals, and DKAN's imitation of their API."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlencode

from scrapy import Request
from scrapy.http import Response

from harvesters.ckan_changes import Changes
from harvesters.ckan_pages import OffsetPages
from harvesters.ckan_root import ckan_root
from harvesters.detection import Answered, Finding, Probe, first_record, root_of
from harvesters.fetch_error import FetchError
from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider
from harvesters.unicode_body import as_utf8
from mappings.source_record import CHANGES_ONLY, SourceRecord

CKAN_STATUS = "api/3/action/status_show"
CKAN_NAMES = "api/3/action/package_list"
CKAN_SEARCH = "api/3/action/package_search"
CKAN_COUNT = f"{CKAN_SEARCH}?rows=0"
LARGEST_PAGE = 10_000
PAGE_SIZE = 1_000
"""CKAN's own default for the most it gives (`ckan.search.rows_max`)."""

_OWN_SLUGS = frozenset(
    {"page-repeated", "page-missing", "too-many-pages", "total-not-reached", "deadline", "disk-full"}
)
_NO_SUCH_ACTION = frozenset({400, 404, 405, 410, 501})


def ckan_roots(url: str) -> list[str]:
    """Where the API of a CKAN may be, seen from this page: at the root its path tells, at the site's."""
    return list(dict.fromkeys([ckan_root(url), root_of(url)]))


def find_ckan_status(answer: Answered) -> Finding | None:
    """CKAN says its version at `status_show`."""
    if answer.status != 200:
        return None
    stream = JsonStream(as_utf8(iter([answer.beginning])), "results", inside="result")
    try:
        for _ in stream.elements():
            return None
    except JsonStreamError:
        return None
    version = stream.members.get("ckan_version")
    if stream.members.get("success") is not True or not ("site_url" in stream.members or version):
        return None
    said = f"CKAN {version}" if isinstance(version, str) else "CKAN"
    root = answer.url.partition(CKAN_STATUS)[0]
    title = stream.members.get("site_title")
    keys = {"title": title[:200]} if isinstance(title, str) and title.strip() else {}
    return _counted(Finding("ckan", root, f"/{CKAN_STATUS} answers as {said}"[:200], keys=keys))


def find_ckan_names(answer: Answered) -> Finding | None:
    """The list of all packages' names, which DKAN has, too, and portals that hide their status."""
    if answer.status != 200:
        return None
    stream = JsonStream(as_utf8(iter([answer.beginning])), "result")
    names = 0
    try:
        for element in stream.elements():
            if not element.raw.startswith(b'"'):
                return None
            names += 1
    except JsonStreamError as error:
        if error.slug != "cut":
            return None
    if stream.members.get("success") is not True or not names:
        return None
    root = answer.url.partition(CKAN_NAMES)[0]
    evidence = f"/{CKAN_NAMES} answers with a list of names, as CKAN and DKAN do"
    return Finding("ckan", root, evidence, names)


def _counted(found: Finding) -> Finding:
    """The finding, with the question how many packages there are."""

    def judge(answer: Answered) -> Finding | None:
        stream, _ = first_record(answer, "results", inside="result")
        count = stream.members.get("count") if stream is not None else None
        if type(count) is not int:
            return None
        return replace(found, records=count, evidence=f"{found.evidence} with {count:,} packages")

    return replace(found, then=Probe(f"{found.url}{CKAN_COUNT}", judge))


def _looks_like_package(value: dict[str, Any]) -> bool:
    return "resources" in value or "metadata_modified" in value


class CkanSpider(PortalSpider):
    """Type `ckan`: `GET /api/3/action/package_search?q=*:*&sort=id asc&rows=&start=` below the root in `url`.

    Options: `page_size` (1 to 10,000; default 1,000), `fq` (a Solr filter, such as
    `organization:boston-maps`, for a part of a portal), `sweep` (see below).

    Paging: portals cap `rows` without a word (often at 1,000 or 100), so the next page begins behind what
    came, not behind what was asked for. There is no cursor: ids seen before are told from new ones, a page of
    nothing else ends the run, and a total that falls during the run makes it step back by as much, since
    later records then moved forward. The end is an empty page, or the declared total with a page shorter than
    the ones before.

    DKAN has no `package_search`: where it is missing, `current_package_list_with_resources?limit=&offset=` is
    read, whose `result` may be a list of lists, and `package_list` says how many there are to be.

    Left out, and counted in the run's log: packages marked `private`, those whose `state` is not `active`
    (drafts, which come only with credentials), and harvest sources (`type: harvest`), which are
    configuration. DKAN marks what it publishes as private, so there the mark means nothing.

    Complete: every page answered with status 200, whole JSON and a list of packages; no page twice; at least
    `count` packages. The whole portal is read every time, so that removals are seen at once.

    With `sweep = "weekly"` (or `daily`, `every 3 days`, …) the whole portal is read that often, and the runs
    between ask for what has changed since the last full one, an hour's overlap included:
    `fq=metadata_modified:[… TO *]`. Such a run (`changes-only`) adds and updates; it removes nothing and
    takes nothing for renamed, which is the full run's. A portal that refuses the filter, DKAN, and one whose
    packages do not say when they changed are read whole every time. After a run that failed, and after a
    change of the entry, comes a full one.
    Source: https://docs.ckan.org/en/latest/api/ and https://dkan.readthedocs.io (dataset API)
    """

    type: ClassVar[str] = "ckan"
    detection_rank: ClassVar[int] = 40

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """The status at the root that the address tells and at the site's; the list of names, since DKAN has
        no status."""
        roots = ckan_roots(first.url)
        for root in roots:
            yield Probe(f"{root}{CKAN_STATUS}", find_ckan_status)
        for root in roots:
            yield Probe(f"{root}{CKAN_NAMES}", find_ckan_names)

    any_status: ClassVar[bool] = True

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._root = ckan_root(self.portal.url)
        self._places = OffsetPages(PAGE_SIZE)
        self._changes = Changes("", wanted=False)
        self._left_out = 0
        self._by_search = True
        self._new: set[int] = set()
        self._read: set[int] = set()
        """Records of earlier pages by id and digest: read again they are the same record, not another."""

    def first_requests(self) -> Iterator[Request]:
        """The first page of the search."""
        size = self.portal.options.get("page_size", PAGE_SIZE)
        if type(size) is not int or not 1 <= size <= LARGEST_PAGE:
            raise FetchError("bad-option", f"page_size must be 1 to {LARGEST_PAGE:,}, it is {size!r}")
        self._places = OffsetPages(size)
        self._changes = Changes.of(self.portal, f"{self._root}{CKAN_SEARCH}", self.run.known)
        self.run.changes_only = self._changes.since is not None
        yield self._search()

    def read(self, response: Response) -> Iterator[Request]:
        """Spool one page and ask for the next."""
        kind = response.meta["kind"]
        self._changes.begin(response)
        if self.run.changes_only and not self._places.pages and response.status != 200:
            self._changes.since = None  # it does not understand the filter, or is in trouble
            self.run.changes_only = False
            yield self._search()
        elif kind == "search" and not self._places.pages and response.status in _NO_SUCH_ACTION:
            yield self._action("names", "package_list", {})
        elif kind == "names":
            self._count_names(response)
            yield self._list()
        elif response.status != 200:
            raise FetchError("http-status", self._status_message(response))
        else:
            yield from self._page(response, kind)

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A page that came to nothing. After the first page that is a missing page, whatever the reason."""
        self.run.page_failed(url, slug, message)
        pages = self._places.pages
        if pages and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"page {pages + 1} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def _page(self, response: Response, kind: str) -> Iterator[Request]:
        search = self._by_search = kind == "search"
        stream = JsonStream(
            self.body(response),
            "results" if search else "result",
            is_record=_looks_like_package,
            inside="result" if search else "",
            nested=not search,
        )
        ids = list(self._spool(stream, search))
        if not stream.lists:
            raise FetchError("no-dataset-list", f"no list of packages in the answer of {response.url}")
        total = stream.members.get("count") if search else self._places.total
        more = self._places.take(ids, total if type(total) is int else None)
        self.run.declared_total = self._places.total
        if not more:
            self._finish()
        elif self._places.pages >= self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        else:
            yield self._search() if search else self._list()

    def _spool(self, stream: JsonStream, search: bool) -> Iterator[str]:
        """The ids of a page's packages while they are spooled; "" for a package without one."""
        for element in stream.elements():
            record = source_record(self.portal.id, "ckan", element, None)
            package = element.value if isinstance(element.value, dict) else {}
            self._changes.see(package)
            if _is_withheld(package, heed_private=search):
                self._left_out += 1
            else:
                self._put(record, package.get("name"))
            yield record.identifier or ""
        self._read |= self._new
        self._new.clear()

    def _put(self, record: SourceRecord, name: Any) -> None:
        read = hash((record.identifier, record.digest))
        if record.identifier is not None and read in self._read:
            return
        self._new.add(read)
        name = name if isinstance(name, str) and name else record.identifier
        if name is not None:
            record.url = f"{self._root}api/3/action/package_show?{urlencode({'id': name})}"
        self.run.put(record)

    def _count_names(self, response: Response) -> None:
        """How many packages DKAN says there are; unknown where it does not say."""
        if response.status != 200:
            return
        stream = JsonStream(self.body(response), "result", nested=True)
        count = sum(1 for _ in stream.elements())
        if stream.lists:
            self._places.total = self._places.needed = count

    def _finish(self) -> None:
        if self._left_out:
            self.logger.warning("%d packages are private, drafts or harvest sources", self._left_out)
        places = self._places
        if places.is_short():
            reason = f"{places.fresh:,} of {places.needed:,} declared packages came"
            raise FetchError("total-not-reached", reason)
        if self._changes.since is not None:
            self.run.complete(
                CHANGES_ONLY, f"what has changed since {self._changes.since:%Y-%m-%d %H:%M} UTC came"
            )
            return
        self.run.validators = self._changes.to_ask_from() if self._by_search else None
        self.run.complete()

    def _search(self) -> Request:
        query = {"q": "*:*", "sort": "id asc", "rows": self._places.rows, "start": self._places.start}
        fq = self.portal.options.get("fq")
        if fq := self._changes.narrowed(str(fq) if fq else None):
            query["fq"] = fq
        return self._action("search", "package_search", query)

    def _list(self) -> Request:
        query = {"limit": self._places.rows, "offset": self._places.start}
        return self._action("list", "current_package_list_with_resources", query)

    def _action(self, kind: str, name: str, query: dict[str, Any]) -> Request:
        tail = f"?{urlencode(query)}" if query else ""
        return self.ask(f"{self._root}api/3/action/{name}{tail}", kind=kind)


def _is_withheld(package: dict[str, Any], *, heed_private: bool) -> bool:
    state = package.get("state")
    if heed_private and package.get("private") is True:
        return True
    if isinstance(state, str) and state.casefold() not in ("active", ""):
        return True
    return package.get("type") == "harvest"
