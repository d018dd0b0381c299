"""Dates and date-times: ISO 8601 as precise as published.

Strict ISO first; then time stamps, e-mail dates, month/day/year, English month names; `dateparser` last and
only for short texts (10 KB take it two seconds). A time without a zone stays without one.
"""

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

from mappings.issue import IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import read_scalar, show

DATE_LIMIT = 64
"""Characters of a text that may be a date."""
EARLIEST_YEAR = 1000
LATEST_YEAR = 2100
"""Beyond, a year is a typing error or a filler (9999); it would sort as the newest of all."""

_ISO = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_NEAR_ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]+(\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)\s*([Zz]|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?",
    re.ASCII,
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T?(\d\d)(\d\d)(\d\d)?(Z)?)?", re.ASCII)
_SHORT = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?", re.ASCII)
_INTERVAL = re.compile(r"R\d*/.*|P(?=[\dT])[\dYMWDTHS.]+", re.ASCII | re.IGNORECASE)
_EPOCH = re.compile(r"-?\d{9,10}|-?\d{12,13}", re.ASCII)
_SLASHED = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})"
    r"(?:,?\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp])?\.?[Mm]?\.?)?",
    re.ASCII,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        "jan january|feb february|mar march|apr april|may|jun june|jul july|aug august"
        "|sep sept september|oct october|nov november|dec december".split("|"),
        start=1,
    )
    for name in names.split()
}
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.?(?:\s+(\d{1,2})(?:st|nd|rd|th)?)?,?\s+(\d{4})", re.ASCII)
_DAY_FIRST = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s-]+(?:of\s+)?([A-Za-z]{3,9})\.?,?[\s-]+(\d{4})", re.ASCII
)
_LANGUAGES = ["en", "es", "fr", "pt", "it", "de"]


def read_date(raw: object, field: str, log: IssueLog) -> str | None:
    """A date or date-time in ISO 8601, as precise as published.

    Logs `date-not-iso` for what was read from another spelling, `modified-is-interval` for `R/P1Y`,
    `date-before-1990` for what is kept but unusual, `implausible-date` and `invalid-date` for what is not.
    """
    if isinstance(raw, str) and (iso := _valid_iso(raw)):
        return _plausible(iso, field, log)
    text = read_scalar(raw, field, log)
    if text is None or not (text := text.strip()):
        return None
    if len(text) > DATE_LIMIT:
        log.add("invalid-date", field, f"{show(text)} has {len(text):,} characters")
        return None
    if (real := without_placeholder(text, field, log)) is None:
        return None
    if _INTERVAL.fullmatch(real):
        log.add("modified-is-interval", field, f"{show(real)} says how often, not when")
        return None
    iso = _valid_iso(real)
    if iso is None:
        iso = _near_iso(real) or _numeric(real) or _in_words(real)
        if iso is None:
            log.add("invalid-date", field, f"{show(real)} is no date")
            return None
        log.add("date-not-iso", field, f"{show(real)} is read as {iso}")
    return _plausible(iso, field, log)


def date_key(iso: str | None) -> int | None:
    """Seconds since 1970 of the start of the period, for sorting; a naive time counts as UTC."""
    if not iso:
        return None
    try:
        moment = datetime.fromisoformat(iso if len(iso) > 7 else f"{iso}-01-01"[:10])
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return int(moment.timestamp())


def _valid_iso(text: str) -> str | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        if hour is None:
            date(int(year), int(month or 1), int(day or 1))
        else:
            datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    except ValueError:
        return None
    if zone and zone != "Z" and not (int(zone[1:3]) <= 14 and int(zone[4:6]) <= 59):
        return None
    return text


def _plausible(iso: str, field: str, log: IssueLog) -> str | None:
    year = int(iso[:4])
    if 1990 <= year <= LATEST_YEAR:
        return iso
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        log.add("implausible-date", field, f"the year of {iso} cannot be meant")
        return None
    log.add("date-before-1990", field, f"{iso} is unusually early for the metadata of open data")
    return iso


def _near_iso(text: str) -> str | None:
    if found := _NEAR_ISO.fullmatch(text):
        zone = (found[3] or "").upper()
        if zone in {"UTC", "GMT", "Z"}:
            zone = "Z"
        elif zone and ":" not in zone:
            zone = f"{zone[:3]}:{zone[3:] or '00'}"
        return _valid_iso(f"{found[1]}T{found[2].replace(',', '.')}{zone}")
    if found := _COMPACT.fullmatch(text):
        year, month, day, hour, minute, second, zone = found.groups()
        clock = f"T{hour}:{minute}:{second or '00'}{zone or ''}" if hour else ""
        return _valid_iso(f"{year}-{month}-{day}{clock}")
    if found := _SHORT.fullmatch(text):
        return _joined(found[1], found[2], found[3])
    return None


def _numeric(text: str) -> str | None:
    if _EPOCH.fullmatch(text):
        seconds = int(text) / (1000 if len(text.lstrip("-")) > 10 else 1)
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if not (found := _SLASHED.fullmatch(text)):
        return None
    first, second, year, hour, minute, seconds_, half = found.groups()
    month, day = (second, first) if int(first) > 12 else (first, second)
    iso = _joined(year, month, day)
    if iso is None or hour is None:
        return iso
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half in "pP" else 0)
    return _valid_iso(f"{iso}T{hours:02}:{minute}:{seconds_ or '00'}")


def _in_words(text: str) -> str | None:
    if found := _MONTH_FIRST.fullmatch(text):
        month, day, year = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        return _rfc_2822(text) or _by_dateparser(text)
    number = _MONTHS.get(month.lower())
    return _joined(year, str(number), day) if number else _by_dateparser(text)


def _joined(year: str, month: str, day: str | None) -> str | None:
    return _valid_iso(f"{year}-{month:0>2}" + (f"-{day:0>2}" if day else ""))


def _rfc_2822(text: str) -> str | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.isoformat().replace("+00:00", "Z")


def _by_dateparser(text: str) -> str | None:
    if not re.search(r"\d{4}", text):
        return None
    import dateparser

    moment = dateparser.parse(
        text, languages=_LANGUAGES, settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
    )
    if moment is None:
        return None
    return moment.isoformat() if re.search(r"\d:\d\d", text) else moment.date().isoformat()
