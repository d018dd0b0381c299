"""Sort values as tantivy can order by them: one number or one text a document, always ascending.

tantivy orders by one column and breaks ties by its own document numbers, which change with every merge. So a
key holds the beginning of the id after the value; `ranking` settles what still ties.
"""

_VALUE_BITS = 40
_ID_BYTES = 3
_UNKNOWN = (1 << _VALUE_BITS) - 1
_NEWEST = 1 << (_VALUE_BITS - 1)
_MOST = _UNKNOWN - 1


def modified_key(modified: int | None, document_id: str) -> int:
    """Newest first, unknown last. Seconds are kept within ±17,000 years of 1970."""
    if modified is None:
        return _with_id(_UNKNOWN, document_id)
    clamped = max(2 - _NEWEST, min(modified, _NEWEST - 1))
    return _with_id(_NEWEST - clamped, document_id)


def popularity_key(popularity: int | None, document_id: str) -> int:
    """Most popular first, unknown last. Counts above a trillion are taken for a trillion."""
    if popularity is None:
        return _with_id(_UNKNOWN, document_id)
    return _with_id(_MOST - max(0, min(popularity, _MOST)), document_id)


def title_key(folded: str, document_id: str) -> str:
    """A–Z, then by id; U+0000 sorts a title before its own continuations."""
    return f"{folded}\0{document_id}"


def _with_id(value: int, document_id: str) -> int:
    beginning = document_id.encode()[:_ID_BYTES].ljust(_ID_BYTES, b"\0")
    return value << (_ID_BYTES * 8) | int.from_bytes(beginning, "big")
