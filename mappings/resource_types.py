"""Resource types: what a catalogue entry is, from DCAT classes and Socrata's asset types."""

from mappings.dataset import ResourceType
from mappings.issue import IssueLog
from mappings.published import read_scalar, show

_TYPES: dict[str, ResourceType] = {
    # DCAT 3 and DCAT-US 3 classes, without their prefix; the commonest with it
    "dcat:Dataset": "dataset",
    "dataset": "dataset",
    "datasetseries": "collection",
    "catalog": "collection",
    "dataservice": "api",
    # Socrata Discovery `resource.type` and view types: a filter, a grouping and a linked or uploaded file
    # are data; a chart, a measure and a visualisation show data
    "filter": "dataset",
    "filtered view": "dataset",
    "grouped": "dataset",
    "tabular": "dataset",
    "table": "dataset",
    "view": "dataset",
    "calendar": "dataset",
    "form": "dataset",
    "href": "dataset",
    "federated_href": "dataset",
    "external": "dataset",
    "file": "dataset",
    "blob": "dataset",
    "attachment": "dataset",
    "gateway_plugin": "dataset",
    "chart": "dashboard",
    "measure": "dashboard",
    "visualization": "dashboard",
    "datalens": "dashboard",
    "data_lens": "dashboard",
    "datalens_chart": "dashboard",
    "data_lens_chart": "dashboard",
    "dashboard": "dashboard",
    "datalens_map": "map",
    "data_lens_map": "map",
    "map": "map",
    "geo": "map",
    "story": "report",
    "report": "report",
    "document": "report",
    "text": "report",
    "publication": "report",
    "api": "api",
    "service": "api",
    "collection": "collection",
    "series": "collection",
    # DCMI types and ArcGIS item types seen in catalogues
    "image": "map",
    "interactiveresource": "dashboard",
    "software": "dashboard",
    "feature service": "dataset",
    "feature layer": "dataset",
    "map service": "map",
    "web map": "map",
    "web mapping application": "dashboard",
    "web experience": "dashboard",
    "application": "dashboard",
    "storymap": "report",
    "pdf": "report",
    "microsoft word": "report",
    "microsoft powerpoint": "report",
    "hub page": "report",
    "web scene": "map",
    "scene service": "map",
    "vector tile service": "map",
    "wms": "map",
    "wmts": "map",
    "image service": "dataset",
    "feature collection": "dataset",
    "csv": "dataset",
    "microsoft excel": "dataset",
    "shapefile": "dataset",
    "geojson": "dataset",
    "geopackage": "dataset",
    "file geodatabase": "dataset",
    "kml": "dataset",
    "document link": "dataset",
    "wfs": "dataset",
    "geocoding service": "api",
    "geoprocessing service": "api",
}


def read_resource_type(raw: object, field: str, log: IssueLog) -> ResourceType:
    """The type: of several the first we know; `dataset` where nothing is said or (logged) understood.

    Logs `resource-type-not-recognised`.
    """
    if isinstance(raw, str) and raw in _TYPES:
        return _TYPES[raw]
    unknown = ""
    for item in raw[:20] if isinstance(raw, list) else [raw]:
        text = (read_scalar(item, field, log) or "").strip()
        if not text:
            continue
        if found := _TYPES.get(_local_name(text)):
            return found
        unknown = unknown or text
    if unknown:
        log.add("resource-type-not-recognised", field, f"{show(unknown)} is no type of resource we know")
    return "dataset"


def _local_name(text: str) -> str:
    """`dcat:Dataset` and `http://www.w3.org/ns/dcat#Dataset` are `dataset`."""
    for mark in ":#/":
        text = text[-200:].rstrip("/").rpartition(mark)[2]
    return text.casefold()
