"""What a Socrata asset's own view (`/api/views/<4x4>.json`) adds to its Discovery result.

The harvester joins it to the result as the member `view`. Discovery goes first: it is there for every asset,
and a value must not change because its details came. The view gives the order of the columns, documents,
the addresses behind an external link, the file's name and size, and what Discovery left empty.
Source: dev.socrata.com (metadata of a view), and the views of public portals.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from mappings.consume import listed, says_something
from mappings.dataset import Dataset, Distribution, Link
from mappings.formats import read_format
from mappings.issue import IssueLog
from mappings.socrata_offers import is_host, is_id
from mappings.text import read_line
from mappings.urls import read_url

ATTACHMENT_LIMIT = 100
ACCESS_POINT_LIMIT = 100
CUSTOM_LIMIT = 500
_ARRAYS = {"columns_name": "name", "columns_field_name": "fieldName", "columns_description": "description"}


def completed(record: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The Discovery result with what only its view says, in Discovery's own form; and the view."""
    record = dict(record)
    view = _object(record.pop("view", None))
    if not view:
        return record, {}
    resource = dict(_object(record.get("resource")))
    for name, ours in (
        ("attribution", "attribution"),
        ("attribution_link", "attributionLink"),
        ("blob_mime_type", "blobMimeType"),
    ):
        if not says_something(resource.get(name)) and says_something(view.get(ours)):
            resource[name] = view[ours]
    resource |= _ordered_columns(resource, view)
    record["resource"] = resource
    about = dict(_object(record.get("metadata")))
    licence = _licence(view)
    if not says_something(about.get("license")) and licence:
        record["metadata"] = about | {"license": licence}
    groups = dict(_object(record.get("classification")))
    groups["domain_metadata"] = _with_custom(groups.get("domain_metadata"), view)
    record["classification"] = groups
    return record, view


def add_view(view: Mapping[str, Any], domain: Any, identifier: Any, dataset: Dataset, log: IssueLog) -> None:
    """Documents, addresses, file and rows."""
    about = _object(view.get("metadata"))
    if is_host(domain) and is_id(identifier):
        known = {link.url for link in dataset.documentation}
        for link in _attachments(about.get("attachments"), f"https://{domain}", identifier, log):
            if link.url not in known:
                dataset.documentation.append(link)
    _add_access_points(about, dataset, log)
    size = view.get("blobFileSize")
    for offer in dataset.distributions:
        if offer.kind == "download" and "/download/" in offer.url:
            offer.title = offer.title or read_line(view.get("blobFilename"), "view.blobFilename", log)
            offer.size = size if type(size) is int and 0 <= size < 2**53 else None
    if (rows := _rows(view)) is not None:
        dataset.unmapped["rows"] = rows


def still(view: Any) -> Any:
    """The view without what moves by itself: rows are counted anew at every update."""
    if not isinstance(view, dict) or not isinstance(view.get("columns"), list):
        return view
    columns = [
        {name: value for name, value in column.items() if name != "cachedContents"}
        if isinstance(column, dict)
        else column
        for column in view["columns"]
    ]
    return view | {"columns": columns}


def _ordered_columns(resource: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, Any]:
    """Discovery's arrays in the view's order, without hidden columns; types and formats stay Discovery's."""
    columns = [column for column in listed(view.get("columns")) if isinstance(column, dict)]
    columns = [
        c for c in columns if c.get("dataTypeName") != "meta_data" and "hidden" not in listed(c.get("flags"))
    ]
    if not columns:
        return {}
    arrays: dict[str, Any] = {
        array: [column.get(name) or "" for column in columns] for array, name in _ARRAYS.items()
    }
    names = resource.get("columns_field_name")
    for array, fallback in (("columns_datatype", "dataTypeName"), ("columns_format", "")):
        values = resource.get(array)
        known: dict[Any, Any] = {}
        if isinstance(names, list) and isinstance(values, list) and len(names) == len(values):
            known = {name: value for name, value in zip(names, values, strict=True) if isinstance(name, str)}
        usual: Any = {} if not fallback else None
        arrays[array] = [
            known.get(_text(column.get("fieldName")), column.get(fallback, usual)) for column in columns
        ]
    return arrays


