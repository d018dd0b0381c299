"""The front door of every value reader: whatever JSON holds, as a string or not at all.

Portals put numbers where strings belong, wrap one string in a list, or send an object. Nothing read here
can hold a lone surrogate (JSON's `\\ud800` escapes allow them), which no UTF-8 file or index would take.
"""

import re

from mappings.issue import IssueLog

AS_PUBLISHED_LIMIT = 2_000
"""Characters of an `as_published` value: enough to judge it by, never a whole legal text."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LARGEST_NUMBER = 10**18


def read_scalar(raw: object, field: str, log: IssueLog) -> str | None:
    """The published value as a string, untrimmed; None for null, and for what is no single value.

    A list of one and JSON-LD's `{"@value": …}` are opened; anything else logs `wrong-type`.
    """
    if isinstance(raw, str):
        return raw if raw.isascii() else encodable(raw)
    if raw is None:
        return None
    if isinstance(raw, (int, float)) and not isinstance(raw, bool) and abs(raw) < _LARGEST_NUMBER:
        return str(raw)
    if isinstance(raw, list) and len(raw) == 1 and isinstance(raw[0], (str, int, float)):
        return read_scalar(raw[0], field, log)
    if isinstance(raw, dict) and isinstance(raw.get("@value"), str):
        return read_scalar(raw["@value"], field, log)
    if raw not in ([], {}):
        log.add("wrong-type", field, f"{field} should be one text value, not {kind_of(raw)}")
    return None


def kind_of(raw: object) -> str:
    """What JSON calls it, for messages."""
    if isinstance(raw, bool):
        return "true or false"
    if isinstance(raw, (int, float)):
        return "a number"
    if isinstance(raw, list):
        return f"a list of {len(raw)}"
    return "an object" if isinstance(raw, dict) else "a text"


def encodable(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD, so that it can be written as UTF-8."""
    return _SURROGATE.sub("\ufffd", text)


def clip(text: str, limit: int = AS_PUBLISHED_LIMIT) -> str:
    """The text cut to `limit` characters, an ellipsis showing the cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def show(text: str) -> str:
    """A value quoted for a message: one line, short, without what a terminal or a browser would obey."""
    return "“" + clip(_OBEYED.sub("\ufffd", " ".join(text[:200].split())), 80) + "”"
