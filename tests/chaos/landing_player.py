"""A site of landing pages in the matrix: lists of schema.org Datasets behind robots.txt and a sitemap."""

import copy
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from tests.portals import LandingPortal, LoopbackServer

_ON_A_PAGE = 14
_BEGIN, _END = b'<script type="application/ld+json">', b"</script>"


def as_datasets(records: list[Any]) -> list[Any]:
    """DCAT-US records as Datasets of a catalogue, each with a name of its own."""
    return [
        {
            "@type": "Dataset",
            "@id": f"https://data.example.gov/dataset/{quote(record['identifier'], safe='')}",
            "name": record["title"],
            "description": record["description"],
            "keywords": record["keyword"],
            "dateModified": record["modified"],
            "publisher": {"@type": "Organization", "name": record["publisher"]["name"]},
        }
        for record in records
    ]


def build(records: list[Any]) -> LoopbackServer:
    """A start page, and a page for each 14 datasets."""
    pages = {"/": b"<!DOCTYPE html><html><title>Data</title><body><h1>Our data</h1></body></html>"}
    for at in range(0, max(1, len(records)), _ON_A_PAGE):
        pages[f"/list/{at // _ON_A_PAGE}"] = _page(records[at : at + _ON_A_PAGE])
    return LandingPortal(pages)


def put(record: Any, name: str, value: Any) -> Any:
    """A changed copy. What loses its identifier loses its title, too: by that it would still be known."""
    changed = copy.deepcopy(record)
    if name == "link":
        changed["url"] = value
        changed["distribution"] = [{"@type": "DataDownload", "contentUrl": value, "name": value}]
    elif name == "distributions":
        changed["distribution"] = [
            {"@type": "DataDownload", "contentUrl": item["downloadURL"], "encodingFormat": item["mediaType"]}
            for item in value
        ]
    else:
        key = {"identifier": "@id", "title": "name", "modified": "dateModified"}.get(name, name)
        changed[key] = value
        if value is None:
            del changed[key]
            changed.pop("name", None)
    return changed


def rewrite(body: bytes, change: Callable[[list[Any]], list[Any]]) -> bytes:
    """A list with other datasets; the start page and the sitemaps as they are."""
    before, found, rest = body.partition(_BEGIN)
    text, _, after = rest.partition(_END)
    if not found:
        return body
    return before + found + _script(change(json.loads(text)["dataset"])) + _END + after


def _page(records: list[Any]) -> bytes:
    head = b"<!DOCTYPE html><html><head><title>Our data</title>"
    return head + _BEGIN + _script(records) + _END + b"</head><body><h1>Our data</h1></body></html>"


def _script(records: list[Any]) -> bytes:
    """No `</script>` of a title's ends it."""
    catalogue = {"@context": "https://schema.org/", "@type": "DataCatalog", "dataset": records}
    return json.dumps(catalogue).replace("</", "<\\/").encode()
