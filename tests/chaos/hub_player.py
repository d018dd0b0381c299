"""ArcGIS Hub's search API in the matrix: a hub's own feed as items of OGC API Records."""

import copy
from typing import Any


def as_items(records: list[Any]) -> list[Any]:
    """DCAT-US records as items, with the texts and links they have."""
    return [_item(record) for record in records]


def _item(record: Any) -> dict[str, Any]:
    identifier = str(record["identifier"])
    return {
        "id": identifier,
        "type": "Feature",
        "geometry": None,
        "time": None,
        "properties": {
            "id": identifier,
            "title": record["title"],
            "type": "Feature Service",
            "description": record["description"],
            "tags": record["keyword"],
            "modified": record["modified"],
            "source": record["publisher"]["name"],
            "access": "public",
            "url": record.get("landingPage"),
        },
        "links": [],
    }


def put(record: Any, name: str, value: Any) -> Any:
    """An item with one field changed."""
    changed = copy.deepcopy(record)
    if name == "identifier":
        changed["id"] = value
        if value is None:
            del changed["id"]
        return changed
    key = {"keywords": "tags", "link": "url"}.get(name, name)
    changed["properties"][key] = value
    if value is None:
        del changed["properties"][key]
    return changed


def at_index(query: dict[str, str], _names: list[str], place: int) -> dict[str, str]:
    """The query for what comes behind so many items."""
    return {**query, "startindex": str(place + 1)}
