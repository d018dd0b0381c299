"""The shared schema: DCAT in Python.

`Dataset` is what every crosswalk makes and everything downstream reads. Values are normalised; the value
as published stands beside each one (in the part's own `as_published`, or in `Dataset.as_published` under
the field's name), so that a person can see both and a later vocabulary can be applied again.
What is unknown is `None` or an empty list. Dates are ISO 8601 strings, as precise as published.

Plain dataclasses, so that msgspec encodes them fast and FastAPI documents them as they are.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

ResourceType = Literal["dataset", "report", "dashboard", "map", "api", "collection"]
DistributionKind = Literal["download", "api", "page", "map"]
AccessLevel = Literal["public", "restricted public", "non-public"]

RESOURCE_TYPES: tuple[ResourceType, ...] = ("dataset", "report", "dashboard", "map", "api", "collection")
ACCESS_LEVELS: tuple[AccessLevel, ...] = ("public", "restricted public", "non-public")


@dataclass(slots=True)
class Topic:
    """A subject heading. `id` is a slug; `derived` marks headings read from text, not published."""

    id: str
    label: str
    derived: bool = False


@dataclass(slots=True)
class Publisher:
    """Who answers for the dataset. Level and jurisdiction come from the portal where the record is silent;
    `parents` are the names of the organisations above, the nearest first: as published, else the one that the
    register of agencies names."""

    id: str
    name: str
    as_published: str | None = None
    level: str | None = None
    branch: str | None = None
    jurisdiction: str | None = None
    parents: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Contact:
    """vCard's `fn` and `hasEmail`; the e-mail is a bare address."""

    name: str | None = None
    email: str | None = None


@dataclass(slots=True)
class Frequency:
    """How often the data is updated: an ISO 8601 repeating duration (`R/P1Y`), `irregular`, or `never` for
    historical data."""

    value: str | None
    as_published: str | None = None


@dataclass(slots=True)
class Licence:
    """`id` is an SPDX identifier, or ours where SPDX has none; `notspecified` where the publisher says that
    there is none. `open` is by the Open Definition."""

    id: str | None
    url: str | None = None
    open: bool | None = None
    as_published: str | None = None


@dataclass(slots=True)
class Link:
    """A document about the data: a dictionary, a method, a home page."""

    title: str | None
    url: str


@dataclass(slots=True)
class Part:
    """A collection or series this dataset belongs to; `identifier` is the parent's own at the source."""

    identifier: str
    id: str | None = None
    title: str | None = None


@dataclass(slots=True)
class Origin:
    """Where a portal that only re-publishes the dataset has it from: the source's name there, the dataset's
    identifier and address at its origin, and the portal's own key of the source."""

    source: str | None = None
    identifier: str | None = None
    url: str | None = None
    source_id: str | None = None


@dataclass(slots=True)
class Place:
    """A named place; `id` is the gazetteer's where the name is known. A `derived` one was read from the title
    or description: `evidence` are the words, `confidence` is how sure that is, 0 to 1."""

    name: str
    id: str | None = None
    derived: bool = False
    as_published: str | None = None
    evidence: str | None = None
    confidence: float | None = None


@dataclass(slots=True)
class Spatial:
    """Where the data is about. `bbox` is [west, south, east, north] in degrees, west > east when it
    crosses the antimeridian. `geometry` is GeoJSON where the source gives more than a box. `bbox_derived`:
    the box is the gazetteer's for the places, not the publisher's."""

    bbox: list[float] | None = None
    places: list[Place] = field(default_factory=list)
    geometry: dict[str, Any] | None = None
    as_published: str | None = None
    bbox_derived: bool = False


@dataclass(slots=True)
class Temporal:
    """The period covered: ISO dates, either end open when unknown. A `derived` one was read from the title or
    description: `evidence` are the words, `confidence` is how sure that is, 0 to 1."""

    start: str | None
    end: str | None
    as_published: str | None = None
    derived: bool = False
    evidence: str | None = None
    confidence: float | None = None


@dataclass(slots=True)
class Distribution:
    """One way to get the data. `format` is a short upper-case name (CSV), `media_type` IANA's."""

    url: str
    kind: DistributionKind = "download"
    title: str | None = None
    format: str | None = None
    media_type: str | None = None
    size: int | None = None
    description: str | None = None
    conforms_to: str | None = None


@dataclass(slots=True)
class Column:
    """One column of tabular data; `type` as the portal calls it."""

    name: str
    label: str | None = None
    description: str | None = None
    type: str | None = None


@dataclass(slots=True)
class Quality:
    """Completeness of the metadata, 0 to 1, and each part's share of it."""

    score: float
    parts: dict[str, float]


@dataclass(slots=True)
class Popularity:
    """What the portal counts. It lives beside the record and never makes it changed."""

    views: int | None = None
    downloads: int | None = None


@dataclass(slots=True)
class Dataset:
    """One dataset, report, dashboard, map, API or collection, as the hub knows it."""

    title: str
    type: ResourceType = "dataset"
    description: str | None = None
    description_html: str | None = None
    keywords: list[str] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    publisher: Publisher | None = None
    contact: Contact | None = None
    issued: str | None = None
    modified: str | None = None
    metadata_modified: str | None = None
    frequency: Frequency | None = None
    language: list[str] = field(default_factory=list)
    license: Licence | None = None
    rights: str | None = None
    access_level: AccessLevel | None = None
    documentation: list[Link] = field(default_factory=list)
    part_of: list[Part] = field(default_factory=list)
    derived_from: list[str] = field(default_factory=list)
    spatial: Spatial | None = None
    temporal: Temporal | None = None
    landing_page: str | None = None
    distributions: list[Distribution] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    quality: Quality | None = None
    origin: Origin | None = None
    as_published: dict[str, Any] = field(default_factory=dict)
    unmapped: dict[str, Any] = field(default_factory=dict)
