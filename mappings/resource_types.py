"""Resource types: what a catalogue entry is, from DCAT classes and Socrata's asset types."""

from mappings.dataset import ResourceType
from mappings.issue import IssueLog
from mappings.published import read_scalar, show

_TYPES: dict[str, ResourceType] = {
    "dataset": "dataset",
    "filter": "dataset",
    "filtered view": "dataset",
    "grouped": "dataset",
    "federated_href": "dataset",
    "href": "dataset",
    "external": "dataset",
    "file": "dataset",
    "blob": "dataset",
    "calendar": "dataset",
    "form": "dataset",
    "table": "dataset",
    "view": "dataset",
    "visualization": "dashboard",
    "chart": "dashboard",
    "measure": "dashboard",
    "data_lens": "dashboard",
    "datalens": "dashboard",
    "dashboard": "dashboard",
    "datalens_map": "map",
    "data_lens_map": "map",
    "datalens_chart": "dashboard",
    "data_lens_chart": "dashboard",
    "map": "map",
    "story": "report",
    "report": "report",
    "document": "report",
    "api": "api",
    "dataservice": "api",
    "service": "api",
    "collection": "collection",
    "catalog": "collection",
    "datasetseries": "collection",
    "series": "collection",
}
"""Socrata Discovery's `resource.type` and display types, DCAT's class names."""


def read_resource_type(raw: object, field: str, log: IssueLog) -> ResourceType:
    """The type; `dataset` where nothing is said, and (logged) where the word is unknown."""
    if isinstance(raw, str) and raw in _TYPES:
        return _TYPES[raw]
    text = read_scalar(raw, field, log)
    if text is None or not text.strip():
        return "dataset"
    name = text.strip()[:200].rsplit(":", 1)[-1].rsplit("#", 1)[-1].rsplit("/", 1)[-1].casefold()
    found = _TYPES.get(name)
    if found is None:
        log.add("resource-type-not-recognised", field, f"{show(text)} is no type of resource we know")
        return "dataset"
    return found
