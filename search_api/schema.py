"""The JSON answers as types, for the OpenAPI description: what `search_json` and `present` give.

The answers are encoded from those functions directly; a test holds them to these types.
"""

from dataclasses import dataclass
from typing import Any, Literal

from index.query.model import Copy, FacetValue
from mappings.dataset import (
    AccessLevel,
    Column,
    Contact,
    DistributionKind,
    Frequency,
    Licence,
    Link,
    Origin,
    Quality,
    ResourceType,
    Temporal,
    Topic,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """An error: what happened and what to do next."""

    detail: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of text; `match` where it holds words of the query."""

    text: str
    match: bool


@dataclass(frozen=True, slots=True)
class FoundDataset:
    """One result. `url` is its page in this hub, `modified` ISO 8601 as precise as published, `partial` marks
    one that lacks some of the words, `also_at` are copies at other portals."""

    id: str
    title: str
    publisher: str | None
    source: str
    url: str
    modified: str | None
    popularity: int | None
    score: float
    partial: bool
    also_at: list[Copy]
    type: ResourceType
    formats: list[str]
    license: str | None
    access_level: AccessLevel | None
    snippet: list[Fragment]


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """`total` and `facets` count the set that is shown, `all_total` the datasets with every word. A facet's
    count of a value is the total of the same search with that facet's selection replaced by the value
    alone."""

    total: int
    match: Literal["all", "any"]
    all_total: int
    results: list[FoundDataset]
    facets: dict[str, list[FacetValue]]
    hints: list[str]
    suggestion: str | None


@dataclass(frozen=True, slots=True)
class FacetInfo:
    """A way to narrow a search: its parameter, what people read, its values with counts."""

    name: str
    label: str
    multiple: bool
    values: list[FacetValue]


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A portal the hub reads; `records` are its live ones, `status` and `fetched` tell of its last run."""

    id: str
    type: str
    url: str
    title: str
    jurisdiction: str
    level: str
    records: int
    status: str | None
    fetched: str | None


@dataclass(frozen=True, slots=True)
class PublisherInfo:
    """Who answers for a dataset; level and jurisdiction are the portal's where the record is silent."""

    id: str
    name: str
    as_published: str | None
    level: str | None
    branch: str | None
    jurisdiction: str | None


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """A named place; a derived one was read from text: with the words, and how sure that is."""

    id: str | None
    name: str
    derived: bool
    as_published: str | None
    evidence: str | None
    confidence: float | None


@dataclass(frozen=True, slots=True)
class SpatialInfo:
    """`bbox` is west, south, east, north in degrees; `bbox_derived`: the gazetteer's, not the publisher's."""

    bbox: list[float] | None
    places: list[PlaceInfo]
    geometry: dict[str, Any] | None
    as_published: str | None
    bbox_derived: bool


@dataclass(frozen=True, slots=True)
class PartInfo:
    """A collection the dataset belongs to."""

    id: str | None
    title: str | None
    identifier: str


@dataclass(frozen=True, slots=True)
class DistributionInfo:
    """One way to get the data; `size` in bytes."""

    title: str | None
    description: str | None
    url: str
    kind: DistributionKind
    format: str | None
    media_type: str | None
    size: int | None
    conforms_to: str | None


@dataclass(frozen=True, slots=True)
class MemberInfo:
    """A copy of the dataset at some portal, and why it counts as one."""

    id: str
    source: str
    reason: str | None
    score: float | None


@dataclass(frozen=True, slots=True)
class ClusterInfo:
    """The copies of the dataset; `canonical` stands for them in search results."""

    id: str
    canonical: str
    members: list[MemberInfo]


@dataclass(frozen=True, slots=True)
class IssueInfo:
    """What is wrong with a published value."""

    slug: str
    field: str
    message: str


@dataclass(frozen=True, slots=True)
class DatasetAnswer:
    """One dataset as the hub knows it. What is unknown is null or an empty list; `as_published` holds the
    published form of values that normalising changed, `unmapped` what has no field here, `raw` the record as
    the portal sent it (text where it was no JSON)."""

    id: str
    type: ResourceType
    title: str
    description: str | None
    keywords: list[str]
    topics: list[Topic]
    publisher: PublisherInfo | None
    contact: Contact | None
    issued: str | None
    modified: str | None
    metadata_modified: str | None
    frequency: Frequency | None
    language: list[str]
    license: Licence | None
    rights: str | None
    access_level: AccessLevel | None
    documentation: list[Link]
    part_of: list[PartInfo]
    derived_from: list[str]
    spatial: SpatialInfo | None
    temporal: Temporal | None
    landing_page: str | None
    distributions: list[DistributionInfo]
    columns: list[Column]
    popularity: dict[str, int | None] | None
    quality: Quality | None
    cluster: ClusterInfo
    provenance: dict[str, str | None]
    origin: Origin | None
    issues: list[IssueInfo]
    as_published: dict[str, Any]
    unmapped: dict[str, Any]
    deleted: bool
    raw: Any
