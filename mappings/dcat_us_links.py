"""Documents about the data and collections it belongs to, as DCAT-US records name them."""

import re
from typing import Any

from mappings.consume import Fields, says_something
from mappings.dataset import Link, Part
from mappings.identity import read_identifier
from mappings.issue import IssueLog
from mappings.published import read_scalar, show
from mappings.urls import read_url

DATA_DICTIONARY = "Data dictionary"
STANDARD = "Data standard"
SYSTEM_OF_RECORDS = "System of records notice"
"""Titles of `Dataset.documentation` that say which field a link came from; `references` have no title."""

LINK_LIMIT = 1_000
_TEXT_LIMIT = 1_000_000

_BETWEEN_URLS = re.compile(r"(?<![\s,;|])[\s,;|]++(?=(?:https?|ftp)://)")
"""Begins where a run of separators does: tried at each of a million blanks it would never end."""


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
        for raw in split_urls(fields.take(name), name, log):
            if url := read_url(raw, name, log):
                links.setdefault(url, Link(title, url))
    for link in more:
        links.setdefault(link.url, link)
    if len(links) > LINK_LIMIT:
        end = f"of {len(links):,} links to documents {LINK_LIMIT:,} are kept"
        log.add("too-many-values", "references", end)
    return list(links.values())[:LINK_LIMIT]


def split_urls(raw: Any, field: str, log: IssueLog) -> list[Any]:
    """A list as it is; a string (Project Open Data 1.0) at the places where another URL begins.

    Logs `too-many-values`: at most `LINK_LIMIT` are looked at.
    """
    if isinstance(raw, str) and raw.count("://") > 1:
        raw = _BETWEEN_URLS.split(raw[:_TEXT_LIMIT].strip())
    if not isinstance(raw, list):
        return [raw] if says_something(raw) else []
    if len(raw) > LINK_LIMIT:
        log.add("too-many-values", field, f"of {len(raw):,} links {LINK_LIMIT:,} are read")
    return raw[:LINK_LIMIT]


def read_parts(raw: Any, field: str, log: IssueLog) -> list[Part]:
    """The collections named by `isPartOf`: identifiers of other records of the same source.

    Logs `too-many-values`, and `unusable-reference` for what can be no record's identifier.
    """
    parts: dict[str, Part] = {}
    items = raw if isinstance(raw, list) else [raw]
    if len(items) > LINK_LIMIT:
        log.add("too-many-values", field, f"of {len(items):,} collections {LINK_LIMIT:,} are read")
    for item in items[:LINK_LIMIT]:
        value = (item.get("@id") or item.get("identifier")) if isinstance(item, dict) else item
        published = (read_scalar(value, field, log) or "").strip()
        identifier = read_identifier(published)
        if identifier is not None:
            parts.setdefault(identifier, Part(identifier))
        elif published:
            log.add("unusable-reference", field, f"{show(published)} can be no record's identifier")
    return list(parts.values())
