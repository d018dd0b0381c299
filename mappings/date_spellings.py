"""The ways people write dates, each to ISO 8601 of the same precision.

Strict ISO first; then ISO with small liberties, time stamps, month/day/year, names of months, e-mail dates,
and those with something around them (`mappings.date_parts`); `dateparser` last, for other languages and rare
orders. A time without a zone stays without one.
"""

import re
import warnings
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache

from mappings.date_parts import month_number, take_apart

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(?:Z|[+-](\d\d):(\d\d))?)?)?)?",
    re.ASCII,
)
_NEAR_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]+(\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*([Zz]|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z)?)?", re.ASCII)
_SEPARATED = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?", re.ASCII)
_EPOCH = re.compile(r"-?(?:\d{9,10}|\d{12,13})", re.ASCII)
_DOT_NET = re.compile(r"/Date\((-?\d{12,13})(?:[+-]\d{4})?\)/", re.ASCII)
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])", re.ASCII)
_MONTH_YEAR = re.compile(r"(0?[1-9]|1[0-2])[/-]((?:19|20)\d\d)", re.ASCII)
_ORDINAL = re.compile(r"(\d{4})-(\d{3})", re.ASCII)
_MONTH_DAY_YEAR = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*(?:([AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
)
_MONTH_FIRST = re.compile(
    r"([^\W\d_]{3,10})\.?,?(?:[\s-]+(\d{1,2})(?:st|nd|rd|th)?)?,?(?: de| of)?[\s-]+(\d{4})"
)
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th|er|º|\.)?[\s-]+(?:of\s+|de\s+)?([^\W\d_]{3,10})\.?,?[\s-]+(?:de\s+)?(\d{4}|\d\d)"
)
_YEAR_FIRST = re.compile(r"(\d{4}),?[\s-]+([^\W\d_]{3,10})\.?(?:[\s-]+(\d{1,2})(?:st|nd|rd|th)?)?")
_E_MAIL_DATE = re.compile(r"(?:[A-Za-z]{3,9},\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d:\d\d.*", re.ASCII)

_PIVOT = 50
"""Two-digit years below are of this century."""

_LANGUAGES = ["en", "es", "fr", "pt", "it", "de"]
_SETTINGS = {"STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
"""Strict: day, month and year must be written; "yesterday" is no date of a record."""


def strict_iso(text: str) -> str | None:
    """The text itself when it is a year, a month, a date or a date-time of ISO 8601, and exists."""
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zone_hours, zone_minutes = found.groups()
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return None
    if hour is not None and (int(hour) > 23 or int(minute) > 59 or int(second or 0) > 59):
        return None
    if zone_hours is not None and (int(zone_hours) > 14 or int(zone_minutes) > 59):
        return None
    return text


def iso_of(text: str) -> str | None:
    """ISO 8601 for any spelling of one date; None for everything else. The caller caps the length."""
    return (
        strict_iso(text)
        or _near_iso(text)
        or _numbers(text)
        or _words(text)
        or _e_mail_date(text)
        or _by_parts(text)
        or _by_dateparser(text)
    )


def _near_iso(text: str) -> str | None:
    if found := _NEAR_ISO.fullmatch(text):
        zone = (found[3] or "").upper()
        if zone in {"UTC", "GMT"}:
            zone = "Z"
        elif zone not in {"", "Z"} and ":" not in zone:
            zone = f"{zone[:3]}:{zone[3:] or '00'}"
        return strict_iso(f"{found[1]}T{found[2].replace(',', '.')}{zone}")
    if found := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, zone = found.groups()
        clock = f"T{hour}:{minute}:{second or '00'}{zone or ''}" if hour else ""
        if compact := strict_iso(f"{year}-{month}-{day}{clock}"):
            return compact
    if found := _SEPARATED.fullmatch(text):
        return _joined(found[1], found[2], found[3])
    if found := _YEAR_MONTH.fullmatch(text):
        return f"{found[1]}-{found[2]}"
    return _week_or_ordinal(text)


def _week_or_ordinal(text: str) -> str | None:
    """ISO 8601's other dates: `2020-W05-1`, `2020-036`."""
    try:
        if "W" in text[4:6] and len(text) in (8, 10):
            return date.fromisoformat(text).isoformat()
        if (found := _ORDINAL.fullmatch(text)) and 1 <= int(found[2]) <= 366:
            day = date(int(found[1]), 1, 1) + timedelta(days=int(found[2]) - 1)
            return day.isoformat() if day.year == int(found[1]) else None
    except (ValueError, OverflowError):
        return None
    return None


def _numbers(text: str, *, day_first: bool = False) -> str | None:
    if found := _DOT_NET.fullmatch(text):
        text = found[1]
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text.lstrip("-")) > 10 else 1)
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if found := _MONTH_YEAR.fullmatch(text):
        return _joined(found[2], found[1], None)
    if not (found := _MONTH_DAY_YEAR.fullmatch(text)):
        return None
    first, _, second, year, hour, minute, seconds_, half = found.groups()
    month, day = (second, first) if int(first) > 12 or day_first else (first, second)
    iso = _joined(_century(year), month, day)
    if iso is None or hour is None:
        return iso
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    return strict_iso(f"{iso}T{hours:02}:{minute}:{seconds_ or '00'}")


def _century(year: str) -> str:
    if len(year) == 4:
        return year
    return f"20{year}" if int(year) < _PIVOT else f"19{year}"


def _words(text: str) -> str | None:
    if found := _MONTH_FIRST.fullmatch(text):
        month, day, year = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    else:
        return None
    number = month_number(month)
    return _joined(_century(year), number, day) if number else None


def _by_parts(text: str) -> str | None:
    """A day with a weekday, a time or words before it."""
    parts = take_apart(text)
    if parts is None:
        return None
    day = strict_iso(parts.day) or _near_iso(parts.day)
    day = day or _numbers(parts.day, day_first=parts.day_first) or _words(parts.day)
    if day is None or "T" in day:
        return None if parts.clock else day
    return strict_iso(f"{day}{parts.clock}") if len(day) == 10 or not parts.clock else None


def _joined(year: str, month: str, day: str | None) -> str | None:
    return strict_iso(f"{year}-{month:0>2}" + (f"-{day:0>2}" if day else ""))


def _e_mail_date(text: str) -> str | None:
    if not _E_MAIL_DATE.fullmatch(text):
        return None
    try:
        return strict_iso(parsedate_to_datetime(text).isoformat().replace("+00:00", "Z"))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def _by_dateparser(text: str) -> str | None:
    """Milliseconds each, so remembered; a text without a year and a word is not worth it."""
    if not re.search(r"\d{4}", text) or not re.search(r"[^\W\d_]{3}", text):
        return None
    with warnings.catch_warnings():
        # dateparser's own use of deprecated interfaces is no business of ours.
        warnings.simplefilter("ignore")
        import dateparser

        try:
            moment = dateparser.parse(text, languages=_LANGUAGES, settings=_SETTINGS)
        except (ValueError, OverflowError, TypeError, LookupError, AttributeError):
            return None
    if moment is None:
        return None
    if not re.search(r"\d:\d\d", text):
        return strict_iso(moment.date().isoformat())
    return strict_iso(moment.isoformat().replace("+00:00", "Z"))
