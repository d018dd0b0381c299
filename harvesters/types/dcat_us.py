"""Portals that publish their catalogue as one DCAT-US document."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http import Response

from harvesters.detection import Answered, Finding, Probe, first_record, folder_of, root_of
from harvesters.fetch_error import FetchError
from harvesters.json_stream import JsonStream
from harvesters.records import source_record
from harvesters.spider import PortalSpider

SUSPICIOUS_COUNTS = frozenset({1_000, 1_001})
"""Feeds have been cut there without a word: South Dakota's hub in 2019, three Socrata portals in 2013."""

_DATASET_KEYS = frozenset({"identifier", "accessLevel", "distribution", "modified", "keyword"})
_DATASETS_OWN = frozenset({"accessLevel", "contactPoint", "publisher", "keyword", "distribution"})


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
    """The document looks like DCAT-US 1.1 (an object with `dataset`) or 1.0 (a bare list of datasets)."""
    seen: list[Any] = []
    stream, first = first_record(answer, "dataset", seen=seen)
    if stream is None or not stream.lists:
        return None
    keys = set(first or {})
    if stream.kind == "object":
        if first is None and "conformsTo" not in stream.members:
            return None
        said = (
            f"conformsTo {stream.members['conformsTo']}"
            if "conformsTo" in stream.members
            else "a dataset list"
        )
        return Finding("dcat-us", answer.url, f"{answer.url} is DCAT-US 1.1: {said}", len(seen))
    if "title" in keys and keys & _DATASET_KEYS:
        evidence = f"{answer.url} is DCAT-US 1.0: a bare list of datasets"
        return Finding("dcat-us", answer.url, evidence, len(seen))
    return None


class DcatUsSpider(PortalSpider):
    """Type `dcat-us`: one unpaged document of 1 KB to 300 MB, as agencies publish it for data.gov.

    Asked: `url` itself, or `/data.json` below a site's root. One GET, streamed to disk, then read record by
    record. Shapes: 1.1 is an object with the list `dataset`; 1.0 (2013) a bare list. A second `dataset` list
    adds to the first (an empty one is a known accident). UTF-8 is expected; UTF-16 with or without a mark,
    a byte order mark, Windows-1252 and `.gz` files are read.

    Asked for only if it has changed since it last landed, by ETag and Last-Modified.

    Complete: the answer has status 200, HTTP's and gzip's own framing are whole, the JSON document is closed
    and nothing follows it. There is no declared total; exactly 1,000 or 1,001 records are remarked upon.
    Source: https://resources.data.gov/resources/dcat-us/
    """

    type: ClassVar[str] = "dcat-us"
    detection_rank: ClassVar[int] = 50
    many_requests: ClassVar[bool] = False
    one_document: ClassVar[bool] = True

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """The document itself."""
        return find_dcat_us(answer)

    @classmethod
    def probes(cls, first: Answered) -> Iterable[Probe]:
        """/data.json below the address and below the site's root."""
        for root in dict.fromkeys((folder_of(first.url), root_of(first.url))):
            yield Probe(f"{root}data.json", find_dcat_us)

    def first_requests(self) -> Iterator[Request]:
        """The document."""
        yield self.ask(document_url(self.portal.url))

    def read(self, response: Response) -> Iterator[Request]:
        """Spool every dataset of the document."""
        stream = JsonStream(self.body(response), is_record=looks_like_dataset)
        usable = 0
        for element in stream.elements():
            schema = "dcat-us-1.0" if stream.kind == "list" else "dcat-us-1.1"
            self.run.put(source_record(self.portal.id, schema, element, response.url))
            usable += element.trouble is None
        self._conclude(stream, usable)
        yield from ()

    def _conclude(self, stream: JsonStream, usable: int) -> None:
        count = self.run.spool.records
        if not stream.lists:
            members = ", ".join(list(stream.members)[:10]) or "nothing"
            raise FetchError("no-dataset-list", f"JSON without a list `dataset`; it holds {members}")
        if count and not usable:
            raise FetchError("no-usable-records", f"none of the {count:,} records is a readable object")
        if count in SUSPICIOUS_COUNTS:
            self.run.complete("suspicious-count", f"exactly {count:,} records, where feeds are cut silently")
        else:
            self.run.complete()
