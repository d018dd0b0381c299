"""Sizes of files in bytes, from numbers and from words like "1.2 MB"."""

import re

from mappings.issue import IssueLog
from mappings.published import read_scalar, show

_SIZE = re.compile(
    r"(\d{1,3}(?:,\d{3})+|\d{0,15})(\.\d{1,6})?\s*(?:([kmgt])i?)?(?:b|bytes?)?", re.ASCII | re.IGNORECASE
)
LARGEST = 2**53
"""Bytes. Eight petabytes; beyond, JSON numbers are no longer exact everywhere."""
_FACTORS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
"""Decimal prefixes: whoever writes "20 KB" rounds more than the 2 % between the two readings."""


def read_size(raw: object, field: str, log: IssueLog) -> int | None:
    """Whole bytes; None (and `invalid-size`) for words such as "varies"."""
    if type(raw) is int and 0 <= raw <= LARGEST:
        return raw
    text = read_scalar(raw, field, log)
    if text is None or not (text := text.strip()[:50]):
        return None
    found = _SIZE.fullmatch(text)
    if not found or not (found[1] or found[2]):
        log.add("invalid-size", field, f"{show(text)} is no size of a file")
        return None
    number = float(f"{found[1].replace(',', '') or 0}{found[2] or ''}")
    size = round(number * _FACTORS[(found[3] or "").lower()])
    if size <= LARGEST:
        return size
    log.add("invalid-size", field, f"{show(text)} is larger than any file")
    return None
