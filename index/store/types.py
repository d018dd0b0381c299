"""A column of moments: aware UTC date-times on every database."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import DateTime, Dialect
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """An aware `datetime`, kept in UTC. SQLite has no zones, so there it is a text without one.

    A naive time is refused with ValueError: nobody knows when that was. The processors go past SQLAlchemy's
    own and remember what they did last, because the records of a run share their moments: that is 10 µs less
    a record, written or read.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """To what the database keeps."""
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Back to an aware date-time."""
        return _from_text if dialect.name == "sqlite" else _to_utc


def _to_utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; pass an aware date-time")
    return moment.astimezone(UTC)


@lru_cache(maxsize=256)
def _to_text(moment: datetime | None) -> str | None:
    utc = _to_utc(moment)
    return None if utc is None else utc.replace(tzinfo=None).isoformat(" ", "microseconds")


@lru_cache(maxsize=256)
def _from_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
