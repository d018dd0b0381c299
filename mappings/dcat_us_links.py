"""Documents about the data and collections it belongs to, as DCAT-US records name them."""

import re
from typing import Any

from mappings.consume import Fields, says_something
from mappings.dataset import Link, Part
from mappings.issue import IssueLog
from mappings.published import read_scalar
from mappings.urls import read_url

DATA_DICTIONARY = "Data dictionary"
STANDARD = "Data standard"
SYSTEM_OF_RECORDS = "System of records notice"
"""Titles of `Dataset.documentation` that say which field a link came from; `references` have no title."""

LINK_LIMIT = 1_000

_BETWEEN_URLS = re.compile(r"[\s,;|]+(?=(?:https?|ftp)://)")


def read_documentation(fields: Fields, more: list[Link], log: IssueLog) -> list[Link]:
    """Data dictionary, references, privacy notice and standard of a record, then `more`; each URL once."""
    titled = (
        ("describedBy", DATA_DICTIONARY),
        ("dataDictionary", DATA_DICTIONARY),
        ("references", None),
        ("systemOfRecords", SYSTEM_OF_RECORDS),
        ("conformsTo", STANDARD),
    )
    links: dict[str, Link] = {}
    for name, title in titled:
        for raw in split_urls(fields.take(name)):
            url = read_url(raw, name, log)
            if url and len(links) < LINK_LIMIT:
                links.setdefault(url, Link(title, url))
    for link in more[:LINK_LIMIT]:
        links.setdefault(link.url, link)
    return list(links.values())


def split_urls(raw: Any) -> list[Any]:
    """A list as it is; a string (Project Open Data 1.0) at the places where another URL begins."""
    if isinstance(raw, list):
        return raw[:LINK_LIMIT]
    if isinstance(raw, str) and raw.count("://") > 1:
        return _BETWEEN_URLS.split(raw.strip())[:LINK_LIMIT]
    return [raw] if says_something(raw) else []


def read_parts(raw: Any, field: str, log: IssueLog) -> list[Part]:
    """The collections named by `isPartOf`: identifiers of other records of the same source."""
    parts: dict[str, Part] = {}
    for item in raw if isinstance(raw, list) else [raw]:
        value = (item.get("@id") or item.get("identifier")) if isinstance(item, dict) else item
        identifier = (read_scalar(value, field, log) or "").strip()
        if identifier and len(parts) < LINK_LIMIT:
            parts.setdefault(identifier, Part(identifier))
    return list(parts.values())
