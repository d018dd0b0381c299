"""Answers of OAI-PMH repositories (protocol version 2.0)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.etree import ElementTree

from harvesters.csw_answer import TooLarge, as_element, read_root
from harvesters.fetch_error import FetchError
from harvesters.inflate import BodyError
from harvesters.json_element import Element
from mappings.crosswalks import iso19115
from mappings.xml_path import at, first, only, value
from mappings.xml_record import local

DUBLIN_CORE = "oai_dc"
"""The one format that every repository has (section 3.4)."""
_FORMATS = (
    "http://standards.iso.org/iso/19115/-3/mdb/",
    "http://www.isotc211.org/2005/gmd",
    "http://www.isotc211.org/2005/gmi",
)
"""Beginnings of the namespaces of formats that say more than Dublin Core and are read here, best first."""
_OWN_KEYS = frozenset({"verb", "metadataprefix", "resumptiontoken", "set", "from", "until", "identifier"})


class OaiError(FetchError):
    """The repository answered with an error of the protocol; `code` says which (section 3.6)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__("service-exception", message)
        self.code = code


@dataclass(slots=True)
class ListPage:
    """One incomplete list: its records, the headers of deleted ones, the token of the next ("" for none) and
    `completeListSize`."""

    records: list[tuple[str, Element]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    token: str = ""
    size: int | None = None


def base_url(url: str) -> str:
    """The repository's address without the keys of a request."""
    parts = urlsplit(url)
    kept = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0].lower() not in _OWN_KEYS
    ]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(kept), ""))


def request_url(url: str, verb: str, **keys: str) -> str:
    """A request by GET."""
    base = base_url(url)
    return f"{base}{'&' if '?' in base else '?'}{urlencode({'verb': verb, **keys})}"


def best_format(chunks: Iterator[bytes], url: str) -> str:
    """The `metadataPrefix` of the best format that an answer to `ListMetadataFormats` offers; Dublin Core's
    where it cannot be read, since some repositories answer this verb for single items only."""
    try:
        offered = at(first(read_root(chunks, url), "ListMetadataFormats"), "metadataFormat")
    except (TooLarge, FetchError, BodyError):
        return DUBLIN_CORE
    for namespace in _FORMATS:
        for found in offered:
            prefix = only(found, "metadataPrefix")
            if prefix and (only(found, "metadataNamespace") or "").startswith(namespace):
                return prefix
    return DUBLIN_CORE


def read_list(chunks: Iterator[bytes], url: str) -> ListPage:
    """The records of a `ListRecords` answer.

    Raises FetchError (`not-xml-html`, `not-a-service`, `too-large`), `OaiError`; what `chunks` raises.
    """
    try:
        root = read_root(chunks, url)
    except TooLarge:
        raise FetchError("too-large", f"{url} answers with more XML than may be read at once") from None
    if local(root) != "oai-pmh":
        raise FetchError("not-a-service", f"{url} answers with <{local(root)[:60]}>, not with OAI-PMH")
    if (error := first(root, "error")) is not None:
        code = str(error.get("code") or "")[:60]
        raise OaiError(code, f"{url} answers with {code}: {(value(error) or '')[:200]}")
    found = first(root, "ListRecords")
    if found is None:
        raise FetchError("not-a-service", f"{url} answers without a list of records")
    page = ListPage()
    for record in at(found, "record"):
        header = first(record, "header")
        if header is not None and header.get("status") == "deleted":
            page.deleted.append(only(header, "identifier") or "")
        else:
            page.records.append(as_element(_inner(record)))
    token = first(found, "resumptionToken")
    if token is not None:
        page.token = (token.text or "").strip()
        size = str(token.get("completeListSize") or "").strip()
        page.size = int(size) if size.isascii() and size.isdecimal() and len(size) < 10 else None
    return page


def _inner(record: ElementTree.Element) -> ElementTree.Element:
    """What is mapped: ISO 19115, which names itself; else the record with the header that names it."""
    inside = first(record, "metadata/*")
    return record if inside is None or local(inside) not in iso19115.ROOTS else inside
