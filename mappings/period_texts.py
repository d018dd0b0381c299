"""Periods named in titles and descriptions: `Crashes 2015-2019`, `FY 2019-2021`, `January 2020 to March
2021`.

A title's one year or range is the period covered; with several it is not known which is meant, and none is.
Of a description only a range counts, as single years there are mostly history. Plans and visions name years
to come.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mappings.dataset import Dataset, Temporal

TITLE_READ = 300
DESCRIPTION_READ = 1_500
"""Characters that are read."""
FIRST_YEAR = 1700
"""An earlier number of four digits is no year in a title."""
_FISCAL_FEDERAL = 0.8
_FISCAL_OTHER = 0.6
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_Y = r"(?:1[789]|20)\d\d"
_M = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_POINT = re.compile(
    rf"(?<![A-Za-z0-9$#.])(?:(?P<iso>{_Y}-[01]\d-[0-3]\d)"
    rf"|(?P<smonth>[01]?\d)/(?P<sday>[0-3]?\d)/(?P<syear>{_Y})"
    rf"|(?P<from>{_M})\.? ?(?:[-–—]|to|through|thru) ?(?P<to>{_M})\.?,? (?P<ryear>{_Y})"
    rf"|(?P<month>{_M})\.?,? (?:(?P<day>\d\d?)(?:st|nd|rd|th)?,? )?(?P<myear>{_Y})"
    rf"|Q(?P<q1>[1-4]),? ?(?P<qyear1>{_Y})|(?P<qyear2>{_Y}),?[ -]?Q(?P<q2>[1-4])"
    rf"|F\.?Y\.? ?['’]?(?P<fiscal>\d\d)|(?P<short>{_Y}) ?[-–/] ?(?P<last>\d\d)(?![-/\d])"
    rf"|F\.?Y\.? ?['’]?(?P<fiscal4>{_Y})|(?P<year>{_Y}))(?![A-Za-z0-9%]|[.,]\d)",
    re.IGNORECASE,
)
_YEAR = re.compile(rf"\b{_Y}|\bF\.?Y\.? ?\d\d")
_JOINS = frozenset({"-", "–", "—", "to", "through", "thru", "until", "and"})
_OPEN = re.compile(
    r"\s?(?:-|–|—|to|through|until)\s?(?:the )?(?:present|current|latest|today|now|date)\b", re.IGNORECASE
)
_FISCAL = re.compile(r"(?:F\.?Y\.?s?|fiscal years?)\s?\Z", re.IGNORECASE)
_SINCE = re.compile(r"\bsince\s\Z", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\s\Z", re.IGNORECASE)
_TO_COME = re.compile(
    r"\b(?:plans?|vision|goals?|targets?|projections?|projected|forecasts?|future|proposed|agenda"
    r"|healthy people|act of|initiative|deprecated|updated|retired|effective)\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\s?(?:feet|foot|ft|acres|sq|square|meters?|miles?|m|km|lbs|form|block)\b", re.IGNORECASE
)
_CODE = re.compile(r"[A-Za-z0-9]-\Z|\d/\Z")
_TWO_DIGITS = re.compile(r"\d\d")


@dataclass(frozen=True, slots=True)
class _Point:
    """A stretch of time named at one place of a text."""

    start: str
    end: str
    first: int
    last: int
    fiscal: bool = False
    ranged: bool = False


def period_in(dataset: Dataset, *, federal: bool) -> Temporal | None:
    """The period a dataset's title names, else its description; None where neither names one for certain."""
    limit = max((int(day[:4]) + 1 for day in (dataset.modified, dataset.issued) if day), default=2030)
    title = dataset.title[:TITLE_READ]
    if _TWO_DIGITS.search(title):
        found = [point for point in _periods(title) if int(point.start[:4]) <= limit]
        ranged = [point for point in found if point.ranged] or found
        if ranged and not (_TO_COME.search(title) and not ranged[0].ranged):
            return _one(ranged, title, 0.8 if ranged[0].ranged else 0.7, federal=federal)
    text = _around_years((dataset.description or "")[:DESCRIPTION_READ])
    ranged = [point for point in _periods(text) if point.ranged and int(point.start[:4]) <= limit]
    return _one(ranged, text, 0.5, federal=federal)


