"""Values of schema.org's Dataset: texts that may be objects, people, coverage, columns, licences.

Sources: https://schema.org/Dataset and the guidelines of ESIP's Science on Schema.org.
"""

import re
from collections.abc import Iterator
from typing import Any

from mappings.consume import Fields, listed, remember, says_something
from mappings.dataset import Column, Contact, Dataset, Place, Publisher, Spatial
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.issue import IssueLog
from mappings.licences import read_licence
from mappings.published import clip
from mappings.spatial import read_spatial
from mappings.text import PART_LIMIT, read_line, read_text

COLUMN_LIMIT = 2_000
_VALUES = 1_000
_NUMBER = re.compile(r"[+-]?\d{1,3}(?:\.\d{1,20})?(?:[eE]-?\d{1,2})?", re.ASCII)
_NAMES = ("name", "legalName", "alternateName", "termCode", "identifier", "value", "@value", "url", "@id")


def text_of(raw: Any, *names: str) -> Any:
    """The text of a value that may be an object with a name, or JSON-LD's `@value`; the first of a list."""
    if isinstance(raw, list):
        raw = next((item for item in raw if says_something(item)), None)
    if not isinstance(raw, dict):
        return raw
    return next((value for name in names or _NAMES if isinstance(value := raw.get(name), (str, int))), None)


def texts_of(raw: Any) -> list[Any]:
    """Every text of a list of texts and objects (`DefinedTerm`)."""
    return [text for item in listed(raw)[:_VALUES] if says_something(text := text_of(item, *_NAMES))]


def read_people(fields: Fields, dataset: Dataset, log: IssueLog) -> None:
    """Who publishes: `publisher`, else who provides, maintains or made it, organisations first."""
    roles = ("publisher", "provider", "sourceOrganization", "maintainer", "creator", "author", "producer")
    said = {role: fields.take(role) for role in roles}
    catalogue = fields.take("includedInDataCatalog")
    said_of = ""
    for role in roles:
        if publisher := _publisher(said[role], role, log):
            dataset.publisher = publisher
            if role != "publisher":
                dataset.as_published["publisher_from"] = role
            said_of = role
            break
    for role in roles:
        if role != said_of:
            remember(dataset.as_published, role, texts_of(said[role])[:20], [])
    remember(dataset.as_published, "catalog", text_of(catalogue), None)
    people = [fields.take("contactPoint"), *said.values()]
    dataset.contact = next((contact for raw in people if (contact := _contact(raw, log))), None)


def _publisher(raw: Any, field: str, log: IssueLog) -> Publisher | None:
    items = sorted(listed(raw)[:20], key=_is_person)
    for item in items:
        published = text_of(item, "name", "legalName", "alternateName")
        if name := read_line(published, field, log):
            parents = _parents(item)
            return make_publisher(name, published if isinstance(published, str) else name, parents)
    return None


def _is_person(raw: Any) -> bool:
    return isinstance(raw, dict) and "Person" in str(raw.get("@type"))


def _parents(raw: Any) -> list[str]:
    names: list[str] = []
    quiet = IssueLog()
    while isinstance(raw, dict) and len(names) < 10:
        raw = raw.get("parentOrganization")
        raw = raw[0] if isinstance(raw, list) and raw else raw
        if name := read_line(text_of(raw, "name", "legalName"), "parentOrganization", quiet):
            names.append(name)
    return list(dict.fromkeys(names))


def _contact(raw: Any, log: IssueLog) -> Contact | None:
    """A contact point, or an organisation that has one or an address of its own."""
    for item in listed(raw)[:20]:
        if not isinstance(item, dict):
            continue
        point = next((p for p in listed(item.get("contactPoint")) if isinstance(p, dict)), item)
        if says_something(published := text_of(point.get("email") or item.get("email"))):
            email = read_email(published, "contactPoint.email", log)
            name = read_line(text_of(point, "name", "contactType"), "contactPoint.name", log)
            if email:
                return Contact(name or read_line(text_of(item, "name"), "contactPoint.name", log), email)
    return None


def read_license(raw: Any, dataset: Dataset, log: IssueLog) -> None:
    """A text, an address, or a CreativeWork with either; of several the first that is recognised."""
    for item in listed(raw)[:20]:
        names = ("url", "@id", "name", "identifier", "alternateName")
        values = [item.get(name) for name in names] if isinstance(item, dict) else [item]
        for value in values:
            found = (
                read_licence(value, "license", log, url_expected=False) if isinstance(value, str) else None
            )
            if found and (dataset.license is None or (dataset.license.id is None and found.id)):
                dataset.license = found


def read_coverage(raw: Any, log: IssueLog) -> Spatial | None:
    """Places with names, boxes (`south west north east`), polygons and points; boxes are joined."""
    spatial = Spatial()
    for item in listed(raw)[:100]:
        if isinstance(item, dict):
            _add_place(item, spatial, log)
        elif (found := read_spatial(item, "spatialCoverage", log)) is not None:
            _join(spatial, found)
    return spatial if spatial.bbox or spatial.places or spatial.geometry else None


