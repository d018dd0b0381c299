"""Distributions as DCAT-US 1.1 writes them.

`downloadURL` needs a `mediaType`, so a download whose media type is unknown is offered as an `accessURL`.
"""

from typing import Any

from dcat.published import cut_at_word, harmless, inert
from dcat.rules import fits
from mappings.dataset import Dataset, Distribution

DESCRIPTION_LIMIT = 10_000


def distributions(dataset: Dataset) -> list[dict[str, Any]]:
    """Every distribution with an address data.gov accepts, in the publisher's order, none twice."""
    entries: list[dict[str, Any]] = []
    seen: set[tuple[object, ...]] = set()
    for distribution in dataset.distributions:
        entry = _entry(distribution)
        key = tuple(entry.items())
        if entry and key not in seen:
            seen.add(key)
            entries.append(entry)
    return entries


def _entry(distribution: Distribution) -> dict[str, Any]:
    url, media_type = distribution.url, distribution.media_type
    if not harmless(url) or not fits("distribution.accessURL", url):
        return {}
    typed = media_type is not None and fits("distribution.mediaType", media_type)
    where = "downloadURL" if distribution.kind == "download" and typed else "accessURL"
    description = distribution.description
    candidates = {
        "title": inert(distribution.title),
        "description": cut_at_word(description, DESCRIPTION_LIMIT) if description else None,
        "mediaType": media_type,
        "format": inert(distribution.format),
        "conformsTo": harmless(distribution.conforms_to),
    }
    entry: dict[str, Any] = {"@type": "dcat:Distribution", where: url}
    entry.update((name, value) for name, value in candidates.items() if fits(f"distribution.{name}", value))
    return entry
