"""Documents about a Socrata dataset: the source its attribution links to, and links in custom fields."""

import re
from typing import Any

from mappings.dataset import Link
from mappings.issue import IssueLog
from mappings.socrata_metadata import DomainMetadata
from mappings.urls import read_url

SOURCE = "Source"
LINK_LIMIT = 100

_URL = re.compile(r"https?://[^\s<>\"']{3,2000}")
_TRAILING = ".,;:)]"


def read_documentation(attribution_link: Any, custom: DomainMetadata, log: IssueLog) -> list[Link]:
    """Each URL once. A custom field that is nothing but a link is taken; one that says more is left, too."""
    links: dict[str, Link] = {}
    if attribution_link and (url := read_url(attribution_link, "resource.attribution_link", log)):
        links[url] = Link(SOURCE, url)
    for key, title, value in custom.documents():
        if not isinstance(value, str):
            continue
        for found in _URL.findall(value):
            url = read_url(found.rstrip(_TRAILING), key, log)
            if url and len(links) < LINK_LIMIT:
                links.setdefault(url, Link(title, url))
                if found == value.strip():
                    custom.drop(key)
    return list(links.values())
