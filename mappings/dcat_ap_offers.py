"""Distributions of DCAT-AP datasets, and what a service offers.

Formats and media types are addresses in the tables of the EU and of IANA; their last part is the word that
the readers of formats know. A distribution that names an `dcat:accessService` is reached through it.
"""

from dataclasses import replace
from typing import Any

from mappings.dataset import Dataset
from mappings.dcat_ap_nodes import Node, address, addresses, code, label, nodes, text
from mappings.dcat_us_offers import OfferReader
from mappings.issue import IssueLog

_IANA = "/media-types/"


def read_offers(record: Node, dataset: Dataset, log: IssueLog) -> None:
    """Everything that leads to the data; the readers of DCAT-US know what a format makes of a link."""
    begin = len(log.issues)
    offers = OfferReader(log)
    offers.read([_offer(node) for node in nodes(record, "dcat:distribution", "adms:distribution")])
    beside = [
        url for node in nodes(record, "dcat:accessService") for url in addresses(node, "dcat:endpointURL")
    ]
    for url in [*addresses(record, "dcat:endpointURL"), *beside]:
        offers.add(url, "dcat:endpointURL", kind="api")
    for url in addresses(record, "dcat:endpointDescription"):
        offers.add(url, "dcat:endpointDescription", kind="api")
    dataset.distributions = offers.found.finished(log)
    for name, words in (("formats", offers.formats), ("media_types", offers.media_types)):
        if words:
            dataset.as_published[name] = words
    log.issues[begin:] = [
        replace(issue, field=issue.field.replace("distribution", "dcat:distribution", 1))
        if issue.field.startswith("distribution")
        else issue
        for issue in log.issues[begin:]
    ]


def first_licence(record: Node) -> str | None:
    """The licence of the distributions; None where they differ, since then none holds for all."""
    found = {
        address(value) or label(value) or ""
        for node in nodes(record, "dcat:distribution", "adms:distribution")
        for value in nodes(node, "dct:license")
    }
    return found.pop() or None if len(found) == 1 else None


def _offer(node: Node) -> dict[str, Any]:
    """One distribution in the names of DCAT-US. One that is only named is a bare link to something."""
    if set(node) == {"@id"}:
        return {"accessURL": node["@id"]}
    services = nodes(node, "dcat:accessService")
    endpoints = [url for service in services for url in addresses(service, "dcat:endpointURL")]
    download = next(iter(addresses(node, "dcat:downloadURL")), None)
    access = next(iter([*addresses(node, "dcat:accessURL"), *endpoints]), None)
    offer = {
        "title": text(node, "dct:title", "rdfs:label"),
        "description": text(node, "dct:description"),
        "downloadURL": download,
        "accessURL": None if access == download else access,
        "mediaType": _media_type(node),
        "format": next((word for value in nodes(node, "dct:format") if (word := _format(value))), None),
        "conformsTo": next(iter(addresses(node, "dct:conformsTo")), None),
        "byteSize": text(node, "dcat:byteSize"),
    }
    return {name: value for name, value in offer.items() if value is not None}


def _media_type(node: Node) -> str | None:
    for value in nodes(node, "dcat:mediaType"):
        found = address(value) or label(value)
        if found and _IANA in found:
            return found.rpartition(_IANA)[2]
        if said := label(value) or found:
            return said
    return None


def _format(value: Node) -> str | None:
    """A format's name: its code, the end of its media type, or what its node is called."""
    inner = nodes(value, "rdf:value")
    if inner:
        value = inner[0]
    found = address(value)
    if found and _IANA in found:
        return found.rpartition(_IANA)[2]
    return label(value) or code(value)
