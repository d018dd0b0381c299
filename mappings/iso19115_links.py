"""Online resources of ISO 19115 records: what to download or call, and pages and documents about the data."""

from xml.etree.ElementTree import Element

from mappings.dataset import Dataset, DistributionKind, Link
from mappings.geographic import Offers
from mappings.issue import IssueLog
from mappings.text import read_line
from mappings.urls import read_url
from mappings.xml_path import at, first, only, values

LINK_LIMIT = 10_000
DOCUMENT_LIMIT = 1_000
_FUNCTIONS: dict[str, DistributionKind] = {
    "download": "download",
    "fileAccess": "download",
    "information": "page",
    "search": "page",
    "order": "page",
    "offlineAccess": "page",
    "completeMetadata": "page",
    "browsing": "page",
    "browseGraphic": "page",
}
"""By `CI_OnLineFunctionCode`, where the protocol says nothing."""


def read_links(
    root: Element, about: Element | None, citation: Element | None, dataset: Dataset, log: IssueLog
) -> None:
    """Distributions, landing page and documentation.

    A distribution of one format says it once for all its links; of several formats none is known to be
    that of a link, so its ending tells.
    """
    offers = Offers(log)
    spread = first(root, "distributionInfo")
    formats = _formats(spread) or values(about, "resourceFormat/MD_Format/name")
    shared = formats[0] if len(formats) == 1 else None
    resources = at(spread, "**/onLine/CI_OnlineResource")
    if len(resources) > LINK_LIMIT:
        log.add("too-many-values", "distributionInfo", f"of {len(resources):,} links {LINK_LIMIT:,} are read")
    for resource in resources[:LINK_LIMIT]:
        _add(offers, resource, "distributionInfo", shared)
    for operation in at(about, "containsOperations/SV_OperationMetadata")[:LINK_LIMIT]:
        name = only(operation, "operationName")
        for url in values(operation, "connectPoint/CI_OnlineResource/linkage"):
            offers.add(url, "containsOperations", title=name, kind="api", protocol="OGC:")
    pages = [*values(root, "dataSetURI"), *values(citation, "onlineResource/CI_OnlineResource/linkage")]
    pages += [
        code for code in values(citation, "identifier/*/code") if code.startswith(("http://", "https://"))
    ]
    if not resources:
        for page in pages:
            offers.add(page, "dataSetURI")
    dataset.distributions = offers.found.finished(log)
    if formats:
        dataset.as_published["formats"] = formats[:100]
    dataset.landing_page = _landing(pages, dataset, log)
    dataset.documentation = _documents(about, log)


def _add(offers: Offers, resource: Element, where: str, shared: str | None) -> None:
    function = only(resource, "function") or ""
    offers.add(
        only(resource, "linkage"),
        where,
        protocol=f"{only(resource, 'protocol') or ''} {only(resource, 'applicationProfile') or ''}",
        title=only(resource, "name"),
        description=only(resource, "description"),
        file_format=shared if function in ("download", "") else None,
        kind=_FUNCTIONS.get(function),
    )


def _formats(spread: Element | None) -> list[str]:
    found = values(spread, "**/MD_Format/name")
    found += values(spread, "**/MD_Format/formatSpecificationCitation/CI_Citation/title")
    return list(dict.fromkeys(found))


def _landing(pages: list[str], dataset: Dataset, log: IssueLog) -> str | None:
    """The record's own page; else the only page among its links."""
    for page in pages:
        if url := read_url(page, "dataSetURI", log):
            return url
    shown = [offer.url for offer in dataset.distributions if offer.kind == "page"]
    return shown[0] if len(shown) == 1 else None


def _documents(about: Element | None, log: IssueLog) -> list[Link]:
    links: dict[str, Link] = {}
    cited = at(about, "aggregationInfo/*/aggregateDataSetName/CI_Citation")
    cited += at(about, "additionalDocumentation/CI_Citation")
    cited += at(about, "associatedResource/*/name/CI_Citation")
    for citation in cited[:DOCUMENT_LIMIT]:
        for raw in values(citation, "**/CI_OnlineResource/linkage"):
            if url := read_url(raw, "aggregationInfo", log):
                links.setdefault(url, Link(read_line(only(citation, "title"), "aggregationInfo", log), url))
    return list(links.values())[:DOCUMENT_LIMIT]
