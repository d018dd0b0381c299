"""What a Socrata asset offers, from its type: Discovery lists no URLs of downloads.

Tabular assets come in every row format and through the SODA API; uploaded files by their media type; charts,
maps, stories and links to elsewhere as their page. Source: dev.socrata.com, and the distributions that
Socrata's own /data.json gives for the same assets.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from mappings.dataset import Distribution, DistributionKind
from mappings.formats import read_format
from mappings.issue import IssueLog

TABULAR = frozenset({"dataset", "filter", "calendar", "grouped"})
"""Values of `resource.type` with rows that can be exported, unless `lens_view_type` says otherwise."""

UPLOADED = frozenset({"file", "blob"})
MAPS = frozenset({"map", "datalens_map", "data_lens_map"})

_ROWS = (
    ("csv", "CSV", "text/csv"),
    ("json", "JSON", "application/json"),
    ("xml", "XML", "application/xml"),
    ("rdf", "RDF", "application/rdf+xml"),
)
_ID = re.compile(r"(?:draft:)?[a-z0-9]{4}-[a-z0-9]{4}", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::[0-9]{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asset:
    """The published values that decide what there is to get: all of them unchecked."""

    domain: Any
    identifier: Any
    kind: Any
    view: Any
    media_type: Any


def offers(asset: Asset, page: str | None, log: IssueLog) -> list[Distribution]:
    """Distributions of the asset; only its page where domain or identifier cannot be part of a URL."""
    if not is_host(asset.domain) or not is_id(asset.identifier):
        return _page(page, asset.kind)
    root = f"https://{asset.domain}"
    if isinstance(asset.kind, str) and asset.kind in TABULAR and asset.view in (None, "", "tabular"):
        rows = f"{root}/api/views/{asset.identifier}/rows."
        found = [
            Distribution(f"{rows}{ending}?accessType=DOWNLOAD", "download", None, name, media_type)
            for ending, name, media_type in _ROWS
        ]
        api = f"{root}/resource/{asset.identifier}.json"
        return [*found, Distribution(api, "api", "SODA API", "API", "application/json")]
    if (
        isinstance(asset.kind, str)
        and asset.kind in UPLOADED
        and isinstance(asset.media_type, str)
        and asset.media_type.strip()
    ):
        reading = read_format(None, asset.media_type, None, "resource.blob_mime_type", log)
        media_type = quote(asset.media_type.split(";", 1)[0].strip(), safe="")
        url = f"{root}/download/{asset.identifier}/{media_type}"
        file = Distribution(url, "download", None, reading.format, reading.media_type)
        return [file, *_page(page, asset.kind)]
    return _page(page, asset.kind)


def is_host(value: Any) -> bool:
    """Whether a published domain can stand in a URL."""
    return isinstance(value, str) and _HOST.fullmatch(value) is not None


def is_id(value: Any) -> bool:
    """Whether a published identifier is a four-by-four, which can stand in a URL."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def _page(page: str | None, kind: Any) -> list[Distribution]:
    if page is None:
        return []
    shown: DistributionKind = "map" if isinstance(kind, str) and kind in MAPS else "page"
    return [Distribution(page, shown, None, "HTML", "text/html")]
