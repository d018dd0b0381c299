"""Portals that publish their catalogue as RDF: DCAT-AP and what is derived from it."""

import re
import resource
import time
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from bs4 import BeautifulSoup
from rdflib import Graph
from scrapy import Request
from scrapy.http import Response

from harvesters.addresses import followed
from harvesters.detection import Answered, Finding, Probe, folder_of, root_of
from harvesters.fetch_error import FetchError
from harvesters.folder_index import is_html
from harvesters.rdf_body import store_utf8
from harvesters.rdf_contexts import known_context
from harvesters.rdf_graph import form_of, read_graph
from harvesters.rdf_pages import RdfPages, declared_total, next_pages
from harvesters.rdf_records import catalogues, elements, named_only
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider

PLACES = ("catalog.ttl", "catalog.rdf", "catalog.jsonld", "catalog.xml")
ACCEPT = (
    "text/turtle, application/n-triples;q=0.9, application/rdf+xml;q=0.8, application/ld+json;q=0.7, "
    "application/json;q=0.4, */*;q=0.2"
)
NAMESPACE = b"http://www.w3.org/ns/dcat#"
_MEDIA = frozenset({"text/turtle", "application/rdf+xml", "application/ld+json", "application/n-triples"})
_NOT_THERE = frozenset({401, 403, 404, 405, 406, 410, 415})
_NAMES = {"turtle": "Turtle", "nt": "N-Triples", "xml": "RDF/XML", "json-ld": "JSON-LD"}
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:RDF|Catalog|Dataset)\b")
_COMMENTS = re.compile(rb"^(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)+", re.DOTALL)
_CATALOG = re.compile(rb"[:#/\"<]Catalog\b|[:#/\"]dataset\b")
_DATASET = re.compile(rb"[:#/\"<](?:Dataset|DataService|DatasetSeries)\b")
_CONTEXT = re.compile(rb'"@context"\s*:\s*(?:\[\s*)?"([^"]{1,300})"')
_LINKS = 3
_OWN_SLUGS = frozenset(
    {
        "page-repeated",
        "page-missing",
        "too-many-pages",
        "total-not-reached",
        "deadline",
        "disk-full",
        "cpu-budget",
    }
)


def seen_rdf(answer: Answered) -> tuple[str, bool] | None:
    """The syntax of an answer that speaks of datasets in DCAT, and whether it is a catalogue; by its
    beginning. What is wrapped in another protocol (CSW, OAI-PMH) is none."""
    beginning = answer.beginning.replace(b"\0", b"")
    if answer.status != 200 or not beginning.strip() or is_html(beginning[:8_192]):
        return None
    headers = answer.headers or {}
    try:
        form = form_of(beginning, answer.url, headers.get("content-type", ""))
    except FetchError:
        return None
    context = _CONTEXT.search(beginning) if form == "json-ld" else None
    known = (
        context is not None and known_context(context[1].decode("latin-1").replace("\\/", "/")) is not None
    )
    if NAMESPACE not in beginning and not known:
        return None
    if form == "xml" and not _ROOT.match(_COMMENTS.sub(b"", beginning)):
        return None
    if not _CATALOG.search(beginning) and not _DATASET.search(beginning):
        return None
    return form, bool(_CATALOG.search(beginning)) or len(_DATASET.findall(beginning)) > 1


def find_rdf(answer: Answered) -> Finding | None:
    """A catalogue, or a document of several datasets."""
    seen = seen_rdf(answer)
    return _finding(answer, seen[0]) if seen and seen[1] else None


