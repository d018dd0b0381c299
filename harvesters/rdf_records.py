"""The datasets of a catalogue's graph, each a self-contained object that needs no graph any more."""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any

import orjson
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.namespace import RDF
from rdflib.term import Node

from harvesters.json_element import Element, parse_element, too_large
from mappings.dcat_ap_nodes import address, addresses, nodes, text

_PREFIXES = {
    "http://www.w3.org/ns/dcat#": "dcat",
    "http://purl.org/dc/terms/": "dct",
    "http://purl.org/dc/elements/1.1/": "dct",
    "https://project-open-data.cio.gov/v1.1/schema#": "pod",
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
_DCT = "http://purl.org/dc/terms/"
_ENTRIES = tuple(URIRef(_DCAT + name) for name in ("Dataset", "DatasetSeries", "DataService"))
_CATALOGUE = URIRef(_DCAT + "Catalog")
_CATALOGUES = frozenset({_CATALOGUE, URIRef(_DCAT + "CatalogRecord")})
_WHOLES = frozenset(_ENTRIES) | _CATALOGUES
_PART_OF = URIRef(_DCT + "isPartOf")
_LISTED = URIRef(_DCAT + "dataset")
_ABOUT = URIRef("http://xmlns.com/foaf/0.1/primaryTopic")
_OF_RECORDS = ("@id", "dct:source", "dct:identifier")
"""What is kept of a dataset's catalogue record: its dates move with every harvest."""
_DEPTH = 6
_NODES = 100_000
"""Values of one record: real ones of 35,000 keywords or 8,000 distributions come through. Nodes that share
their parts grow when they are written out one by one."""
_PAGES = ("dcat:landingPage", "foaf:homepage", "foaf:page")
_LINKS = ("dcat:downloadURL", "dcat:accessURL")


def elements(graph: Graph) -> Iterator[Element]:
    """Every dataset and series, and every service that no distribution is reached through."""
    behind = set(graph.objects(None, URIRef(_DCAT + "accessService")))
    seen: set[Node] = set()
    for kind in _ENTRIES:
        subjects = set(graph.subjects(RDF.type, kind))
        if kind == _ENTRIES[0]:
            subjects |= set(_untyped(graph))
        for subject in sorted(subjects, key=str):
            if subject in seen or (kind == _ENTRIES[2] and subject in behind):
                continue
            if set(graph.objects(subject, RDF.type)) & _CATALOGUES:
                continue
            seen.add(subject)
            yield _element(graph, subject, len(seen))


def named_only(graph: Graph) -> int:
    """How many datasets the catalogue lists and says nothing about."""
    return sum(1 for value in set(graph.objects(None, _LISTED)) if (value, None, None) not in graph)


def catalogues(graph: Graph) -> int:
    """How many catalogues the document describes."""
    return len(set(graph.subjects(RDF.type, _CATALOGUE)))


def _untyped(graph: Graph) -> Iterator[Node]:
    """Datasets by being listed as such, which do not say it themselves."""
    for value in set(graph.objects(None, _LISTED)):
        if (value, RDF.type, None) not in graph and (value, URIRef(_DCT + "title"), None) in graph:
            yield value


def _element(graph: Graph, subject: Node, position: int) -> Element:
    writer = _Writer(graph)
    record = writer.whole(subject)
    record |= _inverse(graph, writer, subject)
    if writer.left < 0:
        return too_large(position, f"over {_NODES:,} values in one dataset")
    plan = {
        "identifier": _identifier(subject, record),
        "title": text(record, "dct:title"),
        "modified": text(record, "dct:modified", "dct:updated"),
    }
    record |= {name: value for name, value in plan.items() if value is not None}
    return parse_element(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), position)


def _inverse(graph: Graph, writer: "_Writer", subject: Node) -> dict[str, Any]:
    """What points to a dataset and says where it is from: its catalogue record, and its catalogue where that
    is itself part of another."""
    records = [
        {name: value for name, value in writer.whole(node).items() if name in _OF_RECORDS}
        for node in graph.subjects(_ABOUT, subject)
    ]
    inside = [writer.whole_name(node) for node in graph.subjects(_LISTED, subject) if _is_part(graph, node)]
    found = {
        "^foaf:primaryTopic": [record for record in records if "dct:source" in record],
        "^dcat:dataset": inside,
    }
    return {name: sorted(values, key=_order) for name, values in found.items() if values}


def _is_part(graph: Graph, catalogue: Node) -> bool:
    if (None, URIRef(_DCAT + "catalog"), catalogue) in graph:
        return True
    above = {*graph.subjects(URIRef(_DCT + "hasPart"), catalogue), *graph.objects(catalogue, _PART_OF)}
    return any((node, RDF.type, _CATALOGUE) in graph for node in above - {catalogue})


def _identifier(subject: Node, record: dict[str, Any]) -> str | None:
    """The node's address, unless it has none or one that was made up for it (RDF 1.1, 3.5); then the
    identifier it states; else what it is made of that changes least: its title and where it leads."""
    if isinstance(subject, URIRef) and "/.well-known/genid/" not in subject:
        return str(subject)
    stated = text(record, "dct:identifier") or next(
        (found for node in nodes(record, "adms:identifier") if (found := _notation(node))), None
    )
    if stated:
        return stated
    offers = nodes(record, "dcat:distribution", "adms:distribution")
    where = sorted(
        {*addresses(record, *_PAGES), *(url for node in offers for url in addresses(node, *_LINKS))}
    )
    if not where:
        return None  # a title alone is no name
    made_of = [text(record, "dct:title"), *where]
    return f"content:{blake2b(orjson.dumps(made_of), digest_size=12).hexdigest()}"


def _notation(node: dict[str, Any]) -> str | None:
    said = node.get("@value")
    return said if isinstance(said, str) else text(node, "skos:notation") or address(node)


def _order(value: Any) -> bytes:
    """The order of values that are a set."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


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
                values.sort(key=_order)
        return made

    def _value(self, value: Node, above: tuple[Node, ...]) -> dict[str, Any]:
        if isinstance(value, Literal):
            return _literal(value)
        if value in above or len(above) >= _DEPTH:
            return {"@id": str(value)} if not isinstance(value, BNode) else {}
        if set(self._graph.objects(value, RDF.type)) & _WHOLES and not self._is_service(value):
            return self.whole_name(value)
        return self.whole(value, above)

    def whole_name(self, value: Node) -> dict[str, Any]:
        """A thing of its own: its address and what it is called."""
        named = {"@id": str(value)} if isinstance(value, URIRef) else {}
        titles = self._graph.objects(value, URIRef(_DCT + "title"))
        found = sorted((_literal(title) for title in titles if isinstance(title, Literal)), key=str)
        return named | ({"dct:title": found} if found else {})

    def _is_service(self, value: Node) -> bool:
        return (value, RDF.type, _ENTRIES[2]) in self._graph


def _literal(value: Literal) -> dict[str, Any]:
    made = {"@value": str(value)}
    if value.language:
        made["@language"] = value.language
    elif value.datatype:
        made["@type"] = short(str(value.datatype))
    return made
