"""The datasets of a catalogue's graph, each a self-contained object that needs no graph any more."""

from collections.abc import Iterator
from typing import Any

import orjson
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from harvesters.json_element import Element, parse_element, too_large
from mappings.dcat_ap_nodes import text

_PREFIXES = {
    "http://www.w3.org/ns/dcat#": "dcat",
    "http://purl.org/dc/terms/": "dct",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.w3.org/2006/vcard/ns#": "vcard",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/ns/adms#": "adms",
    "http://schema.org/": "schema",
    "https://schema.org/": "schema",
    "http://www.w3.org/ns/prov#": "prov",
    "http://www.w3.org/ns/locn#": "locn",
    "http://www.opengis.net/ont/geosparql#": "geosparql",
    "http://www.w3.org/2006/time#": "time",
    "http://www.w3.org/2002/07/owl#": "owl",
    "http://www.w3.org/ns/dqv#": "dqv",
    "http://data.europa.eu/r5r/": "dcatap",
}
_DCAT = "http://www.w3.org/ns/dcat#"
_ENTRIES = tuple(URIRef(_DCAT + name) for name in ("Dataset", "DatasetSeries", "DataService"))
_CATALOGUES = frozenset({URIRef(_DCAT + "Catalog"), URIRef(_DCAT + "CatalogRecord")})
_WHOLES = frozenset(_ENTRIES) | _CATALOGUES
_DEPTH = 6
_NODES = 20_000
"""Values of one record; nodes that share their parts grow when they are written out one by one."""


def elements(graph: Graph) -> Iterator[Element]:
    """Every dataset and series, and every service that no distribution is reached through."""
    behind = set(graph.objects(None, URIRef(_DCAT + "accessService")))
    seen: set[Node] = set()
    for kind in _ENTRIES:
        for subject in sorted(graph.subjects(RDF.type, kind), key=str):
            if subject in seen or (kind == _ENTRIES[2] and subject in behind):
                continue
            if set(graph.objects(subject, RDF.type)) & _CATALOGUES:
                continue
            seen.add(subject)
            yield _element(graph, subject, len(seen))


def _element(graph: Graph, subject: Node, position: int) -> Element:
    writer = _Writer(graph)
    record = writer.whole(subject)
    if writer.left < 0:
        return too_large(position, f"over {_NODES:,} values in one dataset")
    identifier = str(subject) if isinstance(subject, URIRef) else text(record, "dct:identifier")
    plan = {
        "identifier": identifier,
        "title": text(record, "dct:title"),
        "modified": text(record, "dct:modified"),
    }
    record |= {name: value for name, value in plan.items() if value is not None}
    return parse_element(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), position)


def short(name: str) -> str:
    """A property by its usual prefix; by its whole address where it has none here."""
    cut = max(name.rfind("#"), name.rfind("/")) + 1
    prefix = _PREFIXES.get(name[:cut])
    return f"{prefix}:{name[cut:]}" if prefix else name


class _Writer:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.left = _NODES

    def whole(self, subject: Node, above: tuple[Node, ...] = ()) -> dict[str, Any]:
        """A node with everything below it; a node that contains itself is cut off there."""
        made: dict[str, Any] = {"@id": str(subject)} if isinstance(subject, URIRef) else {}
        for name, value in self._graph.predicate_objects(subject):
            self.left -= 1
            if self.left < 0:
                break
            if name == RDF.type:
                made.setdefault("@type", []).append(short(str(value)))
            else:
                made.setdefault(short(str(name)), []).append(self._value(value, (*above, subject)))
        for key, values in made.items():
            if key != "@id":
                values.sort(key=lambda value: orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
        return made

    def _value(self, value: Node, above: tuple[Node, ...]) -> dict[str, Any]:
        if isinstance(value, Literal):
            return _literal(value)
        if value in above or len(above) >= _DEPTH:
            return {"@id": str(value)} if not isinstance(value, BNode) else {}
        if set(self._graph.objects(value, RDF.type)) & _WHOLES and not self._is_service(value):
            named = {"@id": str(value)} if isinstance(value, URIRef) else {}
            titles = self._graph.objects(value, URIRef("http://purl.org/dc/terms/title"))
            found = sorted((_literal(title) for title in titles if isinstance(title, Literal)), key=str)
            return named | ({"dct:title": found} if found else {})
        return self.whole(value, above)

    def _is_service(self, value: Node) -> bool:
        return (value, RDF.type, _ENTRIES[2]) in self._graph


def _literal(value: Literal) -> dict[str, Any]:
    made = {"@value": str(value)}
    if value.language:
        made["@language"] = value.language
    elif value.datatype:
        made["@type"] = short(str(value.datatype))
    return made
