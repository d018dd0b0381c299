"""Sitemaps as sitemaps.org describes them: indexes, lists of pages, plain text, and feeds used as such.

Read as a stream, so that a list of 50 MB takes no memory. A document type (and with it every entity), depth
and overlong values are refused; a sitemap that is not well-formed to its end is none.
Source: https://www.sitemaps.org/protocol.html
"""

import re
from collections.abc import Callable, Iterable
from xml.parsers import expat

from harvesters.fetch_error import FetchError

BYTES = 64 * 1024**2
"""Of one sitemap, unpacked; the protocol allows 50 MB."""
_DEPTH = 20
_VALUE = 4_096
"""Characters of one value that are kept; the protocol allows addresses of 2,047."""
_ROOTS = {"sitemapindex": True, "urlset": False, "rss": False, "feed": False, "rdf": False}
_ENTRIES = frozenset({"url", "sitemap", "item", "entry"})
_LATIN = re.compile(rb"encoding\s{0,9}=\s{0,9}[\"'](?:iso-8859-1|windows-1252|latin-?1)[\"']", re.I)
_SPACE = b" \t\r\n"

Found = Callable[[str, str, bool], None]
"""Called with an address, its lastmod (or empty) and whether it is that of another sitemap."""


def looks_like_sitemap(beginning: bytes) -> bool:
    """Whether a document begins as a sitemap does."""
    head = beginning[:4_096].lstrip(_SPACE)
    if head[:7].lower() in (b"http://", b"https:/"):
        return b"<" not in head.partition(b"\n")[0]
    return re.search(rb"<(?:\w{1,20}:)?(?:sitemapindex|urlset)\b", head) is not None


def read_sitemap(chunks: Iterable[bytes], url: str, found: Found) -> None:
    """Report every address of a sitemap. Raises FetchError `not-a-sitemap`, `too-large`."""
    reader: _Xml | _Text | None = None
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > BYTES:
            raise FetchError("too-large", f"the sitemap {url} has more than {BYTES // 1024**2} MB")
        if reader is None:
            begun = chunk.lstrip(_SPACE)
            if begun:
                reader = _Xml(url, begun, found) if begun[:1] == b"<" else _Text(url, begun, found)
                reader.feed(begun)
            continue
        reader.feed(chunk)
    if reader is None:
        raise FetchError("empty", f"the sitemap {url} has no bytes")
    reader.close()


class _Text:
    """One address a line."""

    def __init__(self, url: str, beginning: bytes, found: Found) -> None:
        if beginning[:4].lower() != b"http":
            shown = " ".join(beginning[:40].decode("utf-8", "replace").split())
            raise FetchError("not-a-sitemap", f"{url} is neither XML nor a list of addresses: {shown!r}")
        self._found = found
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._rest = self._rest[:_VALUE]
        for line in lines:
            self._line(line)

    def close(self) -> None:
        self._line(self._rest)

    def _line(self, line: bytes) -> None:
        if text := line[:_VALUE].decode("utf-8", "replace").strip():
            self._found(text, "", False)


class _Xml:
    """Keeps one entry at a time. Names count without their namespace: sites write them in every way."""

    def __init__(self, url: str, beginning: bytes, found: Found) -> None:
        self._url, self._found = url, found
        latin = _LATIN.search(beginning[:200]) is not None
        self._parser = expat.ParserCreate("iso-8859-1" if latin else "utf-8", "}")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._path: list[str] = []
        self._index = False
        self._value = ""
        self._entry: dict[str, str] = {}

    def feed(self, chunk: bytes) -> None:
        self._parse(chunk, False)

    def close(self) -> None:
        self._parse(b"", True)

    def _parse(self, chunk: bytes, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise FetchError("not-a-sitemap", f"{self._url} is no well-formed XML: {error}") from None

    def _doctype(self, *_: object) -> None:
        raise FetchError("not-a-sitemap", f"{self._url} has a document type; no sitemap needs one")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2].lower()
        if not self._path:
            if name not in _ROOTS:
                raise FetchError("not-a-sitemap", f"{self._url} is XML, but its root is <{name[:40]}>")
            self._index = _ROOTS[name]
        self._path.append(name)
        if len(self._path) > _DEPTH:
            raise FetchError("not-a-sitemap", f"{self._url} nests more than {_DEPTH} elements")
        self._value = ""
        if (
            name == "link"
            and self._path[-2:-1] == ["entry"]
            and attributes.get("rel", "alternate") == "alternate"
        ):
            self._entry.setdefault("loc", attributes.get("href", "")[:_VALUE])

    def _text(self, text: str) -> None:
        if len(self._value) < _VALUE:
            self._value += text[:_VALUE]

    def _end(self, tag: str) -> None:
        name = self._path.pop()
        parent = self._path[-1] if self._path else ""
        value = self._value.strip()
        if parent in _ENTRIES and value:
            if name in {"loc", "link"}:
                self._entry["loc"] = value
            elif name in {"lastmod", "updated", "pubdate"}:
                self._entry["lastmod"] = value[:64]
        if name in _ENTRIES:
            if self._entry.get("loc"):
                self._found(self._entry["loc"], self._entry.get("lastmod", ""), self._index)
            self._entry = {}
        self._value = ""
