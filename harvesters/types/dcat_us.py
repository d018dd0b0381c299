"""Portals that publish their catalogue as one DCAT-US document."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from harvesters.dcat_us_context import HELD, Context, gathered, may_be_3, version_said
from harvesters.dcat_us_graph import graph_elements, read_whole
from harvesters.dcat_us_pages import DocumentPages
from harvesters.dcat_us_stream import DATASETS, RECORDS, SERIES, SERVICES, CatalogueStream
from harvesters.detection import Answered, Finding, Probe, folder_of, root_of
from harvesters.fetch_error import FetchError
from harvesters.inflate import BodyError
from harvesters.json_element import Element
from harvesters.json_faults import JsonStreamError
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spider import PortalSpider
from harvesters.unicode_body import as_utf8

SUSPICIOUS_COUNTS = frozenset({1_000, 1_001})
"""Feeds have been cut there without a word: South Dakota's hub in 2019, three Socrata portals in 2013."""

_DATASET_KEYS = frozenset({"identifier", "accessLevel", "distribution", "modified", "keyword"})
_DATASETS_OWN = frozenset({"accessLevel", "contactPoint", "publisher", "keyword", "distribution"})
_NO_PAGE = re.compile(r" answers (?:400|404|410|416)\b")
_OWN_SLUGS = frozenset({"deadline", "disk-full", "page-repeated", "page-missing", "too-many-pages"})
_LISTS = (DATASETS, SERVICES, SERIES, RECORDS)


def looks_like_dataset(value: dict[str, Any]) -> bool:
    """Whether an object is a dataset: distributions, contacts and publishers never have these members."""
    return "identifier" in value and not _DATASETS_OWN.isdisjoint(value)


def document_url(url: str) -> str:
    """The document of a portal's entry: `url` itself, or /data.json where it names a site's root."""
    parts = urlsplit(url)
    if parts.path in {"", "/"} and not parts.query:
        return f"{parts.scheme}://{parts.netloc}/data.json"
    return url


def find_dcat_us(answer: Answered) -> Finding | None:
    """The document looks like DCAT-US: 1.1 or 3.0 (an object with `dataset`), or 1.0 (a list of datasets)."""
    if answer.status != 200:
        return None
    stream = CatalogueStream(as_utf8(iter([answer.beginning])), _LISTS)
    shown: list[dict[str, Any]] = []
    try:
        shown.extend(element.value or {} for element in stream.elements())
    except JsonStreamError as error:
        if error.slug != "cut":
            return None
    first = shown[0] if shown else None
    if stream.kind == "object":
        found = _of_object(answer, stream, first)
        return found and replace(found, records=len(shown))
    keys = set(first or {})
    if stream.lists and "title" in keys and keys & _DATASET_KEYS:
        evidence = f"{answer.url} is DCAT-US 1.0: a bare list of datasets"
        return Finding("dcat-us", answer.url, evidence, len(shown))
    return None


def _of_object(answer: Answered, stream: CatalogueStream, first: dict[str, Any] | None) -> Finding | None:
    head = stream.heads[0]
    said = version_said(head)
    if said and (stream.lists or len(stream.heads) > 1 or b'"@graph"' in answer.beginning):
        return Finding("dcat-us", answer.url, f"{answer.url} is DCAT-US 3.0: {said}")
    if not stream.lists or (first is None and "conformsTo" not in head):
        return None
    said = f"conformsTo {head['conformsTo']}" if "conformsTo" in head else "a dataset list"
    return Finding("dcat-us", answer.url, f"{answer.url} is DCAT-US 1.1: {said}")


