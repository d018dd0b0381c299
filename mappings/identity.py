"""What the fetching child asks of every record: its identifier, version and counts. No value is normalised.

An identifier names the record at its source for ever, so it is taken as published, trimmed. What no store
could keep (a NUL, a lone surrogate) or nobody would mean (2,000 characters) is no identifier.
"""

import re
from typing import Any

IDENTIFIER_LIMIT = 2_000
"""Characters. The longest seen in real feeds has 218."""

_VERSION = re.compile(r"\d{4}[-0-9T:.Z+]{0,40}", re.ASCII)


def read_identifier(raw: Any) -> str | None:
    """The identifier as a string, or None where there is none that can be used.

    Numbers become strings (WPRDC and DKAN publish them); JSON-LD's `{"@id": …}` and a list of one are opened.
    """
    if isinstance(raw, str):
        return _usable(raw.strip())
    if isinstance(raw, int) and not isinstance(raw, bool):
        return _usable(str(raw))
    if isinstance(raw, float) and raw.is_integer():
        return _usable(str(int(raw)))
    if isinstance(raw, dict):
        inner = raw.get("@id") or raw.get("@value") or raw.get("identifier")
        return read_identifier(inner) if isinstance(inner, (str, int)) else None
    if isinstance(raw, list) and len(raw) == 1 and isinstance(raw[0], (str, int)):
        return read_identifier(raw[0])
    return None


def identifier_trouble(raw: Any) -> tuple[str, str]:
    """Slug and message for a published identifier that `read_identifier` refuses."""
    if raw is None or raw in ([], {}) or (isinstance(raw, str) and not raw.strip()):
        return "missing-identifier", "the record has no identifier, so it could not be followed over time"
    if isinstance(raw, str) and len(raw.strip()) > IDENTIFIER_LIMIT:
        return (
            "invalid-identifier",
            f"the identifier has {len(raw):,} characters, at most {IDENTIFIER_LIMIT:,} are read",
        )
    return "invalid-identifier", "the identifier is no text, or holds characters that cannot be stored"


def read_version(raw: Any) -> str:
    """The beginning of an ISO date, compared as text; milliseconds since 1970 in 15 digits; empty for what is
    neither (`R/P1Y`)."""
    if type(raw) is int:
        return f"{raw:015d}" if 10**11 <= raw < 10**15 else ""  # from 1973 on: 2024 is a year
    found = _VERSION.match(raw) if isinstance(raw, str) else None
    return found[0] if found else ""


def read_count(raw: Any) -> int | None:
    """A count of views or downloads."""
    return raw if type(raw) is int and 0 <= raw < 2**53 else None


def _usable(identifier: str) -> str | None:
    if not identifier or len(identifier) > IDENTIFIER_LIMIT or "\x00" in identifier:
        return None
    if not identifier.isascii():
        try:
            identifier.encode()
        except UnicodeEncodeError:
            return None
    return identifier
