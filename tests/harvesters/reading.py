"""Reading documents the way the spiders do, for tests without a process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harvesters.inflate import BodyError, body_chunks
from harvesters.json_element import Element
from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.unicode_body import as_utf8


def in_chunks(document: bytes, size: int = 65_536) -> Iterator[bytes]:
    """The document as a stream would bring it."""
    for start in range(0, len(document), size):
        yield document[start : start + size]


def read(document: bytes, size: int = 65_536, **options: Any) -> tuple[list[Element], str]:
    """The elements, and the slug of the error that ended reading ("" when the document was whole)."""
    return _drain(JsonStream(as_utf8(in_chunks(document, size)), **options))


def read_file(path: Path, coding: str = "") -> tuple[list[Element], str]:
    """The same from a stored body."""
    return _drain(JsonStream(as_utf8(body_chunks(path, coding))))


def _drain(stream: JsonStream) -> tuple[list[Element], str]:
    elements: list[Element] = []
    try:
        elements.extend(stream.elements())
    except (JsonStreamError, BodyError) as error:
        return elements, error.slug
    return elements, "" if stream.lists else "no-dataset-list"