def first_page(url: str) -> str:
    """The address without the number of its page."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, True) if name.lower() != "page"]
    return urlunsplit(parts._replace(query=urlencode(kept)))


def head_links(answer: Answered) -> list[str]:
    """The RDF that a web page names as another form of itself, in its head."""
    if answer.status != 200 or not is_html(answer.beginning[:8_192]):
        return []
    found: dict[str, None] = {}
    for link in BeautifulSoup(answer.beginning, "html.parser").find_all("link", href=True):
        kind = str(link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in [word.lower() for word in link.get("rel") or []] and kind in _MEDIA:
            try:
                found[followed(answer.url, urljoin(answer.url, str(link["href"])))] = None
            except ValueError:
                continue
    return list(found)[:_LINKS]


class DcatRdfSpider(PortalSpider):
    """Type `dcat-rdf`: a catalogue in Turtle, N-Triples, RDF/XML or JSON-LD, whole or in pages.

    Asked: `url`, with an Accept header that prefers Turtle; of a site's root `/catalog.ttl`, `.rdf`,
    `.jsonld` and `.xml` in turn, until one is there. The syntax is told by a document's beginning, whatever
    the server calls it. Nothing a document names is fetched: of JSON-LD contexts those of DCAT-AP 3, of
    DCAT-US 3 and 1.1 are known, documents with others are refused, and so is XML with a DTD.

    Records: every `dcat:Dataset`, series, and service that no distribution is reached through, in catalogues
    within catalogues, too; each with what belongs to it. Identifier: the node's address; where it has none
    `dct:identifier`, `adms:identifier`, else a hash of title and links, which changes with them (without
    links there is none, and the record is quarantined). A dataset
    whose parts stand on several pages is one on each; the newest counts, the others are duplicates.

    Paging: `hydra:next` (or `nextPage`, as address or literal), on the page's own host, as portals behind
    proxies call themselves by inner names. The end is a page without one, or one that names an earlier page
    or brings nothing new when `hydra:totalItems` came. Before that the run is incomplete (`page-repeated`).

    Limits of one document: 512 MB of RDF/XML, 1 GB of N-Triples, and 5,000,000 triples. Turtle and JSON-LD
    are held in memory: up to 64 MB of Turtle (24 MB if it has emoji) and some 20 MB of JSON-LD. What is
    larger is refused (`too-large`), and what earlier pages brought lands.

    Complete: every page answered with status 200 and could be parsed, and at least `hydra:totalItems`
    records came. A catalogue that lists datasets and describes none is no catalogue (`no-dataset-list`).
    Source: DCAT-AP 3.0.1 (SEMIC), DCAT 3 and RDF 1.1 (W3C), https://www.hydra-cg.com/spec/latest/core/
    """

    type: ClassVar[str] = "dcat-rdf"
    detection_rank: ClassVar[int] = 55
    any_status: ClassVar[bool] = True

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """The catalogue itself."""
        return find_rdf(answer)

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """What the page's head names, then the usual names at the root, and in the address's folder."""
        found = head_links(first) + [root_of(first.url) + place for place in PLACES[:3]]
        if (folder := folder_of(first.url)) != root_of(first.url):
            found.append(folder + PLACES[0])
        for url in found:
            yield Probe(url, find_rdf)

    @classmethod
    def hint(cls, answer: Answered) -> Finding | None:
        """A single dataset, of which there may be a catalogue elsewhere."""
        seen = seen_rdf(answer)
        return _finding(answer, seen[0]) if seen else None

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._places: list[str] = []
        self._missed: list[tuple[str, str, str]] = []
        self._odd: FetchError | None = None
        """What the answer of a place was that had one, though no catalogue."""
        self._pages = RdfPages()
        self._read: set[int] = set()
        """Records of earlier pages by id and digest: read again they are the same record, not another."""

    def first_requests(self) -> Iterator[Request]:
        """The document, or the first place where a site's may be."""
        parts = urlsplit(self.portal.url)
        if parts.path in {"", "/"} and not parts.query:
            self._places = [root_of(self.portal.url) + place for place in PLACES]
        else:
            self._places = [self.portal.url]
        yield self._ask(self._places.pop(0))

    def read(self, response: Response) -> Iterator[Request]:
        """Spool one page and ask for the next; or look for the catalogue in the next place."""
        try:
            if response.status != 200:
                raise FetchError("http-status", self._status_message(response))
            self._take(response)
        except FetchError as error:
            gone = error.slug == "http-status" and response.status in _NOT_THERE
            if not self._places or self._pages.pages or not (gone or error.slug in {"not-rdf", "empty"}):
                raise (self._odd if gone and self._odd else error) from None
            self._missed.append((response.url, error.slug, error.message))
            self._odd = self._odd or (None if gone else error)
            yield self._ask(self._places.pop(0))
            return
        pages = self._pages
        if not pages.waiting:
            self._finish()
        elif pages.pages >= self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        else:
            yield self._ask(pages.waiting.pop(0))

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A page that came to nothing. After the first page that is a missing page, whatever the reason."""
        pages = self._pages.pages
        for missed in self._missed if not pages else ():
            self.run.page_failed(*missed)
        self.run.page_failed(url, slug, message)
        if pages and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"page {pages + 1} is missing ({slug}: {message})"
        self.run.incomplete(slug, message)

    def _take(self, response: Response) -> None:
        path = self.run.new_body_path()
        try:
            beginning = store_utf8(self.body(response), path)
            kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
            form = form_of(beginning, response.url, kind)
            with read_graph(path, response.url, form, self._still) as graph:
                brought = list(self._spool(graph, response.url))
                if not brought and not self._pages.pages:
                    _refuse_nothing(graph, response.url)
                following = next_pages(graph, response.url)
                self._pages.take(response.url, brought, declared_total(graph), following)
                self.run.declared_total = self._pages.total
        finally:
            path.unlink(missing_ok=True)

    def _spool(self, graph: Graph, url: str) -> Iterator[tuple[str, str]]:
        """Identifier and digest of each record of a page while they are spooled."""
        new: set[int] = set()
        for number, element in enumerate(elements(graph)):
            if not number & 255:
                self._still()
            record = source_record(self.portal.id, "dcat-ap", element, url)
            read = hash((record.identifier, record.digest))
            if record.identifier is None or read not in self._read:
                new.add(read)
                self.run.put(record)
            yield record.identifier or "", record.digest
        self._read |= new

    def _finish(self) -> None:
        pages = self._pages
        if pages.repeated and not pages.is_whole():
            raise FetchError("page-repeated", pages.repeated)
        if pages.total is not None and pages.came < pages.total:
            raise FetchError("total-not-reached", f"{pages.came:,} of {pages.total:,} declared datasets came")
        self.run.complete()

    def _still(self) -> None:
        """Whether there is time left; the system would end the process, and with it what was spooled."""
        if self.run.remaining() <= 0:
            raise self.run.out_of_time()
        most, _ = resource.getrlimit(resource.RLIMIT_CPU)
        if most != resource.RLIM_INFINITY and time.process_time() > most * 0.9:
            raise FetchError("cpu-budget", f"the catalogue takes more than {most:,} s of processor time")

    def _ask(self, url: str) -> Request:
        return self.ask(url).replace(headers={**self._auth, "Accept": ACCEPT})


def _refuse_nothing(graph: Graph, url: str) -> None:
    """A first page without a dataset is an empty catalogue only if it says so."""
    if number := named_only(graph):
        raise FetchError("no-dataset-list", f"{url} lists {number:,} datasets and describes none of them")
    if not catalogues(graph):
        raise FetchError("no-dataset-list", f"{url} is RDF without a catalogue or a dataset of DCAT")


def _finding(answer: Answered, form: str) -> Finding:
    url = first_page(answer.url) if b"hydra" in answer.beginning else answer.url
    return Finding("dcat-rdf", url, f"{answer.url} describes datasets in DCAT ({_NAMES[form]})")
