"""The shapes in which Opendatasoft has published a dataset, brought into one.

Explore API 2.1 groups the metadata by template: `metas.default`, `metas.dcat`, `metas.inspire`, the portal's
own. Catalog API 1.0 had the default template flat in `metas`, the others in `interop_metas` and
`extra_metas`. The catalogue's tables (CSV, and flat JSON, 2015) have one column per field, `dcat.created` for
a field of a template other than the default one.
"""

from dataclasses import dataclass
from typing import Any

from mappings.consume import Fields, says_something
from mappings.issue import IssueLog

TEMPLATE_LIMIT = 100
"""Templates of one record that are looked at; portals have about eight."""

_OF_THE_DATASET = frozenset(
    {
        *("datasetid", "dataset_id", "dataset_uid", "attachments", "alternative_exports", "has_records"),
        *("data_visible", "fields", "features", "basic_metas", "metas", "interop_metas", "extra_metas"),
        *("visibility", "links"),
    }
)


@dataclass(slots=True)
class Shape:
    """A dataset's own fields, and its metadata by template; `older` is any shape before Explore API 2."""

    own: Fields
    templates: dict[str, Fields]
    older: bool

    def template(self, name: str) -> Fields:
        """The fields of a template; none of them where the portal does not use it."""
        return self.templates.setdefault(name, Fields({}))


def shape_of(record: dict[str, Any], log: IssueLog) -> Shape:
    """Own fields and templates, whatever the shape. Logs `wrong-type` for templates that are no objects."""
    metas = record.get("metas")
    if not isinstance(metas, dict):
        if says_something(metas):
            log.add("wrong-type", "metas", "metas should be an object")
        return _of_table(record)
    own = {name: value for name, value in record.items() if name != "metas"}
    if isinstance(metas.get("default"), dict) or "dataset_id" in record:
        return Shape(Fields(own), _templates([metas], log), older=False)
    others = [own.pop(name, None) for name in ("interop_metas", "extra_metas")]
    templates = _templates([part for part in others if isinstance(part, dict)], log)
    templates["default"] = Fields(metas)
    return Shape(Fields(own), templates, older=True)


def _templates(parts: list[dict[str, Any]], log: IssueLog) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    pairs = [pair for part in parts for pair in part.items()]
    if len(pairs) > TEMPLATE_LIMIT:
        log.add("too-many-values", "metas", f"of {len(pairs):,} templates {TEMPLATE_LIMIT} are read")
    for name, fields in pairs[:TEMPLATE_LIMIT]:
        if isinstance(fields, dict):
            found[name] = Fields(fields)
        elif says_something(fields):
            log.add("wrong-type", f"metas.{name}"[:100], "a template's metadata should be an object")
    return found


def _of_table(record: dict[str, Any]) -> Shape:
    own: dict[str, Any] = {}
    templates: dict[str, dict[str, Any]] = {}
    for name, value in record.items():
        template, dot, field = name.partition(".")
        if name in _OF_THE_DATASET:
            own[name] = value
        elif dot and field and (template in templates or len(templates) < TEMPLATE_LIMIT):
            templates.setdefault(template, {})[field] = value
        else:
            templates.setdefault("default", {}).setdefault(name, value)
    shaped = {name: Fields(fields) for name, fields in templates.items()}
    return Shape(Fields(own), shaped, older="dataset_id" not in record)
