"""Dates in HTTP headers (RFC 9110, section 5.6.7), from servers that may write anything."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 100


def http_date(text: str) -> datetime | None:
    """The moment, in UTC; None for what is no date."""
    if not 0 < len(text) <= _LONGEST:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):  # the second for a year or an offset that no clock has
        return None
