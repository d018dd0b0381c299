"""How values read: dates, sizes, counts. A value nobody can read is shown as published, never dropped."""

from datetime import UTC, datetime

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def date_label(iso: str | datetime | None) -> str:
    """`2024-09-30T…` as "30 September 2024", `2024-09` as "September 2024", `2024` as it is."""
    if iso is None:
        return ""
    if isinstance(iso, datetime):
        iso = iso.astimezone(UTC).date().isoformat()
    parts = iso[:10].split("-")
    if not all(part.isdigit() for part in parts) or len(parts) > 3:
        return iso
    if len(parts) == 1:
        return parts[0]
    month = int(parts[1])
    if not 1 <= month <= len(MONTHS):
        return iso
    label = f"{MONTHS[month - 1]} {parts[0]}"
    return f"{int(parts[2])} {label}" if len(parts) == 3 else label


def time_value(iso: str | None) -> str | None:
    """The machine form for `<time datetime>`: a year, month or day; None for what is none."""
    if iso is None:
        return None
    day = iso[:10]
    return day if date_label(day) != day or (len(day) == 4 and day.isdigit()) else None


def size_label(count: int | None) -> str:
    """Bytes as "1.4 MB"; empty when unknown."""
    if count is None:
        return ""
    size, unit = float(count), 0
    while size >= 1000 and unit < len(_UNITS) - 1:
        size /= 1000
        unit += 1
    return f"{size:.1f} {_UNITS[unit]}" if unit and size < 100 else f"{size:,.0f} {_UNITS[unit]}"


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 dataset", "1,234 datasets"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def shortened(text: str, limit: int) -> str:
    """The text in at most `limit` characters, cut between words where there are any."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    return (head[: head.rfind(" ")] if " " in head[limit // 2 :] else head) + "…"


def repeated(text: str, limit: int) -> str:
    """What a caller sent, as a sentence or the log may repeat it: cut, and without what is no sign of its own
    (line ends, NUL, marks that turn the text around)."""
    return "".join(char if char.isprintable() else "\ufffd" for char in shortened(text, limit))
