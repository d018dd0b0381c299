"""Well-Known Text, which some catalogues publish as `spatial`: read as GeoJSON."""

import json
import re

from mappings.geometry import GEOJSON_TYPES, Extent, number, of_geojson

_WKT = re.compile(r"(?:SRID=\d{1,6};)?\s?([A-Za-z]{5,15})\s?(?:ZM|Z|M)?\s?(\(.*\))", re.ASCII | re.DOTALL)
_WKT_NAMES = {name.upper(): name for name in GEOJSON_TYPES}
_POSITION = re.compile(
    r"([+-]?\d[\d.eE+-]{0,30})\s{1,9}([+-]?\d[\d.eE+-]{0,30})(?:\s{1,9}[+-]?\d[\d.eE+-]{0,30}){0,2}", re.ASCII
)
"""Bounded, so that a megabyte of digits takes no quadratic time."""


def extent_of_wkt(text: str) -> Extent | None:
    """The extent of Well-Known Text; `ENVELOPE(w, e, n, s)` has Solr's order."""
    found = _WKT.fullmatch(text)
    if not found:
        return None
    name, body = found[1].upper(), found[2]
    if name == "ENVELOPE":
        sides = [number(side.strip()) for side in body.strip("() ").split(",")]
        if len(sides) != 4 or None in sides:
            return None
        west, east, north, south = (side or 0.0 for side in sides)
        return Extent(west, south, east, north)
    if name not in _WKT_NAMES:
        return None
    listed = _POSITION.sub(r"[\1,\2]", body).replace("(", "[").replace(")", "]").replace("+", "")
    try:
        coordinates = json.loads(listed)
    except (ValueError, RecursionError):
        return None
    if name == "POINT" and coordinates:
        coordinates = coordinates[0]
    return of_geojson({"type": _WKT_NAMES[name], "coordinates": coordinates})


def is_wkt(text: str) -> bool:
    """Does the text begin like Well-Known Text? ("Point Reyes (north)" does not.)"""
    found = re.match(r"(?:SRID=\d{1,6};)?\s?([A-Za-z]{5,15})\s?(?:ZM|Z|M)?\s?\(\s?[-+(\d]", text)
    return found is not None and (found[1].upper() in _WKT_NAMES or found[1].upper() == "ENVELOPE")
