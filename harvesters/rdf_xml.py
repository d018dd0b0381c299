"""RDF/XML as a stream, without DTD, and in time that grows with the document and no faster.

rdflib's handler is fed here, as its own way of reading joins a text of a hundred thousand entities piece by
piece, and expat begins a long tag anew with each small piece of the file.
"""

from typing import Any, BinaryIO, NoReturn
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, LexicalHandler, property_lexical_handler

from rdflib import Graph
from rdflib.parser import InputSource
from rdflib.plugins.parsers.rdfxml import create_parser

from harvesters.fetch_error import FetchError

_PIECE = 4 * 1024**2


def parse_rdf_xml(graph: Graph, file: BinaryIO, url: str) -> None:
    """Read a document into the graph. Raises FetchError `not-rdf`, and what rdflib does."""
    source = InputSource(url)
    source.setPublicId(url)
    parser: Any = create_parser(source, graph)
    handler = parser.getContentHandler()
    handler.setDocumentLocator(source)
    parser.setContentHandler(_Joined(handler))
    parser.setProperty(property_lexical_handler, _NoDtd())
    try:
        while piece := file.read(_PIECE):
            parser.feed(piece)
        parser.close()
    except SAXParseException as error:
        raise FetchError("not-rdf", f"no XML that is well-formed: {error}"[:200]) from None


class _NoDtd(LexicalHandler):
    """An entity can grow without end or name a file; no catalogue needs one."""

    def startDTD(self, name: str, public_id: str | None, system_id: str | None) -> NoReturn:  # noqa: N802
        raise FetchError("not-rdf", "the XML has a document type declaration, which is not read")


class _Joined(ContentHandler):
    """Hands on the text between two tags as one piece."""

    def __init__(self, inner: ContentHandler) -> None:
        super().__init__()
        self._inner = inner
        self._text: list[str] = []

    def startDocument(self) -> None:  # noqa: N802
        self._inner.startDocument()

    def startPrefixMapping(self, prefix: str | None, uri: str) -> None:  # noqa: N802
        self._inner.startPrefixMapping(prefix, uri)

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802
        self._hand_on()
        self._inner.startElementNS(name, qname, attrs)

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: N802
        self._hand_on()
        self._inner.endElementNS(name, qname)

    def characters(self, content: str) -> None:
        self._text.append(content)

    def _hand_on(self) -> None:
        if self._text:
            self._inner.characters("".join(self._text))
            self._text.clear()
