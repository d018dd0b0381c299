"""Coordinates in the notations of JSON metadata: GeoJSON, corner pairs, named sides."""

import json
from typing import Any, NamedTuple

GEOMETRY_LIMIT = 2_000
"""Positions of a geometry that is kept; of a finer one only the box (a coastline has millions)."""

_SIDES = (
    ("west", "south", "east", "north"),
    ("westBoundLongitude", "southBoundLatitude", "eastBoundLongitude", "northBoundLatitude"),
    ("westBoundingLongitude", "southBoundingLatitude", "eastBoundingLongitude", "northBoundingLatitude"),
    (
        "WestBoundingCoordinate",
        "SouthBoundingCoordinate",
        "EastBoundingCoordinate",
        "NorthBoundingCoordinate",
    ),
    ("westbc", "southbc", "eastbc", "northbc"),
    ("xmin", "ymin", "xmax", "ymax"),
)
"""What the four sides are called: plainly, in ISO 19115, in DCAT-US 3, in NASA's ECHO, in FGDC, by Esri."""
GEOJSON_TYPES = frozenset(["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon"])
_FAR = 1e6
_MEASURES = 4
"""Numbers of a position: longitude, latitude, height, and what Well-Known Text calls a measure."""


class Extent(NamedTuple):
    """Sides in degrees as published, and the GeoJSON geometry where there is more than a box.

    `positions` counts the geometry's; beyond `GEOMETRY_LIMIT` it is not kept.
    """

    west: float
    south: float
    east: float
    north: float
    geometry: dict[str, Any] | None = None
    positions: int = 2


def extent_of(value: object, depth: int = 6) -> Extent | None:
    """The extent of a parsed JSON value, looked for in what it nests; None when there is none."""
    if depth == 0:
        return None
    if isinstance(value, dict):
        return _of_sides(value) or of_geojson(value) or _within(value, depth)
    if not isinstance(value, list):
        return None
    numbers = [number(item) for item in value[:4]]
    if len(value) == 4 and None not in numbers:
        west, south, east, north = (item or 0.0 for item in numbers)
        return Extent(west, south, east, north)
    if len(value) == 2 and all(isinstance(item, list) and len(item) == 2 for item in value):
        return _of_corners([number(item) for pair in value for item in pair])
    return next((found for item in value[:20] if (found := extent_of(item, depth - 1))), None)


def number(value: object) -> float | None:
    """A finite coordinate, also when written as a string; None for anything else."""
    if isinstance(value, str) and len(value) <= 40:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and -_FAR < value < _FAR:
        return float(value)
    return None


def _of_sides(value: dict[str, Any]) -> Extent | None:
    for names in _SIDES:
        if names[0] in value:
            sides = [number(value.get(name)) for name in names]
            if None not in sides:
                west, south, east, north = (side or 0.0 for side in sides)
                return Extent(west, south, east, north)
    return None


def of_geojson(value: dict[str, Any]) -> Extent | None:
    """The extent of one GeoJSON geometry; its numbers must be numbers, finite ones."""
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in GEOJSON_TYPES:
        return None
    west = south = _FAR
    east = north = -_FAR
    positions = lists = 0
    stack = [value.get("coordinates")]
    while stack:
        item = stack.pop()
        if not isinstance(item, list) or not item:
            lists += 1
            continue
        if isinstance(item[0], list):
            lists += 1
            stack.extend(item)
            continue
        if not _is_position(item):
            return None
        x, y = number(item[0]), number(item[1])
        if x is None or y is None:
            return None
        positions += 1
        west, east = min(west, x), max(east, x)
        south, north = min(south, y), max(north, y)
    if positions == 0:
        return None
    small = positions <= GEOMETRY_LIMIT and lists <= GEOMETRY_LIMIT
    kept = {"type": kind, "coordinates": value["coordinates"]} if small else None
    return Extent(west, south, east, north, kept, positions)


def _is_position(item: list[Any]) -> bool:
    """Two to four finite numbers: nothing else may ride along into what is kept."""
    return 2 <= len(item) <= _MEASURES and all(
        isinstance(part, (int, float)) and not isinstance(part, bool) and abs(part) < 1e15 for part in item
    )


def _within(value: dict[str, Any], depth: int) -> Extent | None:
    """Features, collections, DCAT's `dct:Location`."""
    for name in ("features", "geometries"):
        if isinstance(value.get(name), list):
            return _united([extent_of(item, depth - 1) for item in value[name]])
    for name in ("bbox", "dcat:bbox", "geometry", "locn:geometry", "extent", "coordinates"):
        inner = value.get(name)
        if isinstance(inner, str):
            inner = _parsed(inner)
        if found := extent_of(inner, depth - 1):
            return found
    return None


def _united(extents: list[Extent | None]) -> Extent | None:
    found = [extent for extent in extents if extent is not None]
    if len(found) < 2:
        return found[0] if found else None
    wests, souths, easts, norths = zip(*(extent[:4] for extent in found), strict=True)
    return Extent(min(wests), min(souths), max(easts), max(norths))


def _parsed(text: str) -> object:
    text = text.strip()
    if text[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return None
    sides = text.split(",")
    return sides if len(sides) == 4 else None


def _of_corners(values: list[float | None]) -> Extent | None:
    """Two corners, latitude first, as Project Open Data's examples had them (`[[-90,-180],[90,180]]`);
    longitude first where only that lies on the Earth."""
    first, second, third, fourth = values
    if first is None or second is None or third is None or fourth is None:
        return None
    if max(abs(first), abs(third)) > 90:
        first, second, third, fourth = second, first, fourth, third
    return Extent(second, first, fourth, third)
