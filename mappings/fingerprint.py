"""The content hash of a record: equal digests mean "not changed".

The hash is over the canonical payload. Keys are sorted; a schema's `canonical` sorts the arrays that are sets
and leaves out the paths that move by themselves. Everything else counts, so that a digest changes whenever a
person could see a change. Text is compared as it is: another Unicode normalisation form is another text (no
feed is known to alternate, and normalising would hide a repaired title).
"""

from collections.abc import Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import Any

import orjson

from mappings.issue import Unmappable

DIGEST_BYTES = 16


def digest(canonical: Mapping[str, Any]) -> str:
    """32 hexadecimal digits for a record in its canonical form.

    Raises `Unmappable` (`json-too-deep`) for what cannot be written as JSON; `payload.decode` lets no such
    record through.
    """
    return blake2b(_dump(canonical), digest_size=DIGEST_BYTES).hexdigest()


def sorted_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """By the first value (the field name, unique within a dataset), which is cheap; else by the whole row."""
    first = [row[0] for row in rows]
    if _all_strings(first) and len(set(first)) == len(first):
        return sorted(rows, key=itemgetter(0))
    return sorted(rows, key=_dump)


def as_set(values: list[Any]) -> list[Any]:
    """The values in one order. Objects are compared by their canonical text."""
    if _all_strings(values):
        return sorted(values)
    return [orjson.Fragment(text) for text in sorted(map(_dump, values))]


def _all_strings(values: list[Any]) -> bool:
    try:
        "".join(values)  # the quickest test there is
    except TypeError:
        return False
    return True


def _dump(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Unmappable("json-too-deep", "the record cannot be written as JSON again") from None
