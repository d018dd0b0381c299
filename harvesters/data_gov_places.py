"""The area that a search of data.gov's catalogue is narrowed to: a box, a geometry, or a place by its name.

The catalogue knows places by name: `GET /api/locations/search?q=` lists them, `GET /api/location/<id>` has
the geometry. Source: github.com/GSA/datagov-catalog, app/routes.py.
"""

import json
import re
from typing import Any

import orjson

from harvesters.fetch_error import FetchError

SHOWN = 5
LONGEST = 4_000
"""Characters of a geometry that fit an address; of a longer one its box is asked for."""

_NUMBER = r"\s*([+-]?\d{1,3}(?:\.\d{1,15})?)\s*"
_BOX = re.compile(",".join([_NUMBER] * 4), re.ASCII)
_DEPTH = 12


def stated_geometry(place: object) -> dict[str, Any] | None:
    """GeoJSON for a place stated as one, or as a box `west,south,east,north` (a text or a list); None for a
    name. Raises FetchError `bad-option`."""
    if isinstance(place, dict):
        return _checked(place)
    if isinstance(place, list):
        place = ",".join(map(str, place))
    text = place.strip() if isinstance(place, str) else ""
    if text.startswith("{"):
        try:
            return _checked(orjson.loads(text))
        except orjson.JSONDecodeError:
            raise _bad(text) from None
    if found := _BOX.fullmatch(text):
        return _polygon(*map(float, found.groups()))
    if not any(map(str.isalpha, text)):
        raise _bad(str(place))
    return None


def as_parameter(geometry: dict[str, Any]) -> str:
    """The geometry as the search takes it. Raises FetchError `bad-option` for one without positions."""
    text = json.dumps(geometry, separators=(",", ":"))
    if len(text) <= LONGEST:
        return text
    longitudes, latitudes = _positions(geometry.get("coordinates"), _DEPTH)
    if not longitudes:
        raise _bad(text)
    box = _polygon(min(longitudes), min(latitudes), max(longitudes), max(latitudes))
    return json.dumps(box, separators=(",", ":"))


def location_id(answer: bytes, name: str) -> str:
    """The id of the place of that name among those an answer lists: of the same name, else the only one.

    Raises FetchError `bad-option`, with the names that there are.
    """
    places = [place for place in _listed(answer) if isinstance(place.get("id"), (str, int))]
    names = [str(place.get("display_name") or "") for place in places]
    wanted = name.strip().casefold()
    exact = [place for place, said in zip(places, names, strict=True) if said.strip().casefold() == wanted]
    found = exact if exact else places
    if len(found) == 1 or (exact and found):
        return str(found[0]["id"])
    said = "; ".join(names[:SHOWN]) if places else "nothing"
    raise FetchError("bad-option", f"place = {name!r} is not one place; the catalogue knows {said}")


def location_geometry(answer: bytes, name: str) -> dict[str, Any]:
    """The geometry of a place's own answer. Raises FetchError `bad-option`."""
    value = _loaded(answer)
    geometry = value.get("geometry") if isinstance(value, dict) else None
    if isinstance(geometry, str):
        geometry = _loaded(geometry.encode())
    if not isinstance(geometry, dict):
        raise FetchError("bad-option", f"the catalogue has no geometry of the place {name!r}")
    return _checked(geometry)


def _listed(answer: bytes) -> list[dict[str, Any]]:
    value = _loaded(answer)
    places = value.get("locations") if isinstance(value, dict) else None
    return [place for place in places if isinstance(place, dict)] if isinstance(places, list) else []


def _loaded(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _checked(geometry: Any) -> dict[str, Any]:
    if isinstance(geometry, dict) and isinstance(geometry.get("type"), str) and geometry.get("coordinates"):
        return geometry
    raise _bad(str(geometry))


def _polygon(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """The box as a polygon; as two where it crosses the antimeridian."""
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise _bad(f"{west:g},{south:g},{east:g},{north:g}")
    if west <= east:
        return {"type": "Polygon", "coordinates": _ring(west, south, east, north)}
    halves = [_ring(west, south, 180.0, north), _ring(-180.0, south, east, north)]
    return {"type": "MultiPolygon", "coordinates": halves}


def _ring(west: float, south: float, east: float, north: float) -> list[list[list[float]]]:
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def _positions(value: Any, depth: int) -> tuple[list[float], list[float]]:
    """All longitudes and latitudes in nested lists of positions."""
    if not isinstance(value, list) or not depth:
        return [], []
    if len(value) >= 2 and all(isinstance(item, (int, float)) for item in value[:2]):
        return [float(value[0])], [float(value[1])]
    longitudes: list[float] = []
    latitudes: list[float] = []
    for item in value:
        further, higher = _positions(item, depth - 1)
        longitudes += further
        latitudes += higher
    return longitudes, latitudes


def _bad(said: str) -> FetchError:
    return FetchError(
        "bad-option",
        f"place must be west,south,east,north in degrees, a GeoJSON geometry or a name, it is {said[:80]!r}",
    )
