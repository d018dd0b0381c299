"""Where a DCAT-AP dataset is about: a box, a geometry in WKT or GeoJSON, names, or addresses of places."""

from mappings.dataset import Place, Spatial
from mappings.dcat_ap_nodes import Node, address, code, label, nodes
from mappings.issue import IssueLog
from mappings.published import clip
from mappings.spatial import read_spatial

_SHAPES = ("dcat:bbox", "locn:geometry", "dcat:centroid")
_NOTATIONS = ("geosparql:asWKT", "geosparql:asGeoJSON")
_CRS = ">"
_PLACES = 100


def read_places(record: Node, log: IssueLog) -> Spatial | None:
    """The first shape that can be read, and every place that has a name or an address of its own."""
    found: Spatial | None = None
    places: list[Place] = []
    troubles = IssueLog()
    for node in [record, *nodes(record, "dct:spatial")][: _PLACES + 1]:
        found = found or _shape(node, troubles)
        if node is not record and (place := _place(node)):
            places.append(place)
    if found is None:
        log.issues.extend(troubles.issues)
    if found is None and places:
        found = Spatial(as_published=clip("; ".join(place.name for place in places)))
    if found is not None:
        known = {place.name for place in found.places}
        found.places += [place for place in places if place.name not in known]
    return found


def _shape(node: Node, log: IssueLog) -> Spatial | None:
    for name in _SHAPES:
        for value in nodes(node, name):
            literal = value.get("@value")
            inner = [value] if isinstance(literal, str) else nodes(value, *_NOTATIONS)
            for item in inner:
                said = str(item.get("@value") or "").strip()
                if said.startswith("<"):  # GeoSPARQL puts the reference system's address in front
                    said = said.partition(_CRS)[2].strip()
                spatial = read_spatial(said, "dct:spatial", log) if said else None
                if spatial is not None and spatial.bbox:
                    return spatial
    return None


def _place(node: Node) -> Place | None:
    """A place by its label; by its code where the graph only has its address."""
    name = label(node) or code(node)
    return Place(name.strip()[:200], id=None) if name and name.strip() and address(node) != "" else None
