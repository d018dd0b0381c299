"""A catalogue's RDF, read without asking anyone for anything: no remote context, no DTD, no entity.

rdflib parses; what it would fetch is refused before it sees it. The triples go to a file. RDF/XML and
N-Triples are read as a stream; of Turtle the text and of JSON-LD the objects are in memory, in the fetching
child and under its limits.
"""

import logging
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import orjson
from rdflib import Graph
from rdflib.parser import InputSource
from rdflib.plugins.parsers.jsonld import to_rdf

from harvesters.fetch_error import FetchError
from harvesters.json_element import weight
from harvesters.rdf_contexts import with_own_contexts
from harvesters.rdf_file import TripleFile
from harvesters.rdf_xml import parse_rdf_xml

MB = 1024**2
BYTES = {"xml": 512 * MB, "nt": 1024 * MB, "turtle": 64 * MB, "json-ld": 48 * MB}
"""Of one document. See `_ROOM` for what Turtle and JSON-LD may take in memory."""
_ROOM = 96 * MB
"""Memory for the text of Turtle (one character beyond Latin-1 doubles it, an emoji makes it four times as
large) or for the objects of JSON-LD. A child may have 256 MB and needs 105 for the rest, whatever is read."""
_XML = re.compile(rb"<(?:\?xml\s|!--|!DOCTYPE|[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?\s)", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_JSON = re.compile(rb"\{|\[\s*[{\"\]]")
_EMPTY_NODE = re.compile(rb"\[\s*\]\s*[^\s]")
_TRIPLE = re.compile(
    rb"\A(?:#[^\n]*\n|\s)*(?:<[^<>\s]+>|_:\S+)[ \t]*<[^<>\s]+>[ \t]*[<\"_][^\n]*\.[ \t]*\r?(?:\n|$)"
)
_LINES = frozenset({"application/n-triples", "text/plain"})


def form_of(raw: bytes, url: str = "", content_type: str = "") -> str:
    """The syntax by the document's own beginning; what a server calls it is often wrong. What it says, and
    the address's ending, tell Turtle from its subset N-Triples, together with the first line.

    Raises FetchError `not-rdf` for a web page.
    """
    start = raw[:4_096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if _HTML.match(start) or (start.startswith(b"<?xml") and re.search(rb"<html\b", start[:400])):
        raise FetchError("not-rdf", "the answer is a web page")
    if _JSON.match(start) and not _EMPTY_NODE.match(start):
        return "json-ld"
    if _XML.match(start):
        return "xml"
    named = content_type.partition(";")[0].strip().lower() in _LINES or urlsplit(url).path.endswith(".nt")
    return "nt" if named and (_TRIPLE.match(start) or not start) else "turtle"


@contextmanager
def read_graph(path: Path, url: str, form: str, still: Callable[[], None] = lambda: None) -> Iterator[Graph]:
    """The graph of a document in UTF-8, as long as the context is open.

    Raises:
        FetchError: `empty`, `too-large`, `not-rdf`, `too-complex`, `disk-full`; and what `still` raises.
    """
    size = path.stat().st_size
    if not size:
        raise FetchError("empty", "the answer has no bytes")
    if size > BYTES[form]:
        raise FetchError("too-large", f"over {BYTES[form] // MB} MB of {form} in one document")
    store = TripleFile(path.with_suffix(".triples"), still)
    try:
        graph = Graph(store=store, bind_namespaces="none")
        _parse(graph, path, url, form)
        len(graph)
        yield graph
    finally:
        store.close_file()


def _parse(graph: Graph, path: Path, url: str, form: str) -> None:
    logging.getLogger("rdflib").setLevel(logging.CRITICAL)  # odd dates and addresses are ours to report
    try:
        with warnings.catch_warnings(), path.open("rb") as file:
            warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's own use of its older classes
            if form == "json-ld":
                _parse_json(graph, file, url)
                return
            if form == "xml":
                parse_rdf_xml(graph, file, url)
                return
            source = InputSource(url)
            if form == "turtle":
                source.setCharacterStream(_Text(file))
            else:
                source.setByteStream(file)
            graph.parse(source, format=form, publicID=url)
    except (FetchError, MemoryError):
        raise
    except RecursionError:
        raise FetchError("too-complex", "the RDF nests too deeply") from None
    except Exception as error:  # noqa: BLE001 - rdflib's parsers raise whatever their syntax is broken by
        said = " ".join(str(error).split())[:200]
        raise FetchError("not-rdf", f"no {form} that can be read: {said}") from None


class _Text:
    """A file for rdflib's Turtle parser, which would keep the bytes beside the text that it reads."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def close(self) -> None:
        """The file belongs to another."""

    def read(self, _: int = -1) -> str:
        """All of it."""
        text = self._file.read().decode("utf-8", "replace")
        if text.__sizeof__() > _ROOM:
            raise FetchError("too-large", f"over {_ROOM // MB} MB of text in memory; split it into pages")
        return text


def _parse_json(graph: Graph, file: BinaryIO, url: str) -> None:
    try:
        raw = file.read()
        if weight(raw) > _ROOM:
            raise FetchError("too-large", f"over {_ROOM // MB} MB of objects in memory; split it into pages")
        document = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise FetchError("not-rdf", f"no JSON that can be read: {error}") from None
    to_rdf(with_own_contexts(document), graph, base=url)  # graphs with names become one
