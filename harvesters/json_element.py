"""One record of a JSON catalogue, parsed alone."""

from dataclasses import dataclass
from typing import Any

import orjson

from mappings.issue import Issue, Unmappable
from mappings.payload import MAX_DEPTH, decode

_HEAVY = 1_000_000
"""Values in one record: each takes up to 64 bytes once parsed, and a child may have 256 MB in all."""


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
    if len(raw) > _HEAVY and raw.count(b",") + raw.count(b"[") + raw.count(b"{") > _HEAVY:
        return too_large(position, f"the record holds more than {_HEAVY:,} values")
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _parse_leniently(raw, position)
    if type(value) is not dict or raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        return _parse_leniently(raw, position)
    return Element(position, raw, value)


def too_large(position: int, message: str) -> Element:
    """The place of a record that is not kept."""
    return Element(position, b"", trouble=Issue("record-too-large", "", message))


def _parse_leniently(raw: bytes, position: int) -> Element:
    try:
        return Element(position, raw, decode(raw)[0])
    except Unmappable as error:
        return Element(position, raw, trouble=Issue(error.slug, "", error.message))