class DcatUsSpider(PortalSpider):
    """Type `dcat-us`: one document of 1 KB to 300 MB, as agencies publish it for data.gov.

    Asked: `url` itself, or `/data.json` below a site's root. One GET, streamed to disk, then read record by
    record. Shapes: 1.1 is an object with the list `dataset`; 1.0 (2013) a bare list. A second `dataset` list
    adds to the first (an empty one is a known accident). UTF-8 is expected; UTF-16 with or without a mark,
    a byte order mark, Windows-1252 and `.gz` files are read.

    3.0 is told from what the document says (`conformsTo`, `@context`) and has (`service`, `datasetSeries`,
    nested `catalog`), and read twice: what stands beside a dataset becomes part of its record. A service that
    serves datasets of the document is a way to get them, any other a dataset of type api; a series is one of
    type collection, its members, also those described inside it, belong to it; datasets of nested catalogues
    have that catalogue as origin; a CatalogRecord says when the metadata changed. A flat JSON-LD graph, or
    one dataset alone, is read whole, up to 16 MB. No context is fetched.

    Pages: a next page that the document names (`next`, hydra) is followed on the same host; a document of
    exactly 50, 100, …, 10,000 records is asked for `?page=2`, and is whole if that brings nothing else.

    Asked for only if it has changed since it last landed, by ETag and Last-Modified; not if it has pages.

    Complete: the answer has status 200, HTTP's and gzip's own framing are whole, the JSON document is closed
    and nothing follows it. There is no declared total; exactly 1,000 or 1,001 records are remarked upon.
    Source: https://resources.data.gov/resources/dcat-us/, https://doi-do.github.io/dcat-us/
    """

    type: ClassVar[str] = "dcat-us"
    detection_rank: ClassVar[int] = 50
    many_requests: ClassVar[bool] = False
    one_document: ClassVar[bool] = True
    guesses_pages: ClassVar[bool] = True
    """Whether a document of a page's size is asked for `?page=2`."""

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """The document itself."""
        return find_dcat_us(answer)

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """/data.json below the address and below the site's root."""
        for root in dict.fromkeys((folder_of(first.url), root_of(first.url))):
            yield Probe(f"{root}data.json", find_dcat_us)

    def __init__(self, run: FetchRun, **kwargs: Any) -> None:
        super().__init__(run, **kwargs)
        self._pages = DocumentPages(self.guesses_pages)
        self._usable = 0

    def first_requests(self) -> Iterator[Request]:
        """The document."""
        yield self.ask(document_url(self.portal.url))

    def read(self, response: Response) -> Iterator[Request]:
        """Spool every dataset of the document, and ask for a next page where there is one."""
        before = self.run.spool.records
        context = gathered(self.body(response)) if may_be_3(self.body(response)) else None
        keys = _LISTS if context is not None and context.is_3() else (DATASETS,)
        stream = CatalogueStream(self.body(response), keys, is_record=looks_like_dataset)
        count = 0
        for schema, element in self._elements(stream, context):
            count += 1
            self._put(schema, element, response)
        if not stream.lists and context is not None:
            count += self._graph(response)
        if not stream.lists and not count:
            members = ", ".join(list(stream.heads[0])[:10]) or "nothing"
            raise FetchError("no-dataset-list", f"JSON without a list `dataset`; it holds {members}")
        if count and not self._usable:
            raise FetchError("no-usable-records", f"none of the {count:,} records is a readable object")
        if stream.too_deep:
            self.logger.warning("%d nested catalogues are passed over", stream.too_deep)
        url = self._pages.next_page(response.url, stream.heads[0], count)
        if url is None or (self._pages.pages > 1 and self.run.spool.records == before):
            self._conclude()
        elif self._pages.pages >= self.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self.portal.max_pages:,} is reached")
        else:
            patience = {"retries": 0} if self._pages.guessed else {}
            yield self.ask(url, if_changed=False, **patience)

    def answered(self, response: Response) -> Iterator[Request]:
        """As every type; but one page's validators say nothing about the others."""
        known = self.run.validators
        yield from super().answered(response)
        if self._pages.pages > 1:
            self.run.validators = None if self._pages.several else known

    def trouble(self, url: str, slug: str, message: str) -> None:
        """A page that nobody named and that cannot be had is none."""
        ended = bool(_NO_PAGE.search(message)) and slug == "http-status"
        if self._pages.may_end(known=ended) and slug not in _OWN_SLUGS:
            self.logger.info("there is no %s (%s)", url, slug)
            self._conclude()
            return
        if self._pages.pages and slug not in _OWN_SLUGS:
            slug, message = "page-missing", f"page {self._pages.pages + 1} is missing ({slug}: {message})"
        super().trouble(url, slug, message)

    def _elements(self, stream: CatalogueStream, context: Context | None) -> Iterator[tuple[str, Element]]:
        """The records of the document with their schemas; of 3.0 first what is no service that may serve one
        of them."""
        if context is None or not context.is_3():
            for element in stream.elements():
                yield "dcat-us-1.0" if stream.kind == "list" else "dcat-us-1.1", element
            return
        waiting: list[tuple[int, Element]] = []
        held = 0
        fault: JsonStreamError | BodyError | None = None
        try:
            for element in stream.elements():
                serves = isinstance(element.value, dict) and element.value.get("servesDataset")
                if stream.key == SERVICES and serves and held + len(element.raw) <= HELD:
                    held += len(element.raw)
                    waiting.append((stream.catalog, element))
                    continue
                for record in context.records(stream.key, stream.catalog, element):
                    yield "dcat-us-3.0", record
        except (JsonStreamError, BodyError) as error:
            fault = error
        yield from self._services(waiting, context)
        if fault is not None:
            raise fault

    def _services(
        self, waiting: list[tuple[int, Element]], context: Context
    ) -> Iterator[tuple[str, Element]]:
        """The datasets described inside services, and the services that serve none of the document."""
        for catalog, element in waiting:
            *inner, service = context.records(SERVICES, catalog, element)
            for record in inner:
                yield "dcat-us-3.0", record
            if not context.absorbs(service.value):
                yield "dcat-us-3.0", service

    def _graph(self, response: Response) -> int:
        """Spool the records of a JSON-LD graph; how many there are."""
        found = graph_elements(read_whole(self.body(response)))
        context = Context([{}], [0])
        for key, element in found:
            context.note(key, element.value)
        services = [(0, element) for key, element in found if key == SERVICES]
        count = 0
        for key, element in found:
            for record in context.records(key, 0, element) if key != SERVICES else ():
                count += 1
                self._put("dcat-us-3.0", record, response)
        for schema, record in self._services(services, context):
            count += 1
            self._put(schema, record, response)
        return count

    def _put(self, schema: str, element: Element, response: Response) -> None:
        record = source_record(self.portal.id, schema, element, response.url)
        if self._pages.is_new(hash((record.identifier, record.digest))):
            self.run.put(record)
            self._usable += element.trouble is None

    def _conclude(self) -> None:
        count = self.run.spool.records
        if count in SUSPICIOUS_COUNTS:
            self.run.complete("suspicious-count", f"exactly {count:,} records, where feeds are cut silently")
        else:
            self.run.complete()
