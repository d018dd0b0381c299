"""Dates of a record: when it was issued, when its data changed. ISO 8601, as precise as published."""

import re
from datetime import UTC, datetime

from mappings.date_spellings import iso_of, strict_iso
from mappings.issue import IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import read_scalar, show

DATE_LIMIT = 64
"""Characters of a text that may be a date: dateparser takes two seconds for 10 KB."""
EARLIEST_YEAR = 1000
LATEST_YEAR = 2100
"""Beyond, a year is a typing error (0014) or a filler (9999), and would sort as the newest of all."""

_INTERVAL = re.compile(r"R\d*/.*|P(?=[\dT])[\dYMWDTHS.]+", re.ASCII)


def read_date(raw: object, field: str, log: IssueLog) -> str | None:
    """A year, month, date or date-time in ISO 8601.

    Logs `date-not-iso` for what was read from another spelling, `modified-is-interval` for `R/P1Y` (Project
    Open Data allows it for `modified`; it says how often, not when), `date-before-1990` for what is kept but
    unusual, `implausible-date` and `invalid-date` for what is not kept.
    """
    if isinstance(raw, str) and (iso := strict_iso(raw)):
        return _plausible(iso, field, log)
    text = (read_scalar(raw, field, log) or "").strip()
    if len(text) > DATE_LIMIT:
        log.add("invalid-date", field, f"{show(text)} has {len(text):,} characters")
        return None
    real = without_placeholder(text, field, log) if text else None
    if real is None:
        return None
    if _INTERVAL.fullmatch(real):
        log.add("modified-is-interval", field, f"{show(real)} says how often, not when")
        return None
    iso = iso_of(real)
    if iso is None:
        log.add("invalid-date", field, f"{show(real)} is no date")
        return None
    if iso != real:
        log.add("date-not-iso", field, f"{show(real)} is read as {iso}")
    return _plausible(iso, field, log)


def date_key(iso: str | None) -> int | None:
    """Seconds since 1970 of the start of the period, for sorting; a naive time counts as UTC."""
    if not iso:
        return None
    try:
        moment = datetime.fromisoformat(iso if len(iso) > 7 else f"{iso}-01-01"[:10])
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int(moment.timestamp())
    except (ValueError, OverflowError):
        return None


def _plausible(iso: str, field: str, log: IssueLog) -> str | None:
    year = int(iso[:4])
    if 1990 <= year <= LATEST_YEAR:
        return iso
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        log.add("implausible-date", field, f"the year of {iso} cannot be meant")
        return None
    log.add("date-before-1990", field, f"{iso} is unusually early for the metadata of open data")
    return iso
