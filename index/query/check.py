"""Refuse requests over the published limits, naming the parameter and saying what is allowed."""

from index.fields import SORTS
from index.query.model import (
    MATCHES,
    MAX_FACET_LIMIT,
    MAX_LIMIT,
    MAX_WINDOW,
    BadRequest,
    SearchRequest,
)


def check(request: SearchRequest) -> None:
    """Raises BadRequest. The query text and the filters are checked where they are read."""
    _among("sort", request.sort, SORTS)
    _among("match", request.match, MATCHES)
    _within("limit", request.limit, 0, MAX_LIMIT)
    _within("offset", request.offset, 0, MAX_WINDOW)
    _within("facet_limit", request.facet_limit, 1, MAX_FACET_LIMIT)
    if request.offset + request.limit > MAX_WINDOW:
        raise BadRequest(
            "offset",
            f"only the first {MAX_WINDOW:,} results can be paged; narrow the search or take an export",
        )


def _among(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise BadRequest(name, f"{name} is {value[:40]!r}; it can be {', '.join(allowed)}")


def _within(name: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadRequest(name, f"{name} is {value}; it can be {least} to {most:,}")
