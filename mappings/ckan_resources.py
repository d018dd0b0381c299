"""CKAN's resources as distributions: files it holds itself, files elsewhere, pages, APIs and documents."""

from typing import Any

from mappings.consume import says_something
from mappings.dataset import Dataset
from mappings.dcat_us_offers import OfferReader
from mappings.issue import IssueLog

_PLAIN = frozenset({"file", "file.upload", "data", "download"})
_LEFT_OUT = frozenset({"deleted", "draft"})


def read_resources(raw: Any, dataset: Dataset, log: IssueLog) -> None:
    """The package's distributions, with the documents and columns described in them.

    What the portal keeps itself (`url_type: upload`) is a file. Elsewhere the format decides, the address
    where it shows an API, and without either it is a page.
    """
    quiet = IssueLog(text_left=log.text_left)
    offers = OfferReader(quiet, "page")
    if isinstance(raw, dict):
        raw = [raw]
    offers.read([_entry(item) for item in raw if not _is_gone(item)] if isinstance(raw, list) else raw)
    dataset.distributions = offers.found.finished(quiet)
    dataset.columns = list(offers.columns.values())
    dataset.documentation = list({link.url: link for link in offers.documents}.values())
    if offers.formats:
        dataset.as_published["formats"] = offers.formats
    if offers.media_types:
        dataset.as_published["media_types"] = offers.media_types
    log.text_left = quiet.text_left
    for issue in quiet.issues:
        log.add(issue.slug, _NAMES.get(issue.field, issue.field), issue.message)


_NAMES = {
    "distribution": "resources",
    "distribution.accessURL": "resources.url",
    "distribution.downloadURL": "resources.url",
    "distribution.format": "resources.format",
    "distribution.mediaType": "resources.mimetype",
    "distribution.title": "resources.name",
    "distribution.description": "resources.description",
    "distribution.size": "resources.size",
    "distribution.describedBy": "resources.describedBy",
}


def _is_gone(item: Any) -> bool:
    state = item.get("state") if isinstance(item, dict) else None
    return isinstance(state, str) and state.casefold() in _LEFT_OUT


def _entry(item: Any) -> Any:
    """A resource in the words of DCAT-US; what has no equal there stays with the record as received."""
    if not isinstance(item, dict):
        return item
    kept_here = item.get("url_type") == "upload" or item.get("resource_type") in _PLAIN
    address = "downloadURL" if kept_here and not _is_page(item) else "accessURL"
    entry = {
        "title": _first(item.get("name"), item.get("title")),
        "description": item.get("description"),
        address: _first(item.get("url"), item.get("accessURL"), item.get("downloadURL")),
        "format": item.get("format"),
        "mediaType": _first(item.get("mimetype"), item.get("mimetype_inner")),
        "byteSize": _size(item.get("size")),
        "describedBy": item.get("describedBy"),
        "conformsTo": item.get("conformsTo"),
    }
    return {name: value for name, value in entry.items() if says_something(value)}


def _is_page(item: dict[str, Any]) -> bool:
    return isinstance(item.get("format"), str) and item["format"].strip().casefold() in ("html", "web page")


def _size(raw: Any) -> Any:
    """DKAN writes sizes in words of its own language ("42 octets"), which nobody needs to mend."""
    return raw.replace("octets", "bytes") if isinstance(raw, str) else raw


def _first(*values: Any) -> Any:
    return next((value for value in values if says_something(value)), None)
