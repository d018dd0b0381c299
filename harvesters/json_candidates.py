"""Finding the next record behind a mistyped one by its content, where the document's layout is no help."""

import re
from collections.abc import Callable
from typing import Any

from harvesters.json_element import parse_element
from harvesters.json_scan import Oversized, Unbalanced, Unterminated, value_end
from harvesters.window import Window

IsRecord = Callable[[dict[str, Any]], bool]

_CANDIDATE = re.compile(rb',\s*+(?=\{\s*+")')
_ATTEMPTS = 1_000
"""Objects looked at: more than the distributions of one record."""


def next_plausible(data: bytes, start: int, limit: int, is_record: IsRecord) -> int:
    """The index of a comma behind which a whole object stands that `is_record`, or -1.

    The objects inside a record (its distributions, its contact) stand behind commas, too; they are passed
    over because they do not look like records.
    """
    for attempt, found in enumerate(_CANDIDATE.finditer(data, start)):
        if attempt == _ATTEMPTS:
            return -1
        value = _object_at(data, found.end(), limit)
        if value is not None and is_record(value):
            return found.start()
    return -1


def _object_at(data: bytes, start: int, limit: int) -> dict[str, Any] | None:
    window = Window(iter(()))
    window.data, window.at = data, start
    try:
        end = value_end(window, limit)
    except (Oversized, Unbalanced, Unterminated):
        return None
    value = parse_element(data[start:end], start).value
    return value if isinstance(value, dict) else None
