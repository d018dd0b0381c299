"""Opendatasoft in the matrix: the Treasury's and OPM's catalogues as the Explore API would give them.

No answer of API 2.1 is recorded; the form follows help.opendatasoft.com/apis/ods-explore-v2.
"""

import copy
from typing import Any


def as_datasets(records: list[Any]) -> list[Any]:
    """DCAT-US records as datasets of the Explore API, in the order of their identifiers."""
    return sorted((_dataset(record) for record in records), key=lambda dataset: str(dataset["dataset_id"]))


def _dataset(record: Any) -> dict[str, Any]:
    return {
        "dataset_id": str(record["identifier"]),
        "dataset_uid": "da_0001",
        "attachments": [],
        "alternative_exports": [],
        "has_records": True,
        "data_visible": True,
        "fields": [{"name": "year", "label": "Year", "type": "int", "description": None}],
        "features": ["analyze"],
        "metas": {
            "default": {
                "title": record["title"],
                "description": record["description"],
                "keyword": record["keyword"],
                "modified": record["modified"],
                "publisher": record["publisher"]["name"],
                "references": record.get("landingPage"),
                "records_count": 3,
            }
        },
    }


def put(record: Any, name: str, value: Any) -> Any:
    """A dataset with one field changed."""
    changed = copy.deepcopy(record)
    default = changed["metas"]["default"]
    if name == "link":
        default["references"] = value
        changed["attachments"] = [{"id": "a", "url": value, "title": value, "mimetype": "text/csv"}]
    elif name in ("identifier", "distributions"):
        key = {"identifier": "dataset_id", "distributions": "attachments"}[name]
        changed[key] = value
        if value is None:
            del changed[key]
    else:
        key = {"keywords": "keyword"}.get(name, name)
        default[key] = value
        if value is None:
            del default[key]
    return changed


def at_offset(query: dict[str, str], _names: list[str], place: int) -> dict[str, str]:
    """The query for what comes behind so many datasets."""
    return {**query, "offset": str(place)}
