"""Where the data is about: a box, a geometry, a place name."""

import json
import re

from mappings.bounding_box import bounding_box
from mappings.characters import clean_characters
from mappings.dataset import Place, Spatial
from mappings.geometry import GEOMETRY_LIMIT, Extent, extent_of
from mappings.issue import IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import clip, encodable, read_scalar, show
from mappings.well_known_text import extent_of_wkt, is_wkt

TEXT_LIMIT = 1_000_000
"""Characters of a geometry that are read at all."""
_BBOX_LIMIT = 400
PLACE_LIMIT = 200
"""Characters of a place name, and places of one record."""

_NUMBER = r"\s*([+-]?\d{1,4}(?:\.\d{0,20})?(?:[eE]-?\d{1,3})?)\s*"
_BBOX = re.compile(rf"{_NUMBER},{_NUMBER},{_NUMBER},{_NUMBER}", re.ASCII)
_WORD = re.compile(r"[^\W\d_]{2}")
_NAMES = ("prefLabel", "skos:prefLabel", "name", "label", "rdfs:label", "title")


def read_spatial(raw: object, field: str, log: IssueLog) -> Spatial | None:
    """Box, geometry or places; None where nothing can be read.

    Boxes are `w,s,e,n`, GeoJSON, corner pairs, named sides or WKT; text without coordinates is a place.
    Logs `invalid-spatial`, `geometry-too-detailed`, `too-many-values`, and what `bounding_box` finds.
    """
    if isinstance(raw, (dict, list)) and not (isinstance(raw, dict) and "@value" in raw):
        return _from_json(raw, _dumped(raw), field, log) if raw else None
    text = (read_scalar(raw, field, log) or "").strip()
    return _from_text(text, field, log) if text else None


def _from_text(text: str, field: str, log: IssueLog) -> Spatial | None:
    if found := _BBOX.fullmatch(text) if len(text) <= _BBOX_LIMIT else None:
        west, south, east, north = map(float, found.groups())
        return _boxed(Extent(west, south, east, north), text, field, log)
    if len(text) > TEXT_LIMIT:
        return _unreadable(text, field, log)
    if text[0] in "{[" and not text.startswith(("{{", "[[REDACTED")):
        try:
            return _from_json(json.loads(text), text, field, log)
        except (ValueError, RecursionError):
            return _unreadable(text, field, log)
    if is_wkt(text):
        extent = extent_of_wkt(text)
        return _boxed(extent, text, field, log) if extent else _unreadable(text, field, log)
    return _from_name(text, field, log)


def _boxed(extent: Extent, published: str, field: str, log: IssueLog) -> Spatial | None:
    box = bounding_box(*extent[:4], field=field, log=IssueLog() if _is_point(extent) else log)
    if box is None:
        if _is_point(extent):
            log.add("bbox-out-of-range", field, f"{show(published)} does not lie on the Earth")
        return None
    if extent.positions > GEOMETRY_LIMIT:
        log.add("geometry-too-detailed", field, f"of {extent.positions:,} positions only the box is kept")
    return Spatial(box, geometry=extent.geometry, as_published=clip(published))


def _is_point(extent: Extent) -> bool:
    """A point meant as one is no defect; only a box without extent is."""
    return extent.geometry is not None and extent.geometry["type"] == "Point"


def _from_json(value: object, published: str, field: str, log: IssueLog) -> Spatial | None:
    extent = extent_of(value)
    if extent is not None:
        spatial = _boxed(extent, published, field, log)
        if spatial is not None:
            spatial.places = _places(value, field, log) if isinstance(value, dict) else []
        return spatial
    if places := _places(value, field, log):
        return Spatial(places=places, as_published=clip(published))
    return _unreadable(published, field, log)


def _places(value: object, field: str, log: IssueLog) -> list[Place]:
    """Names in a list of texts, or in objects such as DCAT's `dct:Location`."""
    if isinstance(value, list) and len(value) > PLACE_LIMIT:
        log.add("too-many-values", field, f"of {len(value):,} places {PLACE_LIMIT} are read")
    items = value[:PLACE_LIMIT] if isinstance(value, list) else [value]
    names = (_name(item.get(key)) for item in items if isinstance(item, dict) for key in _NAMES)
    texts = (_name(item) for item in items if isinstance(item, str))
    return [Place(name) for name in dict.fromkeys([*texts, *names]) if name]


def _name(value: object) -> str:
    """A place name on one line; empty for what has no word in it ("1,2,3", NaN)."""
    if not isinstance(value, str):
        return ""
    name = clip(
        " ".join(clean_characters(encodable(value[:1000]), "spatial", IssueLog()).split()), PLACE_LIMIT
    ).rstrip(", ")
    return name if _WORD.search(name.replace("NaN", "")) else ""


def _from_name(text: str, field: str, log: IssueLog) -> Spatial | None:
    real = without_placeholder(text, field, log)
    if real is None:
        return None
    name = _name(real)
    return Spatial(places=[Place(name)], as_published=clip(text)) if name else _unreadable(text, field, log)


def _unreadable(text: str, field: str, log: IssueLog) -> Spatial | None:
    log.add("invalid-spatial", field, f"{show(text)} is neither a place nor coordinates we can read")
    return None


def _dumped(raw: object) -> str:
    try:
        return encodable(json.dumps(raw, ensure_ascii=False, default=str))
    except (ValueError, RecursionError):
        return ""
