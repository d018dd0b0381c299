"""DCAT-US 3.0 as a flat JSON-LD graph, or as one node alone: the parts refer to each other by address.

Such a document cannot be read as a stream, since a publisher may stand behind its datasets: it is read whole,
within the limits of one record. No context is fetched; names are taken as they are written.
"""

from collections.abc import Iterator
from typing import Any

import orjson

from harvesters.dcat_us_names import is_inline, list_of
from harvesters.dcat_us_stream import DATASETS, RECORDS, SERIES, SERVICES
from harvesters.fetch_error import FetchError
from harvesters.json_element import Element, parse_element
from harvesters.json_stream import ELEMENT_LIMIT

_LISTS = (DATASETS, SERVICES, SERIES, RECORDS)
_RELATIONS = frozenset(
    {
        *("@id", "@type", "@context", "inSeries", "seriesMember", "servesDataset", "first", "last", "prev"),
        *(
            "next",
            "hasVersion",
            "previousVersion",
            "hasCurrentVersion",
            "isReferencedBy",
            "relation",
            "source",
        ),
        *("replaces", "isPartOf", "hasPart", "primaryTopic", "dataset", "service", "datasetSeries", "record"),
        *("catalog", "supportedSchema", "wasDerivedFrom"),
    }
)
"""What leads to another record; everything else that has an address is a part of the record."""
_DEPTH = 4
_LARGEST_PART = 100_000
_CATALOGUES = frozenset({"catalog", "catalogrecord"})


def read_whole(chunks: Iterator[bytes]) -> bytes:
    """The document. Raises FetchError `too-large`."""
    held = b""
    for chunk in chunks:
        held += chunk
        if len(held) > ELEMENT_LIMIT:
            raise FetchError(
                "too-large", f"no catalogue with a list of datasets, and more than {ELEMENT_LIMIT:,} bytes"
            )
    return held


def graph_elements(document: bytes) -> list[tuple[str, Element]]:
    """Every dataset, service, series and catalog record with the list of a catalogue it belongs into.

    A part it refers to stands in it. Empty for a document that describes none.
    """
    whole = parse_element(document.strip(), 0)
    if not isinstance(whole.value, dict):
        return []
    nodes = list(_nodes(whole.value))
    by_id = {node["@id"]: node for node in nodes if isinstance(node.get("@id"), str)}
    found = []
    for key, node in _listed(nodes):
        raw = orjson.dumps(_resolved(node, by_id, _DEPTH))
        found.append((key, Element(0, raw, orjson.loads(raw))))
    return found


def _nodes(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    graph = document.get("@graph")
    for node in graph if isinstance(graph, list) else [document]:
        if isinstance(node, dict):
            yield node


def _listed(nodes: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for node in nodes:
        key = list_of(node)
        if key is not None:
            yield key, node
        elif _class_of(node) == "catalogrecord":
            yield RECORDS, node
        else:
            for name in _LISTS:
                inner = node.get(name)
                for item in inner if isinstance(inner, list) else [inner]:
                    if is_inline(item):
                        yield name, item


def _class_of(node: dict[str, Any]) -> str:
    kind = node.get("@type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    return kind.rpartition(":")[2].rpartition("#")[2].lower() if isinstance(kind, str) else ""


def _resolved(value: Any, by_id: dict[str, dict[str, Any]], depth: int) -> Any:
    """The value with what it refers to in its place."""
    if isinstance(value, list):
        return [_resolved(item, by_id, depth) for item in value]
    if isinstance(value, dict):
        if set(value) == {"@id"} and isinstance(value["@id"], str):
            return _resolved(value["@id"], by_id, depth) if value["@id"] in by_id else value
        return {
            name: inner if name.rpartition(":")[2] in _RELATIONS else _resolved(inner, by_id, depth)
            for name, inner in value.items()
        }
    if isinstance(value, str) and depth > 0 and (node := by_id.get(value)) is not None:
        is_part = list_of(node) in (None, SERVICES) and _class_of(node) not in _CATALOGUES
        if is_part and len(orjson.dumps(node)) <= _LARGEST_PART:
            return _resolved(node, by_id, depth - 1)
    return value
