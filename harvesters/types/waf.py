"""Web accessible folders: metadata files behind a web server's own index pages."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from xml.etree import ElementTree

from scrapy import Request
from scrapy.http import Response
from twisted.python.failure import Failure

from harvesters.detection import Answered, Finding, Probe
from harvesters.fetch_error import FetchError
from harvesters.folder_index import Start, is_html, read_index
from harvesters.inflate import BodyError, body_chunks
from harvesters.json_element import Element, too_large
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider, body_path
from harvesters.unicode_body import as_utf8
from mappings import xml_record
from mappings.crosswalks import fgdc, iso19115
from mappings.identity import read_identifier
from mappings.issue import Issue, Unmappable
from mappings.source_record import SourceRecord

_FOLDERS = 3
"""Of a page without files that are looked into to find out what it is."""
DEPTH = 10
"""Folders inside each other; a link back to a folder above itself would go on for ever."""
INDEX_BYTES = 64 * 1024**2
"""Of one index page: half a million files."""
_ENDS = frozenset({"deadline", "disk-full", "circuit-open", "host-busy", "crawl-delay", "too-many-pages"})
"""Troubles after which asking on is of no use."""
_BEFORE_XML = b"\xef\xbb\xbf \t\r\n"
_OWN_SLUGS = _ENDS | {"too-many-folders"}


def find_waf(answer: Answered) -> Finding | None:
    """An index page with links to XML files below it: one that says that it is an index, or links to little
    else."""
    if answer.status != 200 or not is_html(answer.beginning):
        return None
    start = Start.of(answer.url)
    links = read_index([answer.beginning], answer.url, start)
    others = len(links.folders) + len(links.unclear) + links.others
    if not links.files or not (links.says_index or len(links.files) > others):
        return None
    said = f"{start.url} is an index page with links to {len(links.files):,} XML files"
    return Finding("waf", start.url, said, len(links.files), {"schedule": "weekly"})


def folder_probes(first: Answered) -> Iterator[Probe]:
    """Where the page is an index of folders alone: the first of them, each for files that make the page the
    start of a web accessible folder."""
    if first.status != 200 or not is_html(first.beginning):
        return
    start = Start.of(first.url)
    links = read_index([first.beginning], first.url, start)

    def judge(answer: Answered) -> Finding | None:
        found = find_waf(answer)
        if found is None:
            return None
        return replace(found, url=start.url, evidence=f"{start.url} has folders, and {found.evidence}")

    if links.says_index:
        for folder in links.folders[:_FOLDERS]:
            yield Probe(folder, judge, likely=True)


class WafSpider(PortalSpider):
    """Type `waf`: the index page at `url` (with a closing slash), the folders below it and their XML files.

    Index pages of Apache, nginx and IIS, and any page with plain links. Followed: links on the same host and
    below `url`, each once, down to ten folders; files ending in .xml, .iso or .fgdc (also gzipped), and names
    without an ending, which may be folders. Not followed: sort orders (`?C=N;O=D`), parents, `#`, `mailto:`.
    robots.txt is obeyed wholly.

    Files: ISO 19115-1, -2 and -3, ISO 19139 (`MD_Metadata`, `MI_Metadata`) and FGDC CSDGM (`metadata` with
    `idinfo`), told by their root element, never by name. Other XML is quarantined (`unknown-xml`), as is what
    is not well-formed. A record's identifier is its `fileIdentifier`; where it has none (FGDC never does) the
    file's path below `url`. Of several files with one fileIdentifier the newest by its metadata date is
    stored, the others are counted as duplicates.

    Dates on index pages are not believed (four formats, no zone, copies change them): every file is fetched
    in every run, and its content tells whether it changed.

    Complete: every folder and every file answered with status 200 and was whole, an index page looks like
    one, no folder lies deeper than ten. A page instead of a file counts as a file that is missing.
    Source: the index pages of mod_autoindex, ngx_http_autoindex_module and IIS's directory browsing.
    """

    type: ClassVar[str] = "waf"
    detection_rank: ClassVar[int] = 70
    obeys_robots: ClassVar[bool] = True

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """A folder of files."""
        return find_waf(answer)

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """A folder of folders."""
        return folder_probes(first)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._start: Start | None = None
        self._waiting: deque[tuple[str, int]] = deque()
        self._known: set[str] = set()
        self._pages = 0

    def first_requests(self) -> Iterator[Request]:
        """The start folder."""
        yield self.ask(self.portal.url, depth=0)

    def answered(self, response: Response) -> Iterator[Request]:
        """Whatever came of this one, the next is asked."""
        yield from super().answered(response)
        yield from self._next()

    def unanswered(self, failure: Failure) -> Iterator[Request]:
        """The same without an answer."""
        super().unanswered(failure)
        yield from self._next()

    def read(self, response: Response) -> Iterator[Request]:
        """Spool a metadata file, or note what an index page leads to."""
        self._pages += 1
        if self._start is None:
            self._start = Start.of(response.url)
        elif self._start.below(response.url, response.url) is None:
            raise FetchError("redirect", f"a link leads out of the folder, to {response.url}")
        beginning = next(as_utf8(self._bytes(response)), b"")
        if not beginning.strip():
            raise FetchError("empty", f"{response.url} has no bytes")
        if is_html(beginning) or response.url.endswith("/"):
            self._read_index(response, self._start)
        elif not response.meta.get("unclear") or beginning.lstrip(_BEFORE_XML).startswith(b"<"):
            self._put(response, self._start)
        yield from ()

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A folder or file that came to nothing; after the start folder that is a missing page."""
        self.run.page_failed(url, slug, message)
        if slug in _ENDS:
            self._waiting.clear()
        if self._known and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"{url} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def _next(self) -> Iterator[Request]:
        if not self._waiting:
            self.run.complete()  # unless something was missing: the first verdict stands
        elif self._pages >= self.portal.max_pages:
            self.trouble(self._waiting[0][0], "too-many-pages", f"max_pages = {self.portal.max_pages:,}")
        else:
            url, depth = self._waiting.popleft()
            name = url.rpartition("/")[2]
            yield self.ask(url, depth=depth, unclear=bool(name) and "." not in name)

    def _read_index(self, response: Response, start: Start) -> None:
        if response.url.lower().endswith((".xml", ".iso", ".fgdc", ".gz")):
            raise FetchError("not-xml-html", f"{response.url} answers with a web page instead of metadata")
        links = read_index(as_utf8(self._bytes(response, INDEX_BYTES)), response.url, start)
        if not links.whole:
            raise BodyError("cut", f"the index page {response.url} ends in the middle")
        if not links.any() and not links.says_index:
            raise FetchError("not-an-index", f"{response.url} is no index page: it links to nothing below it")
        depth = response.meta["depth"] + 1
        deep = [url for url in (*links.folders, *links.unclear) if depth > DEPTH]
        if deep:
            self.trouble(deep[0], "too-many-folders", f"{deep[0]} lies more than {DEPTH} folders deep")
        found = links.files if deep else [*links.files, *links.folders, *links.unclear]
        for url in found:
            if url not in self._known:
                self._known.add(url)
                self._waiting.append((url, depth))

    def _put(self, response: Response, start: Start) -> None:
        schema, element = read_element(self._bytes(response))
        record = source_record(self.portal.id, schema, element, response.url)
        if record.trouble is not None and record.trouble.slug == "missing-identifier":
            _name(record, start.name(response.url))
        self.run.put(record)

    def _bytes(self, response: Response, limit: int | None = None) -> Iterator[bytes]:
        coding = (response.headers.get("Content-Encoding") or b"").decode("latin-1")
        most = min(limit or self.portal.max_bytes, self.portal.max_bytes)
        yield from body_chunks(body_path(response), coding, most)
        if "cut" in response.flags:
            raise BodyError("cut", "the connection ended before the answer was whole")


