"""Federated Socrata assets: a portal lists what another one owns.

A result names its owner in `metadata.domain`; `permalink` and `link` lead there. Whose catalogue was asked
stands in the record's own address (`…/api/catalog/v1?domains=…`), so that only both together tell.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from mappings.dataset import Dataset, Origin
from mappings.identity import read_identifier
from mappings.issue import IssueLog
from mappings.socrata_offers import is_host
from mappings.urls import read_url


def read_origin(record: Mapping[str, Any], domain: Any, identifier: Any, dataset: Dataset) -> None:
    """The owner, where the result itself leads elsewhere than to its own domain."""
    own = domain.casefold() if is_host(domain) else ""
    for name in ("link", "permalink"):
        url = read_url(record.get(name), name, IssueLog())
        host = _host(url)
        if own and host and host != own:
            dataset.origin = Origin(host, read_identifier(identifier), url, host)
            return


def add_origin(dataset: Dataset, source_url: str | None) -> None:
    """The owner, where it is not the domain whose catalogue was asked."""
    asked = parse_qs(urlsplit(source_url or "").query)
    domains = {name.casefold() for value in asked.get("domains", ()) for name in value.split(",")}
    host = _host(dataset.landing_page)
    if dataset.origin is None and domains and host and host not in domains:
        identifier = (asked.get("ids") or [""])[0] or None
        dataset.origin = Origin(host, identifier, dataset.landing_page, host)


def _host(url: str | None) -> str:
    try:
        return (urlsplit(url or "").netloc).casefold()
    except ValueError:
        return ""
