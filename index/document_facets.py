"""The facet values of a cluster: identifiers in lower case, of all its members together."""

from collections.abc import Iterator, Mapping, Sequence

from index.store.model import Source, StoredRecord
from mappings.dataset import Dataset, Place
from mappings.licences import UNSTATED
from mappings.text import slugify

UNKNOWN = "unknown"
"""Value of the facets licence, frequency and access where nothing is stated, or nothing we recognise."""

_OFFERED = frozenset({"download", "api", "map"})


def facet_values(records: Sequence[StoredRecord], sources: Mapping[str, Source]) -> dict[str, list[str]]:
    """The values by facet name; the canonical record comes first in `records` and gives the type.

    `updated` is not among them: engines count it from `modified`.
    """
    values: dict[str, dict[str, None]] = {}
    for record in records:
        for facet, value in _values(record, sources.get(record.source)):
            values.setdefault(facet, {})[value.casefold()] = None
    values["type"] = {records[0].dataset.type: None}
    return {facet: list(found) for facet, found in values.items()}


def _values(record: StoredRecord, source: Source | None) -> Iterator[tuple[str, str]]:
    dataset, publisher = record.dataset, record.dataset.publisher
    yield "source", record.source
    if publisher is not None:
        yield "publisher", publisher.id
    if level := (publisher and publisher.level) or (source and source.level):
        yield "level", level
    if jurisdiction := jurisdiction_of(dataset, source):
        yield "jurisdiction", slugify(jurisdiction) or jurisdiction
    for topic in dataset.topics:
        yield "topic", topic.id
    for place in known_places(dataset):
        yield "place", place.id or ""
    stated = dataset.license is not None and dataset.license.id != UNSTATED
    yield "license", (stated and dataset.license and dataset.license.id) or UNKNOWN
    yield "frequency", (dataset.frequency and dataset.frequency.value) or UNKNOWN
    yield "access", dataset.access_level.replace(" ", "-") if dataset.access_level else UNKNOWN
    for keyword in dataset.keywords:
        yield "keyword", keyword
    for distribution in dataset.distributions:
        if distribution.format:
            yield "format", distribution.format
        if distribution.kind in _OFFERED:
            yield "has", distribution.kind
    if dataset.documentation:
        yield "has", "documentation"


def known_places(dataset: Dataset) -> Iterator[Place]:
    """The places that the gazetteer knows; other names are found by searching only."""
    return (place for place in (dataset.spatial.places if dataset.spatial else ()) if place.id)


def jurisdiction_of(dataset: Dataset, source: Source | None) -> str | None:
    """The publisher's jurisdiction as named, else the portal's."""
    named = dataset.publisher.jurisdiction if dataset.publisher is not None else None
    return named or (source.jurisdiction if source is not None else None) or None
