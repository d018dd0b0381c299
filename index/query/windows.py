"""The `updated` facet: windows of days before now, the same bounds for every engine."""

from collections.abc import Iterable
from datetime import datetime

from index.fields import UPDATED_DAYS

DAY = 86_400
AHEAD = DAY
"""A date without a zone may lie up to a day ahead of UTC's now; what claims a later one is not recent."""


def bounds(window: str, now: datetime) -> tuple[int, int]:
    """From (inclusive) and to (exclusive) of a window, in epoch seconds."""
    moment = int(now.timestamp())
    return moment - UPDATED_DAYS[window] * DAY, moment + AHEAD


def widest(windows: Iterable[str]) -> str | None:
    """The window that holds all of these, because windows are nested; None without any."""
    return max(windows, key=UPDATED_DAYS.__getitem__, default=None)


def by_width() -> list[str]:
    """All windows, the narrowest first."""
    return sorted(UPDATED_DAYS, key=UPDATED_DAYS.__getitem__)
