"""What a record of a DCAT-US 3.0 catalogue gets from around it, to be whole by itself.

In a catalogue of 3.0 a dataset's services, series, catalogue and catalog record stand beside it. The
harvester puts what belongs to a record into one member of its payload, `hubsearch:context`, which no
publisher uses: `catalog` (those the record is nested in, the nearest first), `series`, `service` (those that
serve it) and `record` (its CatalogRecord); each object with the names and texts as published.
"""

from collections.abc import Mapping
from typing import Any

from mappings.identity import read_identifier

CONTEXT = "hubsearch:context"


def context_of(record: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The objects that the harvester added under this name."""
    context = record.get(CONTEXT)
    found = context.get(name) if isinstance(context, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def identify(record: Mapping[str, Any]) -> Any:
    """The published identifier of a dataset, series or service: `identifier` (a text, several, an
    adms:Identifier), else the node's address; what stood there, where none of them can be used."""
    raw = record.get("identifier", record.get("dcterms:identifier"))
    for item in raw[:20] if isinstance(raw, list) else [raw]:
        value = (
            item.get("@id") or item.get("@value") or item.get("notation") if isinstance(item, dict) else item
        )
        if read_identifier(value) is not None:
            return value
    found = record.get("@id")
    return found if read_identifier(found) is not None else raw
