"""The period a dataset covers: `start/end`, `start/duration`, one date, or words."""

import re
from datetime import date, timedelta

from mappings.dataset import Temporal
from mappings.date_spellings import iso_of
from mappings.dates import DATE_LIMIT, EARLIEST_YEAR
from mappings.issue import IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import clip, read_scalar, show

LATEST_YEAR = 2300
"""Projections reach further than the dates of records do (climate: 2300); 9999 is a filler."""

_LIMIT = 200
_OPEN = frozenset(["..", "...", "present", "now", "current", "today", "ongoing", "to date", "date"])
_DURATION = re.compile(r"P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?", re.ASCII)
_REPEATING = re.compile(r"R\d*/", re.ASCII)
_SHORT_END = re.compile(r"(?:\d\d-)?\d\d", re.ASCII)
_YEARS = re.compile(r"(\d{4})\s*[-–—]\s*(\d{4})", re.ASCII)
_SINCE = re.compile(r"since\s+(.+)|(.+?)\s+onwards?", re.IGNORECASE)
_LEAD = re.compile(r"(?:(?:calendar )?years?|cy|from|all of|between)\s+", re.IGNORECASE)
_BETWEEN = re.compile(r"\s+(?:to|through|thru|until|and)\s+|\s+[-–—]\s*|\s*[-–—]\s+|[–—]", re.IGNORECASE)

Ends = tuple[str, str]
"""ISO dates; an empty string is an open end."""


def read_temporal(raw: object, field: str, log: IssueLog) -> Temporal | None:
    """The interval in ISO dates; an open end is None, a single date is both ends.

    Fiscal years stay unread: they start in July, September or October, depending on whose they are.
    Logs `invalid-temporal` (the words are kept), `temporal-not-iso`, `temporal-reversed` (the ends are
    swapped), `implausible-date`.
    """
    if isinstance(raw, dict) and "@value" not in raw:
        raw = _of_object(raw)
    text = (read_scalar(raw, field, log) or "").strip()
    real = without_placeholder(text[:_LIMIT], field, log) if text else None
    if real is None:
        return None
    interval = _interval(real) if len(text) <= _LIMIT else None
    ends = interval or (_words(real) if len(text) <= _LIMIT else None)
    if ends is None:
        log.add("invalid-temporal", field, f"{show(text)} is no period of time we can read")
        return Temporal(None, None, clip(text))
    start, end = (_plausible(iso, field, log) for iso in ends)
    if start and end and start[: min(len(end), 10)] > end[: min(len(start), 10)]:
        log.add("temporal-reversed", field, f"{show(text)} ends before it begins; the ends are swapped")
        start, end = end, start
    if interval is None:
        log.add("temporal-not-iso", field, f"{show(text)} is read as {start or '..'}/{end or '..'}")
    return Temporal(start, end, text)


def _of_object(raw: dict[str, object]) -> str | None:
    """DCAT's `dct:PeriodOfTime`, in the names several profiles give its ends."""
    start = raw.get("startDate") or raw.get("start") or raw.get("dcat:startDate")
    end = raw.get("endDate") or raw.get("end") or raw.get("dcat:endDate")
    texts = [value if isinstance(value, str) else ".." for value in (start, end)]
    return "/".join(texts) if start or end else None


def _interval(text: str) -> Ends | None:
    """ISO 8601: also open (`2020/..`), with a duration, with a shortened end (`2020-01-01/03-31`)."""
    first, slash, second = (part.strip() for part in _REPEATING.sub("", text).partition("/"))
    if not slash or "/" in second:
        return None
    if duration := _DURATION.fullmatch(second):
        start = _end(first)
        return (start, _moved(start, duration, 1)) if start else None
    if duration := _DURATION.fullmatch(first):
        end = _end(second)
        return (_moved(end, duration, -1), end) if end else None
    start = _end(first)
    if start and len(start) >= 10 and _SHORT_END.fullmatch(second):
        second = start[: 10 - len(second)] + second
    return _both(start, _end(second))


def _words(text: str) -> Ends | None:
    if found := _YEARS.fullmatch(text):
        return found[1], found[2]
    bare = _LEAD.sub("", text, count=1) if _LEAD.match(text) else text
    if iso := _end(bare):
        return iso, iso
    if found := _SINCE.fullmatch(bare):
        return _both(_end(found[1] or found[2]), "")
    parts = _BETWEEN.split(bare, maxsplit=1)
    if len(parts) == 1 and bare.count("-") == 1:
        parts = bare.split("-")
    return _both(_end(parts[0]), _end(parts[1])) if len(parts) == 2 else None


def _both(start: str | None, end: str | None) -> Ends | None:
    return (start, end) if start is not None and end is not None and (start or end) else None


def _end(text: str) -> str | None:
    """ISO date of one end; empty when it is open, None when it cannot be read."""
    text = text.strip()
    if not text or text.casefold() in _OPEN:
        return ""
    return iso_of(text) if len(text) <= DATE_LIMIT else None


def _moved(iso: str, duration: re.Match[str], sign: int) -> str:
    """The other end of a duration, its last day (or first) included; whole years stay years."""
    years, months, weeks, days = (int(number or 0) for number in duration.groups())
    if len(iso) == 4 and not (months or weeks or days):
        return f"{min(max(int(iso) + sign * (years - 1), 1), 9999):04}"
    moment = date.fromisoformat(f"{iso}-01-01"[:10] if len(iso) <= 7 else iso[:10])
    month = moment.year * 12 + moment.month - 1 + sign * (years * 12 + months)
    if not 12 <= month < 9999 * 12:
        return ""
    first_of_month = date(month // 12, month % 12 + 1, 1)
    try:
        moved = first_of_month + timedelta(days=moment.day - 1 + sign * (weeks * 7 + days - 1))
    except OverflowError:
        return ""
    return moved.isoformat()


def _plausible(iso: str, field: str, log: IssueLog) -> str | None:
    if not iso:
        return None
    if EARLIEST_YEAR <= int(iso[:4]) <= LATEST_YEAR:
        return iso
    log.add("implausible-date", field, f"the year of {iso} cannot be meant")
    return None
