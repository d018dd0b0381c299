"""What a DCAT-US 3.0 record offers: its distributions in the shape of 1.1, and services."""

from typing import Any

from mappings.dataset import Dataset, Distribution, Link
from mappings.dcat_us_3_context import identify
from mappings.dcat_us_3_parts import documents, file_format, licence, media_type
from mappings.dcat_us_3_values import (
    Node,
    address,
    addresses,
    first,
    label,
    listed,
    literal,
    plain_names,
    text_in,
)
from mappings.distributions import DISTRIBUTION_LIMIT
from mappings.formats import read_format
from mappings.identity import read_identifier
from mappings.issue import IssueLog
from mappings.text import read_line
from mappings.urls import read_url

API_DESCRIPTION = "API description"

_KEPT = (
    *(
        "checksum",
        "compressFormat",
        "compressedFormat",
        "packageFormat",
        "availability",
        "status",
        "identifier",
    ),
    *("representationTechnique", "characterEncoding", "spatialResolutionInMeters", "temporalResolution"),
    *("hasQualityMeasurement", "issued", "modified", "language", "temporal", "spatial"),
)
"""Of distributions, kept in `unmapped` without an issue: the shared schema has no place for it."""
_READ = frozenset(
    {
        *("@id", "@type", "@context", "title", "titleMap", "description", "descriptionMap", "accessURL"),
        *("downloadURL", "accessService", "format", "mediaType", "conformsTo", "byteSize", "describedBy"),
        *(
            "license",
            "rights",
            "accessRights",
            "accessRestriction",
            "useRestriction",
            "cuiRestriction",
            "page",
        ),
        "image",
    }
)


def nodes_of(record: Node) -> list[Node]:
    """The distributions that are described, with plain names."""
    found = [plain_names(item) for item in listed(record.get("distribution")) if isinstance(item, dict)]
    return found[:DISTRIBUTION_LIMIT]


def in_shape_of_1_1(record: Node, services: list[dict[str, Any]]) -> Any:
    """The record's `distribution` as 1.1 writes it; a distribution of several addresses becomes several."""
    by_name = {name: service for service in services for name in _names(service)}
    found: list[Any] = []
    raw = record.get("distribution")
    for item in raw if isinstance(raw, list) else listed(raw):
        found += _entries(plain_names(item), by_name) if isinstance(item, dict) else [item]
    return found


def _entries(node: Node, services: dict[str, dict[str, Any]]) -> list[Node]:
    downloads, pages = _urls(node.get("downloadURL")), _urls(node.get("accessURL"))
    for item in listed(node.get("accessService")):
        service = item if isinstance(item, dict) and "endpointURL" in item else services.get(_name(item), {})
        pages += [url for url in _urls(service.get("endpointURL")) if url not in pages]
    entry: Node = {
        "title": text_in(node, "title"),
        "description": text_in(node, "description"),
        "format": file_format(node.get("format")),
        "mediaType": media_type(node.get("mediaType")),
        "conformsTo": first(
            [*addresses(node.get("conformsTo")), *map(label, listed(node.get("conformsTo")))]
        ),
        "byteSize": literal(node.get("byteSize")),
        "describedBy": first([url for _, url in documents(node.get("describedBy"))]),
        "downloadURL": first(downloads),
        "accessURL": first(pages),
    }
    entry |= {name: node[name] for name in node if name not in _READ and name not in _KEPT}
    entry = {name: value for name, value in entry.items() if value not in (None, "", [], {})}
    more = [{"downloadURL": url, "title": entry.get("title")} for url in downloads[1:]]
    more += [{"accessURL": url, "title": entry.get("title")} for url in pages[1:]]
    return [entry, *more]


def _urls(value: Any) -> list[str]:
    """Addresses, and texts that may be one: what is none is reported by their reader."""
    found = [address(item) or literal(item) for item in listed(value)]
    return [url for url in found if isinstance(url, str) and url.strip()]


def _name(value: Any) -> str:
    names = _names(value) if isinstance(value, dict) else [value]
    return next((name for name in names if isinstance(name, str)), "")


def _names(value: dict[str, Any]) -> list[str]:
    found = (read_identifier(identify(value)), value.get("@id"))
    return [name for name in found if isinstance(name, str)]


def kept_of(nodes: list[Node]) -> list[Node]:
    """What is kept of each distribution beside its address."""
    found = []
    for node in nodes:
        left = {name: node[name] for name in _KEPT if node.get(name) not in (None, "", [], {})}
        if left:
            found.append(
                {"url": first([*_urls(node.get("downloadURL")), *_urls(node.get("accessURL"))]), **left}
            )
    return found


def agreed_licence(nodes: list[Node]) -> Any:
    """The licence of the distributions; None where they differ, since then none holds for all."""
    found = {repr(licence(node.get("license"))): licence(node.get("license")) for node in nodes}
    return next(iter(found.values())) if len(found) == 1 else None


def add_service(service: Node, dataset: Dataset, log: IssueLog, *, titled: bool) -> None:
    """The ways to get the data that a service offers: its endpoints, and how they are described."""
    by_url = {offer.url: offer for offer in dataset.distributions}
    title = read_line(text_in(service, "title"), "service.title", log) if titled else None
    standard = first(addresses(service.get("conformsTo")))
    for raw in _urls(service.get("endpointURL"))[:DISTRIBUTION_LIMIT]:
        url = read_url(raw, "endpointURL", log)
        if url is None:
            continue
        if (offer := by_url.get(url)) is not None:
            offer.kind = "api"
            offer.title = offer.title or title
            continue
        reading = read_format(None, None, url, "endpointURL", IssueLog())
        made = Distribution(url, "api", title, reading.format, reading.media_type, conforms_to=standard)
        by_url[url] = made
        dataset.distributions.append(made)
    for name, raw in documents(service.get("endpointDescription")):
        url = read_url(raw, "endpointDescription", log)
        if url and all(link.url != url for link in dataset.documentation):
            dataset.documentation.append(Link(name or API_DESCRIPTION, url))
