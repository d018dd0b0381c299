"""The period a dataset covers: `start/end`, `start/duration`, one date, words."""

import re

from mappings.dataset import Temporal
from mappings.dates import DATE_LIMIT, read_date
from mappings.issue import IssueLog
from mappings.published import clip, read_scalar, show

_LIMIT = 200
_OPEN = {"", "..", "present", "now", "current", "today", "ongoing", "unknown", "-", "null", "none"}
_YEARS = re.compile(r"(\d{4})\s*(?:-|–|to|through|until|/)\s*(\d{4})")
_SPLIT = re.compile(r"\s+(?:to|through|until|thru|-|–)\s+|\s*/\s*|\s*–\s*", re.IGNORECASE)


def read_temporal(raw: object, field: str, log: IssueLog) -> Temporal | None:
    """The interval; an end that is open or unreadable is None. Logs `invalid-temporal`, `temporal-reversed`."""
    if isinstance(raw, dict):
        start = raw.get("startDate") or raw.get("start")
        end = raw.get("endDate") or raw.get("end")
        raw = f"{start or ''}/{end or ''}" if start or end else None
    text = read_scalar(raw, field, log)
    if text is None or not text.strip():
        return None
    published = clip(text)
    text = text.strip()
    if len(text) > _LIMIT:
        log.add("invalid-temporal", field, f"{show(text)} is too long for a period")
        return Temporal(None, None, published)
    start_text, end_text = _ends(text)
    start, end = _end(start_text, field, log), _end(end_text, field, log)
    if start is None and end is None:
        log.add("invalid-temporal", field, f"{show(text)} is no period of time")
    elif start and end and end < start[: len(end)]:
        log.add("temporal-reversed", field, f"{show(text)} ends before it begins; the ends are swapped")
        start, end = end, start
    return Temporal(start, end, published)


def _ends(text: str) -> tuple[str, str]:
    if found := _YEARS.fullmatch(text):
        return found[1], found[2]
    parts = _SPLIT.split(text, maxsplit=1)
    return (parts[0], parts[1]) if len(parts) == 2 else (text, text)


def _end(text: str, field: str, log: IssueLog) -> str | None:
    text = text.strip()
    if text.casefold() in _OPEN or len(text) > DATE_LIMIT:
        return None
    return read_date(text, field, IssueLog())