def read_element(chunks: Iterator[bytes]) -> tuple[str, Element]:
    """The schema by the root element, and the record; what cannot be read has its trouble."""
    raw = b""
    for chunk in chunks:
        raw += chunk
        if len(raw) > xml_record.MAX_BYTES:
            for _ in chunks:  # whether it is whole is still to be known
                pass
            return "iso-19115", too_large(0, f"over {xml_record.MAX_BYTES // 1024**2} MB of XML")
    schema = "iso-19115"
    try:
        root, _ = xml_record.parse(raw)
        schema = schema_of(root)
        record = fgdc.opened(root) if schema == "fgdc" else iso19115.opened(root)
    except Unmappable as error:
        return schema, Element(0, raw, trouble=Issue(error.slug, "", error.message))
    return schema, Element(0, raw, record)


def schema_of(root: ElementTree.Element) -> str:
    """Raises `Unmappable` (`unknown-xml`)."""
    if fgdc.is_fgdc(root):
        return "fgdc"
    if xml_record.local(root) in iso19115.ROOTS:
        return "iso-19115"
    name = xml_record.local(root)[:60]
    raise Unmappable("unknown-xml", f"the root element <{name}> is of no metadata standard that is read here")


def _name(record: SourceRecord, path: str) -> None:
    """A record without an identifier goes by where it lies."""
    identifier = read_identifier(path)
    if identifier is not None:
        record.identifier, record.trouble = identifier, None