def _add_place(item: dict[str, Any], spatial: Spatial, log: IssueLog) -> None:
    name = text_of(item, "name", "address") or text_of(
        item.get("address"), "addressLocality", "addressRegion"
    )
    if (line := read_line(name, "spatialCoverage", log)) and len(spatial.places) < 100:
        spatial.places.append(Place(line))
    shapes = [shape for shape in listed(item.get("geo"))[:100] if isinstance(shape, dict)] or [item]
    for shape in shapes:
        if (corners := _corners(shape)) is None:
            continue
        spatial.as_published = spatial.as_published or clip(
            str(shape.get("box") or shape.get("polygon") or shape)
        )
        south, west, north, east = corners
        if abs(south) > 90 or abs(north) > 90:
            log.add("bbox-swapped", "spatialCoverage", "longitudes stand where schema.org wants latitudes")
            south, west, north, east = west, south, east, north
        if found := read_spatial(f"{west},{south},{east},{north}", "spatialCoverage", log):
            _join(spatial, found)


def _corners(shape: dict[str, Any]) -> tuple[float, float, float, float] | None:
    """South, west, north, east of a GeoShape or GeoCoordinates."""
    latitude, longitude = _numbers(shape.get("latitude")), _numbers(shape.get("longitude"))
    if latitude and longitude:
        return latitude[0], longitude[0], latitude[0], longitude[0]
    box = _numbers(shape.get("box"))
    if len(box) == 4:
        return box[0], box[1], box[2], box[3]
    line = _numbers(shape.get("polygon") or shape.get("line"))
    if len(line) >= 4 and len(line) % 2 == 0:
        return min(line[::2]), min(line[1::2]), max(line[::2]), max(line[1::2])
    return None


def _numbers(raw: Any) -> list[float]:
    text = raw if isinstance(raw, (str, int, float)) and not isinstance(raw, bool) else text_of(raw, "@value")
    return [float(number) for number in _NUMBER.findall(str(text)[:100_000])] if text is not None else []


def _join(spatial: Spatial, new: Spatial) -> None:
    spatial.places += new.places
    spatial.geometry = spatial.geometry or new.geometry
    spatial.as_published = spatial.as_published or new.as_published
    if new.bbox and spatial.bbox:
        one, two = spatial.bbox, new.bbox
        spatial.bbox = [*map(min, one[:2], two[:2]), *map(max, one[2:], two[2:])]
    else:
        spatial.bbox = spatial.bbox or new.bbox


def period(raw: Any) -> Any:
    """A period in words as it is; of an object (`startDate`, OWL time's beginning and end) both ends."""
    item = next((item for item in listed(raw) if says_something(item)), None)
    if not isinstance(item, dict):
        return item
    ends = [_instant(item, *names) for names in (_BEGINS, _ENDS)]
    return "/".join(end or ".." for end in ends) if any(ends) else text_of(item)


_BEGINS = ("startDate", "hasBeginning", "time:hasBeginning", "validFrom", "start")
_ENDS = ("endDate", "hasEnd", "time:hasEnd", "validThrough", "end")


def _instant(item: dict[str, Any], *names: str) -> str | None:
    value = next((item[name] for name in names if says_something(item.get(name))), None)
    if isinstance(value, dict):
        value = text_of(value, "time:inXSDDateTimeStamp", "time:inXSDDate", "inXSDDateTimeStamp", "@value")
    return value if isinstance(value, str) else None


def read_columns(raw: Any, log: IssueLog) -> list[Column]:
    """`variableMeasured`: names, or PropertyValues; what a structured one holds stands beside it."""
    if len(items := list(_variables(raw))) > COLUMN_LIMIT:
        log.add("too-many-columns", "variableMeasured", f"{COLUMN_LIMIT:,} variables are kept")
    columns: dict[str, Column] = {}
    for item in items[:COLUMN_LIMIT]:
        name = read_line(text_of(item, "name", "alternateName", "propertyID"), "variableMeasured", log)
        if name is None:
            continue
        column = columns.setdefault(name, Column(name))
        if isinstance(item, dict):
            label = read_line(text_of(item.get("alternateName")), "variableMeasured", log)
            text = read_text(text_of(item.get("description")), "variableMeasured", log, PART_LIMIT)
            column.label = label if label != name else None
            unit = read_line(text_of(item.get("unitText")), "variableMeasured", log)
            said = [text.plain if text else "", f"({unit})" if unit else ""]
            column.description = " ".join(filter(None, said)) or None
    return list(columns.values())


def _variables(raw: Any, depth: int = 0) -> Iterator[Any]:
    for item in listed(raw)[: COLUMN_LIMIT + 1]:
        yield item
        if isinstance(item, dict) and depth < 3 and isinstance(item.get("valueReference"), list):
            yield from _variables(item["valueReference"], depth + 1)
