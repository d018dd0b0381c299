"""A body in any Unicode encoding, as the UTF-8 the JSON reader wants.

JSON must be UTF-8 (RFC 8259, section 8.1); portals on Windows send a byte order mark, or UTF-16. Bytes that
are no UTF-8 (Windows-1252 declared as UTF-8) pass: they are ASCII's superset, so the frame is readable, and
each record decodes alone.
"""

import codecs
from collections.abc import Iterator
from itertools import chain

_MARKS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, ""),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED: tuple[tuple[bytes, str], ...] = ((b"\0\0\0", "utf-32-be"), (b"\0", "utf-16-be"))
"""JSON begins with an ASCII character, so the zero bytes around it tell (RFC 4627, section 3)."""


def as_utf8(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same text in UTF-8, without a byte order mark."""
    beginning = b""
    for chunk in chunks:
        beginning += chunk
        if len(beginning) >= 4:
            break
    mark, encoding = _encoding(beginning)
    rest = chain((beginning[len(mark) :],), chunks)
    yield from _transcode(rest, encoding) if encoding else rest


def _encoding(beginning: bytes) -> tuple[bytes, str]:
    for mark, encoding in _MARKS:
        if beginning.startswith(mark):
            return mark, encoding
    for zeros, encoding in _UNMARKED:
        if beginning.startswith(zeros):
            return b"", encoding
    if beginning[1:4] == b"\0\0\0":
        return b"", "utf-32-le"
    return b"", "utf-16-le" if beginning[1:2] == b"\0" else ""


def _transcode(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode()
