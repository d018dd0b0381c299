"""The ways people write dates, each to ISO 8601 of the same precision.

Strict ISO first; then ISO with small liberties, time stamps, month/day/year, English month names, e-mail
dates; `dateparser` last, for other languages and rare orders. A time without a zone stays without one.
"""

import re
import warnings
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache

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
_MONTH_DAY_YEAR = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*(?:([AaPp])\.?[Mm]\.?)?)?",
    re.ASCII,
)
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?,?(?:\s+(\d{1,2})(?:st|nd|rd|th)?)?,?\s+(\d{4})", re.ASCII)
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})", re.ASCII
)
_E_MAIL_DATE = re.compile(r"(?:[A-Za-z]{3,9},\s+)?\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d:\d\d.*", re.ASCII)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LONG_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
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
    return strict_iso(text) or _near_iso(text) or _numbers(text) or _words(text)


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
    return None


def _numbers(text: str) -> str | None:
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text.lstrip("-")) > 10 else 1)
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if not (found := _MONTH_DAY_YEAR.fullmatch(text)):
        return None
    first, _, second, year, hour, minute, seconds_, half = found.groups()
    if len(year) == 2:
        year = f"20{year}" if int(year) < _PIVOT else f"19{year}"
    month, day = (second, first) if int(first) > 12 else (first, second)
    iso = _joined(year, month, day)
    if iso is None or hour is None:
        return iso
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    return strict_iso(f"{iso}T{hours:02}:{minute}:{seconds_ or '00'}")


def _words(text: str) -> str | None:
    if found := _MONTH_FIRST.fullmatch(text):
        month, day, year = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        return _e_mail_date(text) or _by_dateparser(text)
    number = _month(month)
    return _joined(year, number, day) if number else _by_dateparser(text)


def _month(name: str) -> str | None:
    name = name.lower()
    short = name[:3]
    if short in _MONTHS and (name in _LONG_MONTHS or name in {short, "sept"}):
        return str(_MONTHS.index(short) + 1)
    return None


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
