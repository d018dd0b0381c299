"""One spelling for identifiers, so that a portal's stray spaces make no new records."""

import unicodedata

_INVISIBLE = "\u200b\u2060\ufeff"
"""Zero-width characters that editors leave at the ends of values and Python does not count as spaces."""


def canonical(identifier: str | None) -> str:
    """The identifier trimmed, in Unicode's NFC, without control characters such as NUL; empty for none."""
    if identifier is None:
        return ""
    if identifier.isascii() and identifier.isprintable():
        return identifier.strip()
    encodable = identifier.encode("utf-8", "replace").decode("utf-8")
    visible = "".join(c for c in unicodedata.normalize("NFC", encodable) if unicodedata.category(c) != "Cc")
    return _trimmed(visible)


def _trimmed(text: str) -> str:
    shorter = text.strip().strip(_INVISIBLE)
    return text if shorter == text else _trimmed(shorter)
