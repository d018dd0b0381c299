"""`schedule` of a portal's entry: how often the portal is asked.

Words (`hourly`, `daily`, `weekly`, `monthly`), `every 6 hours`, an ISO 8601 duration (`PT6H`, `P1D`), or
`never`: only by hand. A month counts 30 days, a year 365: a schedule is a distance, not a date.
"""

import re
from datetime import timedelta
from types import MappingProxyType

LEAST, MOST = timedelta(minutes=5), timedelta(days=366)
"""Nobody's catalogue changes more often than the first; after the second nobody would notice a mistake."""

HINT = "write hourly, daily, weekly, monthly, never, `every 6 hours`, or an ISO 8601 duration such as PT6H"

_WORDS = MappingProxyType({"hourly": "1 hour", "daily": "1 day", "weekly": "1 week", "monthly": "1 month"})
_UNITS = MappingProxyType(
    {
        "minute": timedelta(minutes=1),
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(weeks=1),
        "month": timedelta(days=30),
    }
)
_EVERY = re.compile(r"(?:every\s+)?(?:(\d{1,5})\s+)?(minute|hour|day|week|month)s?", re.ASCII)
_ISO = re.compile(
    r"P(?:(?P<Y>\d{1,3})Y)?(?:(?P<M>\d{1,4})M)?(?:(?P<W>\d{1,4})W)?(?:(?P<D>\d{1,5})D)?"
    r"(?:T(?:(?P<h>\d{1,5})H)?(?:(?P<m>\d{1,6})M)?(?:(?P<s>\d{1,8})S)?)?",
    re.ASCII,
)
_ISO_DAYS = MappingProxyType({"Y": 365, "M": 30, "W": 7, "D": 1})
_ISO_SECONDS = MappingProxyType({"h": 3600, "m": 60, "s": 1})


def period(schedule: str) -> timedelta | None:
    """The time between two harvests; None for `never`. Raises ValueError saying what to write instead."""
    words = " ".join(schedule.split()).casefold()
    if words == "never":
        return None
    found = _in_words(_WORDS.get(words, words)) or _in_iso(words.upper())
    if found is None:
        raise ValueError(HINT)
    if not LEAST <= found <= MOST:
        raise ValueError("write something between 5 minutes and a year, or never")
    return found


def _in_words(words: str) -> timedelta | None:
    match = _EVERY.fullmatch(words)
    if match is None or (match[1] is None and not words.startswith("every")):
        return None
    return int(match[1] or 1) * _UNITS[match[2]]


def _in_iso(words: str) -> timedelta | None:
    match = _ISO.fullmatch(words)
    if match is None or not any(match.groups()) or words.endswith("T"):
        return None
    numbers = {name: int(number or 0) for name, number in match.groupdict().items()}
    days = sum(numbers[name] * size for name, size in _ISO_DAYS.items())
    seconds = sum(numbers[name] * size for name, size in _ISO_SECONDS.items())
    return timedelta(days=days, seconds=seconds)