def _licence(view: Mapping[str, Any]) -> str:
    """Name and address on two lines, as Discovery writes licences."""
    licence = _object(view.get("license"))
    lines = [licence.get("name"), licence.get("termsLink")]
    return "\n".join(line for line in lines if isinstance(line, str) and line.strip())


def _with_custom(listed_by_discovery: Any, view: Mapping[str, Any]) -> list[Any]:
    """Discovery's custom fields, then those of the view that it lacks, under keys as it writes them."""
    fields = list(listed_by_discovery) if isinstance(listed_by_discovery, list) else []
    known = {_key(entry.get("key")) for entry in fields if isinstance(entry, dict)}
    custom = _object(_object(view.get("metadata")).get("custom_fields"))
    for group, values in list(custom.items())[:CUSTOM_LIMIT]:
        for name, value in list(_object(values).items())[:CUSTOM_LIMIT]:
            key = f"{group}_{name}".replace(" ", "-")
            if _key(key) not in known and says_something(value):
                fields.append({"key": key, "value": value})
    return fields


def _key(raw: Any) -> str:
    return _text(raw).replace(" ", "-").casefold()


def _attachments(raw: Any, root: str, identifier: str, log: IssueLog) -> list[Link]:
    """Files kept beside the data: data dictionaries, mostly. Old ones are known by `blobId`."""
    found = []
    attachments = listed(raw)
    if len(attachments) > ATTACHMENT_LIMIT:
        log.add("too-many-values", "view.metadata.attachments", f"{ATTACHMENT_LIMIT} are kept")
    for entry in attachments[:ATTACHMENT_LIMIT]:
        attachment = _object(entry)
        asset, blob = (_text(attachment.get(name)) for name in ("assetId", "blobId"))
        name = _text(attachment.get("filename")) or _text(attachment.get("name"))
        tail = f"download=true&filename={quote(name[:200], safe='')}" if name else "download=true"
        if asset:
            url = f"{root}/api/views/{identifier}/files/{quote(asset[:200], safe='')}?{tail}"
        elif blob:
            url = f"{root}/api/assets/{quote(blob[:200], safe='')}?{tail}"
        else:
            continue
        title = read_line(attachment.get("name") or name, "view.metadata.attachments", log)
        found.append(Link(title, url))
    return found


def _add_access_points(about: Mapping[str, Any], dataset: Dataset, log: IssueLog) -> None:
    """Where an external asset (`href`) really lies: one address for each format."""
    groups = listed(about.get("additionalAccessPoints"))
    if not any(isinstance(group, dict) and group.get("urls") for group in groups):
        groups = [{"urls": about.get("accessPoints")}]
    offers: list[Distribution] = []
    known = {offer.url for offer in dataset.distributions}
    for group in map(_object, groups[:ACCESS_POINT_LIMIT]):
        title = read_line(group.get("title"), "view.metadata.accessPoints", log)
        for kind, address in list(_object(group.get("urls")).items())[:ACCESS_POINT_LIMIT]:
            url = read_url(address, "view.metadata.accessPoints", log)
            if url is None or url in known or len(offers) >= ACCESS_POINT_LIMIT:
                continue
            known.add(url)
            word, media_type = (None, kind) if "/" in kind else (kind, None)
            reading = read_format(word, media_type, url, "view.metadata.accessPoints", log)
            offers.append(
                Distribution(url, reading.kind or "page", title, reading.format, reading.media_type)
            )
    dataset.distributions[:0] = offers


def _rows(view: Mapping[str, Any]) -> int | None:
    """Rows, by the column that counts most of them; the numbers are texts on some portals."""
    found = []
    for column in listed(view.get("columns")):
        counted = _object(_object(column).get("cachedContents"))
        number = _number(counted.get("count"))
        if number is None:
            parts = [_number(counted.get("non_null")), _number(counted.get("null"))]
            number = None if parts == [None, None] else sum(part or 0 for part in parts)
        if number is not None:
            found.append(number)
    return max(found, default=None)


def _number(raw: Any) -> int | None:
    if isinstance(raw, str) and raw.isascii() and raw.isdecimal() and len(raw) < 16:
        return int(raw)
    return raw if type(raw) is int and 0 <= raw < 2**53 else None


def _object(raw: Any) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _text(raw: Any) -> str:
    return str(raw) if isinstance(raw, (str, int)) and not isinstance(raw, bool) else ""
