"""The downloads of a schema.org Dataset, and the documents about it."""

from typing import Any
from urllib.parse import urljoin

from mappings.consume import Fields, keep_unmapped, listed
from mappings.dataset import Dataset, Link
from mappings.dcat_us_offers import OfferReader
from mappings.issue import IssueLog
from mappings.schema_org_values import text_of
from mappings.text import read_line
from mappings.urls import read_url


def read_offers(fields: Fields, page: str, dataset: Dataset, log: IssueLog) -> None:
    """DataDownloads, read as distributions of DCAT are; the pages a work is the subject of are documents."""
    offers = OfferReader(log)
    offers.read(
        [
            _as_distribution(item, page)
            for item in listed(fields.first("distribution", "encoding", "associatedMedia"))
        ]
    )
    dataset.distributions = offers.found.finished(log)
    if offers.formats:
        dataset.as_published["formats"] = offers.formats
    documents: dict[str, Link] = {}
    for item in [*listed(fields.take("subjectOf")), *listed(fields.take("publishingPrinciples"))][:100]:
        if url := read_url(text_of(item, "url", "contentUrl", "@id"), "subjectOf", log):
            name = item.get("name") if isinstance(item, dict) else None
            documents.setdefault(url, Link(read_line(name, "subjectOf", log), url))
    dataset.documentation = list(documents.values())
    based = [
        text_of(item, "url", "@id", "name")
        for item in listed(fields.first("isBasedOn", "isBasedOnUrl"))[:100]
    ]
    dataset.derived_from = [url for item in based if (url := read_url(item, "isBasedOn", log))]
    left = [
        item for item in offers.left if set(item) - {"url", "@id", "datePublished", "dateModified", "license"}
    ]
    if left:
        keep_unmapped({"distribution": left}, dataset.unmapped, log, known=frozenset({"distribution"}))


def _as_distribution(item: Any, page: str) -> Any:
    """As DCAT-US would have it; addresses relative to the page, as a script on it may give them, are
    whole."""
    if not isinstance(item, dict):
        return _whole(item, page)
    left = {key: value for key, value in item.items() if key not in _OF_DOWNLOADS}
    said = text_of(item.get("encodingFormat") or item.get("fileFormat"))
    named = {"mediaType": said} if isinstance(said, str) and "/" in said else {"format": said}
    return (
        left
        | named
        | {
            "title": text_of(item.get("name")),
            "description": text_of(item.get("description")),
            "downloadURL": _whole(text_of(item.get("contentUrl"), "@id", "url"), page),
            "accessURL": _whole(text_of(item.get("url") or item.get("serviceUrl"), "@id", "url"), page),
            "byteSize": text_of(item.get("contentSize")),
        }
    )


def _whole(link: Any, page: str) -> Any:
    if isinstance(link, str) and link[:1] in {"/", "."} and len(link) <= 2_000 and page:
        return urljoin(page, link)
    return link


_OF_DOWNLOADS = frozenset(
    {
        "name",
        "description",
        "contentUrl",
        "url",
        "serviceUrl",
        "encodingFormat",
        "fileFormat",
        "contentSize",
        "@type",
    }
)
