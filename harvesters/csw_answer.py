"""Questions to and answers of catalogue services (CSW 2.0.2, OGC 07-006r1)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree

from harvesters.fetch_error import FetchError
from harvesters.folder_index import is_html
from harvesters.json_element import Element, too_large
from mappings import xml_record
from mappings.crosswalks import dublin_core, fgdc, iso19115
from mappings.issue import Issue, Unmappable
from mappings.xml_path import first, only
from mappings.xml_record import local

PAGE_BYTES = 20 * 1024**2
PAGE_TAGS = 500_000
"""Of one page; a tree of so many tags weighs about 50 MB. Of more, fewer records are asked for."""
GMD = "http://www.isotc211.org/2005/gmd"
MDB = "http://standards.iso.org/iso/19115/-3/mdb/2.0"
CSW = "http://www.opengis.net/cat/csw/2.0.2"
_OWN_KEYS = frozenset({"service", "request", "version", "acceptversions", "sections"})


@dataclass(frozen=True, slots=True)
class Way:
    """One way to ask: the schema of the records, the type they are searched by, and whether in an order."""

    schema: str
    type_names: str = "csw:Record"
    sort: bool = True


WAYS = (
    Way(GMD),
    Way(GMD, sort=False),
    Way(GMD, "gmd:MD_Metadata", sort=False),
    Way(MDB, sort=False),
    Way(CSW),
    Way(CSW, sort=False),
)
"""In this order, until one is not refused: services differ in what they sort by and which types they know."""


@dataclass(slots=True)
class Page:
    """`SearchResults`: its records, `numberOfRecordsMatched` and `nextRecord` (None where not said)."""

    records: list[tuple[str, Element]] = field(default_factory=list)
    matched: int | None = None
    following: int | None = None


class Refused(FetchError):
    """The service answered with an exception report."""

    def __init__(self, message: str) -> None:
        super().__init__("service-exception", message)


class TooLarge(Exception):
    """A page with more than may be read at once."""


def endpoint(url: str) -> str:
    """The address requests are sent to: without the keys of a request, with those that the service itself
    needs (MapServer's `map=`)."""
    parts = urlsplit(url)
    kept = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in _OWN_KEYS
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def key_values(url: str, **keys: str) -> str:
    """A request by GET."""
    address = endpoint(url)
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'service': 'CSW', **keys})}"


def get_records(way: Way, start: int, size: int) -> bytes:
    """The document of a `GetRecords` request for whole records."""
    order = (
        "<ogc:SortBy><ogc:SortProperty><ogc:PropertyName>dc:identifier</ogc:PropertyName>"
        "<ogc:SortOrder>ASC</ogc:SortOrder></ogc:SortProperty></ogc:SortBy>"
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<csw:GetRecords xmlns:csw="{CSW}" xmlns:ogc="http://www.opengis.net/ogc" xmlns:gmd="{GMD}"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" service="CSW" version="2.0.2" resultType="results"'
        f' startPosition="{start}" maxRecords="{size}" outputFormat="application/xml"'
        f' outputSchema="{way.schema}"><csw:Query typeNames="{way.type_names}">'
        f"<csw:ElementSetName>full</csw:ElementSetName>{order if way.sort else ''}"
        "</csw:Query></csw:GetRecords>"
    ).encode()


def read_page(chunks: Iterator[bytes], url: str) -> Page:
    """The records of an answer.

    Raises FetchError (`not-xml-html`, `not-a-service`), `Refused`, `TooLarge`; what `chunks` raises.
    """
    root = read_root(chunks, url)
    if local(root) == "exceptionreport":
        raise Refused(f"{url} answers with an exception: {said(root)}")
    results = first(root, "SearchResults")
    if local(root) != "getrecordsresponse" or results is None:
        raise FetchError("not-a-service", f"{url} answers with <{local(root)[:60]}>, not with search results")
    page = Page(
        matched=_number(results.get("numberOfRecordsMatched")), following=_number(results.get("nextRecord"))
    )
    page.records = [as_element(child) for child in results]
    return page


def read_root(chunks: Iterator[bytes], url: str) -> ElementTree.Element:
    """The root of an XML answer. Raises FetchError `empty`, `not-xml-html`, `not-a-service`, `TooLarge`."""
    raw = bytearray()
    over = False
    for chunk in chunks:
        over = over or len(raw) + len(chunk) > PAGE_BYTES
        if not over:
            raw += chunk
    if over:
        raise TooLarge
    if not raw.strip():
        raise FetchError("empty", f"{url} has no bytes")
    if is_html(bytes(raw[:4_096])):
        raise FetchError("not-xml-html", f"{url} answers with a web page")
    try:
        return xml_record.parse(bytes(raw), PAGE_BYTES, PAGE_TAGS)[0]
    except Unmappable as error:
        if error.slug == "record-too-large":
            raise TooLarge from None
        raise FetchError("not-a-service", f"{url}: {error.message}") from None


def said(report: ElementTree.Element) -> str:
    """Code, place and text of an exception."""
    exception = first(report, "**/Exception")
    words = [] if exception is None else [exception.get("exceptionCode"), exception.get("locator")]
    return " ".join(str(word) for word in [*words, only(report, "**/ExceptionText")] if word)[:200]


def as_element(child: ElementTree.Element) -> tuple[str, Element]:
    """A record with its schema, told by its root; its bytes are written anew, as the prefixes it needs are
    declared above it."""
    child.tail = None
    raw = ElementTree.tostring(child, encoding="utf-8", xml_declaration=False)
    if len(raw) > xml_record.MAX_BYTES:
        return "iso-19115", too_large(0, f"over {xml_record.MAX_BYTES // 1024**2} MB of XML")
    name = local(child)
    if name in iso19115.ROOTS:
        return "iso-19115", Element(0, raw, iso19115.opened(child))
    if fgdc.is_fgdc(child):
        return "fgdc", Element(0, raw, fgdc.opened(child))
    if name in dublin_core.ROOTS:
        return "dublin-core", Element(0, raw, dublin_core.opened(child))
    message = f"a record <{name[:60]}> is of no metadata standard that is read here"
    return "iso-19115", Element(0, raw, trouble=Issue("unknown-xml", "", message))


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