def _around_years(text: str) -> str:
    """The stretch of a description from its first year to its last: mostly there is none."""
    first = _YEAR.search(text)
    if first is None:
        return ""
    last = first.end()
    for match in _YEAR.finditer(text, last):
        last = match.end()
    return text[max(0, first.start() - 40) : last + 30]


def _one(points: list[_Point], text: str, confidence: float, *, federal: bool) -> Temporal | None:
    """The period of points that all say the same."""
    if len({(point.start, point.end) for point in points}) != 1:
        return None
    one = points[0]
    start, end = one.start, one.end
    if one.fiscal:
        confidence = min(confidence, _FISCAL_FEDERAL if federal else _FISCAL_OTHER)
        if federal and len(start) == len(end) == 4:
            start, end = f"{int(start) - 1}-10-01", f"{end}-09-30"
    return Temporal(
        start, end or None, derived=True, evidence=text[one.first : one.last].strip(), confidence=confidence
    )


def _periods(text: str) -> Iterator[_Point]:
    """Ranges and single points from left to right; both ends of a range are one."""
    pending: _Point | None = None
    for match in _POINT.finditer(text):
        point = _point(match, text)
        if point is None:
            continue
        if pending is not None:
            gap = text[pending.last : point.first].strip().casefold()
            said = gap in _JOINS and (gap != "and" or _BETWEEN.search(text[: pending.first]) is not None)
            if said and not pending.ranged and not point.ranged and pending.start[:7] <= point.end[:7]:
                yield _Point(pending.start, point.end, pending.first, point.last, pending.fiscal, True)
                pending = None
                continue
            yield from _alone(pending, text)
        pending = point
    if pending is not None:
        yield from _alone(pending, text)


def _alone(point: _Point, text: str) -> Iterator[_Point]:
    """A point that is no end of a range, unless it is part of a code (555-1999) or a measure (2000 feet)."""
    if found := _OPEN.match(text, point.last):
        yield _Point(point.start, "", point.first, found.end(), point.fiscal, True)
    elif since := _SINCE.search(text[: point.first]):
        yield _Point(point.start, "", since.start(), point.last, point.fiscal, True)
    elif not _CODE.search(text[: point.first]) and not _MEASURE.match(text, point.last):
        yield point


def _point(match: re.Match[str], text: str) -> _Point | None:
    start, end = _ends(match)
    if not start:
        return None
    first, fiscal = match.start(), bool(match["fiscal"] or match["fiscal4"])
    if (lead := _FISCAL.search(text[max(0, first - 14) : first])) is not None:
        fiscal, first = True, first - len(lead[0])
    ranged = bool(match["short"] or match["from"])
    return _Point(start, end, first, match.end(), fiscal, ranged)


def _ends(match: re.Match[str]) -> tuple[str, str]:
    """ISO dates of both ends; empty texts for what is no date."""
    if year := match["year"] or match["fiscal4"]:
        return year, year
    if two := match["fiscal"]:
        year = f"20{two}" if int(two) < 40 else f"19{two}"
        return year, year
    if year := match["short"]:
        last = f"{year[:2]}{match['last']}"
        return (year, last) if year < last <= f"{int(year) + 30}" else ("", "")
    return _months(match) if match["ryear"] or match["qyear1"] or match["qyear2"] else _days(match)


def _months(match: re.Match[str]) -> tuple[str, str]:
    """A quarter, or some months of one year."""
    if year := match["qyear1"] or match["qyear2"]:
        quarter = int(match["q1"] or match["q2"])
        return f"{year}-{quarter * 3 - 2:02}", f"{year}-{quarter * 3:02}"
    year, first, last = match["ryear"], _month(match["from"]), _month(match["to"])
    return (f"{year}-{first:02}", f"{year}-{last:02}") if first <= last else ("", "")


def _days(match: re.Match[str]) -> tuple[str, str]:
    """A month or a day."""
    if year := match["myear"]:
        day = f"{year}-{_month(match['month']):02}"
        return (day, day) if match["day"] is None else _day(f"{day}-{int(match['day']):02}")
    if year := match["syear"]:
        return _day(f"{year}-{int(match['smonth']):02}-{int(match['sday']):02}")
    return _day(match["iso"])


def _month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _day(iso: str) -> tuple[str, str]:
    try:
        date.fromisoformat(iso)
    except ValueError:
        return "", ""
    return iso, iso
