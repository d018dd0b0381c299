"""One record of a JSON catalogue, parsed alone."""

from dataclasses import dataclass
from typing import Any

import orjson

from mappings.issue import Issue, Unmappable
from mappings.payload import MAX_DEPTH, decode

_LIGHT = 256 * 1024
"""Bytes of a record that is parsed without a look at what it will weigh."""
_HEAVY = 48 * 1024**2
"""Bytes a record may weigh once parsed, by the estimate below. Real records of 35,000 keywords or 8,000
distributions weigh 4 MB; a child and the process that maps the record have 256 MB each for everything."""


@dataclass(slots=True)
class Element:
    """One record as it stands in the document, at `position` (bytes from its start).

    `value` is the parsed object. With `trouble` there is none, and of a record that is too large no bytes.
    """

    position: int
    raw: bytes
    value: Any = None
    trouble: Issue | None = None


def parse_element(raw: bytes, position: int) -> Element:
    """The record of these bytes; what keeps it from being an object becomes its trouble."""
    if len(raw) > _LIGHT and weight(raw) > _HEAVY:
        return too_large(position, f"the record has too many values: over {_HEAVY // 1024**2} MB in memory")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _parse_leniently(raw, position)
    if type(value) is not dict or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        return _parse_leniently(raw, position)
    return Element(position, raw, value)


def weight(raw: bytes) -> int:
    """About how many bytes a parsed document takes: a value 64, a list 80 more, an object 240 more."""
    return len(raw) + 64 * raw.count(b",") + 80 * raw.count(b"[") + 240 * raw.count(b"{")


def too_large(position: int, message: str) -> Element:
    """The place of a record that is not kept."""
    return Element(position, b"", trouble=Issue("record-too-large", "", message))


def _parse_leniently(raw: bytes, position: int) -> Element:
    try:
        return Element(position, raw, decode(raw)[0])
    except Unmappable as error:
        return Element(position, raw, trouble=Issue(error.slug, "", error.message))
