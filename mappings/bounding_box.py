"""Bounding boxes in degrees, and what portals do to them."""

import math

from mappings.issue import IssueLog

WIDE = 300.0
"""A box wider than this, yet not the whole world, is nearly always one that should have crossed the
antimeridian: Alaska's is published as -165.8 … 179.2, from its westernmost to its easternmost island."""
WORLD = 359.0
CROSSING = 180.0
"""A box with west > east crosses the antimeridian when that makes it at most this wide; else its corners
are swapped (`0,-90,-88.5,40.7`)."""
ROUNDING = 0.01


def bounding_box(
    west: float, south: float, east: float, north: float, *, field: str, log: IssueLog
) -> list[float] | None:
    """[west, south, east, north], west > east where it crosses the antimeridian; None off the Earth.

    Logs `bbox-swapped` (repaired), `bbox-is-point` and `bbox-crosses-antimeridian` (both kept as published)
    and `bbox-out-of-range`.
    """
    published = (west, south, east, north)
    if max(abs(south), abs(north)) > 90 and max(abs(west), abs(east)) <= 90:
        log.add(
            "bbox-swapped", field, f"{_shown(published)}: latitudes stand where longitudes belong; exchanged"
        )
        west, south, east, north = south, west, north, east
    if west >= 0 and CROSSING < east <= 360:
        west, east = _from_360(west, east)
    if not _on_earth(west, south) or not _on_earth(east, north):
        log.add("bbox-out-of-range", field, f"{_shown(published)} does not lie on the Earth")
        return None
    west, east = max(west, -180.0), min(east, 180.0)
    south, north = max(south, -90.0), min(north, 90.0)
    if south > north:
        log.add("bbox-swapped", field, f"{_shown(published)}: the south is north of the north; exchanged")
        south, north = north, south
    if west > east and east - west + 360 > CROSSING:
        log.add("bbox-swapped", field, f"{_shown(published)}: the west is east of the east; exchanged")
        west, east = east, west
    if WIDE < east - west < WORLD:
        log.add("bbox-crosses-antimeridian", field, f"{_shown(published)} is {east - west:.0f}° wide")
    if west == east and south == north:
        log.add("bbox-is-point", field, f"{_shown(published)} has no extent")
    return [west, south, east, north]


def _shown(sides: tuple[float, ...]) -> str:
    return ",".join(f"{side:g}" for side in sides)


def _on_earth(longitude: float, latitude: float) -> bool:
    return (
        math.isfinite(longitude)
        and math.isfinite(latitude)
        and abs(longitude) <= 180 + ROUNDING
        and abs(latitude) <= 90 + ROUNDING
    )


def _from_360(west: float, east: float) -> tuple[float, float]:
    """Longitudes counted from 0 to 360, as oceanographers do."""
    if east - west >= WORLD:
        return -180.0, 180.0
    return (west - 360 if west > CROSSING else west), east - 360
