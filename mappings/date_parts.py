"""A date as people write it taken apart: what leads to it, the weekday, the day, the time of day, the zone.

`Tuesday, January 5, 2020 at 3:00 PM EST` is the day `January 5, 2020` and the time `T15:00:00-05:00`. The day
is read by `mappings.date_spellings`; here is what stands around it, and the names of months in six languages.
"""

import re
from dataclasses import dataclass

_LEAD = re.compile(
    r"(?:last |date )?(?:updated?|revised|modified|published|released|created|issued|as of|date)"
    r"(?: on)?\s*:?\s+",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"(?P<english>mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"\.?,?\s+(?=\S)"
    r"|(?:lun|mar|mer|jeu|ven|sam|dim|mié|mie|jue|vie|sáb|sab|dom|gio"
    r"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|mo|di|mi|do|fr|sa|so"
    r"|lunedì|martedì|mercoledì|giovedì|venerdì|sabato|domenica)\.?,?\s+(?=\d{1,2}[/.]\d)",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?:\s*,)?(?:\s+-)?(?:\s+at)?[T\s]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?"
    r"(?:\s*([ap])\.?m\.?)?(?:\s*(z|utc|gmt|[a-z]{3,4}|(?:utc|gmt)?[+-]\d\d:?\d\d))?(?:\s*[(\[][^()\[\]]{1,40}[)\]])?\Z",
    re.IGNORECASE | re.ASCII,
)
_COMMAND = re.compile(
    r"([a-z]{3})\s+(\d{1,2})\s+(\d\d:\d\d:\d\d)\s+(?:([a-z]{3,4})\s+)?(\d{4})\Z", re.IGNORECASE | re.ASCII
)
"""As the `date` command of Unix prints it, without the weekday."""
_ZONE_OF_A_DAY = re.compile(r"(\d{4}-\d\d-\d\d)\s*(?:Z|UTC|[+-]\d\d:\d\d)\Z", re.ASCII)
_NO_DAY = re.compile(r"(\d{4})-(?:00-00|(\d\d)-00)\Z", re.ASCII)
_UTC = dict.fromkeys(("z", "utc", "gmt"), "Z")
_AMERICAN = {
    "akst": -9,
    "akdt": -8,
    "pst": -8,
    "pdt": -7,
    "mst": -7,
    "mdt": -6,
    "cst": -6,
    "cdt": -5,
    "est": -5,
    "edt": -4,
}
_ZONES = _UTC | {name: f"-{-hours:02}:00" for name, hours in _AMERICAN.items()} | {"hst": "-10:00"}

_MONTHS = (
    "january jan enero ene janvier janv januar gennaio gen janeiro",
    "february feb febrero février févr fevrier februar febbraio fevereiro fev",
    "march mar marzo mars märz maerz março marco",
    "april apr abril abr avril avr aprile",
    "may mayo mai maggio mag maio",
    "june jun junio juin juni giugno giu junho",
    "july jul julio juillet juil juli luglio lug julho",
    "august aug agosto ago août aout",
    "september sep sept septiembre setiembre septembre settembre set setembro",
    "october oct octubre octobre oktober okt ottobre ott outubro out",
    "november nov noviembre novembre novembro",
    "december dec diciembre dic décembre déc decembre dezember dez dicembre dezembro",
)
_BY_NAME = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}


@dataclass(frozen=True, slots=True)
class Parts:
    """The day as written, the time of day in ISO 8601 (`T15:00:00-05:00`, or empty), and whether the
    weekday's language puts the day before the month."""

    day: str
    clock: str = ""
    day_first: bool = False


def month_number(name: str) -> str | None:
    """The month of a name or its usual abbreviation, in English and the languages of western Europe."""
    number = _BY_NAME.get(name.casefold())
    return str(number) if number else None


def take_apart(text: str) -> Parts | None:
    """The parts of a text in which something stands around the day; None where nothing does, or where the
    time or zone cannot be."""
    rest = _LEAD.sub("", text, count=1) if _LEAD.match(text) else text
    weekday = _WEEKDAY.match(rest)
    if weekday:
        rest = rest[weekday.end() :]
    day_first = weekday is not None and weekday["english"] is None
    if found := _COMMAND.match(rest):
        month, day, clock, zone, year = found.groups()
        return Parts(f"{month} {day} {year}", f"T{clock}{_ZONES.get((zone or '').lower(), '')}")
    if found := _ZONE_OF_A_DAY.match(rest):
        return Parts(found[1])
    if found := _NO_DAY.match(rest):
        return Parts(f"{found[1]}-{found[2]}" if found[2] else found[1])
    if found := _CLOCK.search(rest):
        time_of_day = _clock(found)
        return Parts(rest[: found.start()].strip(" ,-"), time_of_day, day_first) if time_of_day else None
    return Parts(rest, "", day_first) if rest != text else None


def _clock(found: re.Match[str]) -> str | None:
    hour, minute, second, half, zone = found.groups()
    hours = int(hour)
    if half and hours <= 12:
        hours = hours % 12 + (12 if half in "pP" else 0)
    elif half in ("a", "A") or hours > 23:
        return None
    return f"T{hours:02}:{minute}:{second or '00'}{_offset(zone)}"


def _offset(zone: str | None) -> str:
    """A zone as an offset; a name we do not know is left out, as the time then has no zone."""
    lower = (zone or "").lower()
    if lower.endswith(("0000", "00:00")) and lower.startswith(("utc", "gmt")):
        return "Z"
    digits = re.sub(r"[a-z:]", "", lower)
    return _ZONES.get(lower) or (f"{digits[:3]}:{digits[3:]}" if len(digits) == 5 else "")
