"""A catalogue's RDF, read without asking anyone for anything: no remote context, no DTD, no entity.

rdflib parses; what it would fetch is refused before it sees it. Parsing needs the whole document, so it runs
in the fetching child under its limits and under `RDF_BYTES`.
"""

import logging
import warnings
from typing import Any, NoReturn
from xml.parsers import expat

import orjson
from rdflib import Graph
from rdflib.namespace import Namespace

from harvesters.fetch_error import FetchError

RDF_BYTES = 24 * 1024**2
"""Of one document: a triple of a hundred bytes takes about a kilobyte in memory."""
HYDRA = Namespace("http://www.w3.org/ns/hydra/core#")
_NEXT = (HYDRA.next, HYDRA.nextPage)


def form_of(raw: bytes) -> str:
    """The syntax by the document's own beginning; what a server calls it is often wrong."""
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:400]
    if start[:1] in (b"{", b"["):
        return "json-ld"
    if (start[:9].lower() == b"<!doctype" and b"html" in start[:60].lower()) or start[:5].lower() == b"<html":
        raise FetchError("not-rdf", "the answer is a web page")
    if start.startswith((b"<?xml", b"<rdf:RDF", b"<!--", b"<!DOCTYPE")):
        return "xml"
    return "turtle"


def read_graph(raw: bytes, url: str) -> Graph:
    """The graph of a document. Raises FetchError: `empty`, `too-large`, `not-rdf`, `too-complex`."""
    if not raw.strip():
        raise FetchError("empty", "the answer has no bytes")
    if len(raw) > RDF_BYTES:
        raise FetchError("too-large", f"over {RDF_BYTES // 1024**2} MB of RDF in one document")
    form = form_of(raw)
    if form == "json-ld":
        _refuse_remote_contexts(raw)
    elif form == "xml":
        _refuse_dtd(raw)
    graph = Graph()
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)  # odd dates are ours to report
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own use of its older classes
            graph.parse(data=raw, format=form, publicID=url)
    except RecursionError:
        raise FetchError("too-complex", "the RDF nests too deeply") from None
    except Exception as error:  # noqa: BLE001 - rdflib's parsers raise whatever their syntax is broken by
        said = " ".join(str(error).split())[:200]
        raise FetchError("not-rdf", f"no {form} that can be read: {said}") from None
    return graph


def next_page(graph: Graph) -> str | None:
    """Where hydra says the catalogue goes on: an address, or a literal that holds one."""
    found = sorted({str(value).strip() for name in _NEXT for value in graph.objects(None, name)} - {""})
    return found[0] if found else None


def _refuse_dtd(raw: bytes) -> None:
    """An entity can grow without end or name a file; no catalogue needs one."""

    def refuse(*_: Any) -> NoReturn:
        raise FetchError("not-rdf", "the XML has a document type declaration, which is not read")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise FetchError("not-rdf", f"no XML that is well-formed: {error}") from None


def _refuse_remote_contexts(raw: bytes) -> None:
    """What a term means is not guessed where the context that says so lies elsewhere."""
    try:
        waiting = [orjson.loads(raw)]
    except orjson.JSONDecodeError as error:
        raise FetchError("not-rdf", f"no JSON that can be read: {error}") from None
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
            for part in _listed(item.get("@context")):
                named = part if isinstance(part, str) else None
                named = part.get("@import") if isinstance(part, dict) else named
                if named is not None:
                    said = str(named)[:200]
                    raise FetchError("not-rdf", f"its context lies elsewhere and is not fetched: {said}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
