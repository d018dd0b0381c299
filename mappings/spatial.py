"""Where the data is about: bounding boxes, GeoJSON, place names."""

import json
import math
import re
from typing import Any

from mappings.dataset import Place, Spatial
from mappings.issue import IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import clip, read_scalar

_NUMBER = r"\s*(-?\d{1,4}(?:\.\d{0,20})?(?:[eE]-?\d{1,3})?)\s*"
_BBOX = re.compile(rf"{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}")
_JSON_LIMIT = 1_000_000
_POINT_LIMIT = 100_000
_WIDE = 300.0


def read_spatial(raw: object, field: str, log: IssueLog) -> Spatial | None:
    """The box, the geometry and the place names. See `bounding_box` for the issues of boxes."""
    if isinstance(raw, (dict, list)):
        spatial = _from_object(raw, field, log)
        if spatial is not None:
            spatial.as_published = clip(json.dumps(raw, ensure_ascii=False, default=str))
        return spatial
    text = read_scalar(raw, field, log)
    if text is None or not (text := text.strip()):
        return None
    if found := _BBOX.fullmatch(text):
        box = bounding_box([float(number) for number in found.groups()], field, log)
        return Spatial(box, as_published=text)
    if text[0] in "{[" and len(text) <= _JSON_LIMIT:
        spatial = _from_json(text, field, log)
        if spatial is not None:
            spatial.as_published = clip(text)
            return spatial
    return _from_places(text, field, log)


def bounding_box(corners: list[float], field: str, log: IssueLog) -> list[float] | None:
    """[west, south, east, north] in degrees, repaired where the corners are plainly swapped.

    Logs `bbox-swapped`, `bbox-is-point`, `bbox-crosses-antimeridian` (wider than 300°) and
    `bbox-out-of-range` (None).
    """
    west, south, east, north = corners
    if not all(map(math.isfinite, corners)) or _outside(west, south) or _outside(east, north):
        log.add("bbox-out-of-range", field, f"{corners} does not lie on the Earth")
        return None
    if south > north:
        log.add("bbox-swapped", field, f"{corners}: south is north of north; swapped")
        south, north = north, south
    if west == east and south == north:
        log.add("bbox-is-point", field, f"{corners} is a point")
    return [west, south, east, north]


def _outside(longitude: float, latitude: float) -> bool:
    return abs(longitude) > 180 or abs(latitude) > 90


def _from_places(text: str, field: str, log: IssueLog) -> Spatial | None:
    real = without_placeholder(text, field, log)
    if real is None:
        return None
    return Spatial(places=[Place(clip(" ".join(real.split()), 300))], as_published=clip(text))


def _from_json(text: str, field: str, log: IssueLog) -> Spatial | None:
    try:
        return _from_object(json.loads(text), field, log)
    except (ValueError, RecursionError):
        return None


def _from_object(value: Any, field: str, log: IssueLog) -> Spatial | None:
    if isinstance(value, list):
        numbers = _numbers(value)
        if len(value) == 4 and len(numbers) == 4:
            return Spatial(bounding_box(numbers, field, log))
        return None
    if not isinstance(value, dict):
        return None
    points = _points(value.get("coordinates"))
    if not points:
        return None
    longitudes, latitudes = [p[0] for p in points], [p[1] for p in points]
    box = bounding_box([min(longitudes), min(latitudes), max(longitudes), max(latitudes)], field, log)
    return Spatial(box, geometry=value if box else None)


def _numbers(values: list[Any]) -> list[float]:
    return [float(v) for v in values if isinstance(v, (int, float)) and not isinstance(v, bool)]


def _points(coordinates: object) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    stack = [coordinates]
    while stack and len(points) < _POINT_LIMIT:
        item = stack.pop()
        if not isinstance(item, list):
            continue
        numbers = _numbers(item[:2]) if len(item) >= 2 else []
        if len(numbers) == 2:
            points.append((numbers[0], numbers[1]))
        else:
            stack.extend(item)
    return points
