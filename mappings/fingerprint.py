"""The content hash of a record: equal digests mean "not changed".

The hash is over the canonical payload. Keys are sorted; arrays that are sets are sorted; paths that move by
themselves are left out. Everything else counts, so that a digest changes whenever a person could see a
change. Text is compared as it is: another Unicode normalisation form is another text (no feed is known to
alternate, and normalising would hide a repaired title).

What moves by itself, seen in the feeds' histories:

* Howard County reordered the keywords of 55 of 85 datasets between two harvests, Baltimore 143 of 332.
* Socrata Discovery returns the five parallel arrays of columns in another order at almost every request
  (data.cambridgema.gov: 58 of 64 datasets within ten days), always permuted alike, and its tags, too.
* Page views and download counts change daily; preview images are a cache with changing addresses.
* CKAN adds what its link checker, its page counts and its own harvester last did (catalog.data.gov); the
  order of tags, groups and extras is the database's.
* Opendatasoft counts downloads and API calls in the template `explore`.

No field of DCAT-US moves by itself: where `modified`, `license` or `spatial` differed, they were edited.
"""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from operator import itemgetter
from types import MappingProxyType
from typing import Any

import orjson

from mappings.issue import Unmappable
from mappings.xml_record import canonical_digest

DIGEST_BYTES = 16

_DCAT_US_SETS = (
    "keyword",
    "distribution",
    "keywords",
    "theme",
    "references",
    "language",
    "bureauCode",
    "programCode",
)
_CKAN_SETS = ("tags", "groups", "extras")
_CKAN_MOVING = frozenset(
    {
        *("tracking_summary", "revision_id", "revision_timestamp", "num_tags", "num_resources", "score"),
        *("indexed_ts", "index_id", "archiver", "qa", "cache_last_updated", "cache_url", "cache_filepath"),
        *("webstore_last_updated", "webstore_url", "harvest_object_id", "metadata_timestamp"),
    }
)
_SOCRATA_SETS = ("domain_tags", "domain_metadata", "tags", "categories")
_SOCRATA_COLUMNS = (
    "columns_field_name",
    "columns_name",
    "columns_datatype",
    "columns_description",
    "columns_format",
)


def digest(schema: str, record: Mapping[str, Any]) -> str:
    """32 hexadecimal digits for a record of the source schema.

    Raises `Unmappable` (`json-too-deep`) for what cannot be written as JSON; `payload.decode` lets no such
    record through.
    """
    canonical = _CANONICAL.get(schema, dict)(record)
    return blake2b(_dump(canonical), digest_size=DIGEST_BYTES).hexdigest()


def _dcat_us(record: Mapping[str, Any]) -> dict[str, Any]:
    canonical = dict(record)
    for name in _DCAT_US_SETS:
        value = canonical.get(name)
        if type(value) is list:
            if len(value) > 1:
                canonical[name] = _as_set(value)
        elif type(value) is str and "," in value and name.startswith("keyword"):
            canonical[name] = [sorted(value.split(","))]  # a list in a list is no list of keywords
    return canonical


def _socrata(record: Mapping[str, Any]) -> dict[str, Any]:
    canonical = dict(record)
    canonical.pop("preview_image_url", None)
    resource = canonical.get("resource")
    if type(resource) is dict:
        canonical["resource"] = _socrata_resource(resource)
    groups = canonical.get("classification")
    if type(groups) is dict:
        groups = canonical["classification"] = dict(groups)
        for name in _SOCRATA_SETS:
            value = groups.get(name)
            if type(value) is list and len(value) > 1:
                groups[name] = _as_set(value)
    return canonical


def _ckan(record: Mapping[str, Any]) -> dict[str, Any]:
    canonical = _still(record)
    for name in _CKAN_SETS:
        value = canonical.get(name)
        if type(value) is list:
            kept = [item for item in value if not _moves(item)]
            canonical[name] = _as_set([_still(item) if type(item) is dict else item for item in kept])
    extras = canonical.get("extras")
    if type(extras) is dict:
        canonical["extras"] = _still(extras)
    resources = canonical.get("resources")
    if type(resources) is list:
        canonical["resources"] = [_still(item) if type(item) is dict else item for item in resources]
    organization = canonical.get("organization")
    if type(organization) is dict:
        canonical["organization"] = _still(organization)
    return canonical


def _opendatasoft(record: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the platform counts: downloads, calls of its API, popularity."""
    canonical = {name: value for name, value in record.items() if not name.startswith("explore.")}
    for group in ("metas", "extra_metas"):
        parts = canonical.get(group)
        if type(parts) is dict:
            canonical[group] = {name: value for name, value in parts.items() if name != "explore"}
    return canonical


def _still(part: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name not in _CKAN_MOVING}


def _moves(extra: Any) -> bool:
    key = extra.get("key") if type(extra) is dict else None
    return type(key) is str and key in _CKAN_MOVING


def _socrata_resource(resource: dict[str, Any]) -> dict[str, Any]:
    resource = dict(resource)
    resource.pop("page_views", None)
    resource.pop("download_count", None)
    parents = resource.get("parent_fxf")
    if type(parents) is list and len(parents) > 1:
        resource["parent_fxf"] = _as_set(parents)
    names = [name for name in _SOCRATA_COLUMNS if type(resource.get(name)) is list]
    arrays = [resource[name] for name in names]
    if arrays and len(arrays[0]) > 1 and len({len(array) for array in arrays}) == 1:
        rows = _sorted_rows(list(zip(*arrays, strict=True)))
        resource.update(zip(names, zip(*rows, strict=True), strict=True))
    return resource


def _xml(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"xml": canonical_digest(record["root"])}


def _sorted_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """By the first value (the field name, unique within a dataset), which is cheap; else by the whole row."""
    first = [row[0] for row in rows]
    if _all_strings(first) and len(set(first)) == len(first):
        return sorted(rows, key=itemgetter(0))
    return sorted(rows, key=_dump)


def _as_set(values: list[Any]) -> list[Any]:
    """The values in one order. Objects are compared by their canonical text."""
    if _all_strings(values):
        return sorted(values)
    return [orjson.Fragment(text) for text in sorted(map(_dump, values))]


def _all_strings(values: list[Any]) -> bool:
    try:
        "".join(values)  # the quickest test there is
    except TypeError:
        return False
    return True


def _dump(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise Unmappable("json-too-deep", "the record cannot be written as JSON again") from None


_CANONICAL: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = MappingProxyType(
    {
        "dcat-us-1.0": _dcat_us,
        "dcat-us-1.1": _dcat_us,
        "socrata-discovery": _socrata,
        "ckan": _ckan,
        "opendatasoft": _opendatasoft,
        "opendatasoft-1": _opendatasoft,
        "opendatasoft-table": _opendatasoft,
        "iso-19115": _xml,
        "dublin-core": _xml,
        "fgdc": _xml,
    }
)
