"""DCAT-US 3.0 datasets, services and series to the shared schema, with the readers of DCAT-US 1.1.

A record is a node of JSON-LD in names without a prefix (prefixed ones are read as well), and holds what
stands around it in its catalogue (see `mappings.dcat_us_3_context`). Its values are brought into the shapes
of 1.1; what 3.0 alone has is read here. Source: the JSON schemas and context of github.com/DOI-DO/dcat-us.
"""

from collections.abc import Mapping
from typing import Any

from mappings.consume import keep, keep_unmapped, remember, says_something
from mappings.crosswalks import dcat_us
from mappings.dataset import Dataset, Link
from mappings.dcat_us_3_context import CONTEXT, context_of, identify
from mappings.dcat_us_3_lineage import read_lineage
from mappings.dcat_us_3_offers import add_service, agreed_licence, in_shape_of_1_1, kept_of, nodes_of
from mappings.dcat_us_3_parts import (
    area,
    contact,
    documents,
    licence,
    period,
    publisher,
    restrictions,
    rights,
)
from mappings.dcat_us_3_values import (
    Node,
    address,
    addresses,
    code,
    first,
    host,
    label,
    labelled,
    languages_of,
    listed,
    literal,
    plain_names,
    text_in,
    texts_in,
)
from mappings.dcat_us_links import LINK_LIMIT
from mappings.issue import IssueLog
from mappings.quality import score
from mappings.source_schema import SourceSchema
from mappings.spatial import PLACE_LIMIT, read_spatial
from mappings.text import read_line
from mappings.urls import read_url

_READ = frozenset(
    {
        *("@id", "@type", "@context", "identifier", "title", "titleMap", "description", "descriptionMap"),
        *("keyword", "keywordMap", "theme", "subject", "language", "publisher", "creator", "contactPoint"),
        *("modified", "issued", "created", "accrualPeriodicity", "temporal", "license", "rights"),
        *("accessRights", "accessLevel", "accessRestriction", "useRestriction", "cuiRestriction", "spatial"),
        *("geographicBoundingBox", "distribution", "landingPage", "homepage", "page", "describedBy"),
        *("conformsTo", "inSeries", "isPartOf", "source", "wasDerivedFrom", "endpointURL"),
        *("endpointDescription", "hasEmail"),
    }
)
KNOWN_UNMAPPED = frozenset(
    {
        *(
            "otherIdentifier",
            "sample",
            "status",
            "supportedSchema",
            "versionNotes",
            "version",
            "first",
            "last",
        ),
        *("hasCurrentVersion", "hasVersion", "previousVersion", "qualifiedRelation", "replaces", "relation"),
        *("spatialResolutionInMeters", "temporalResolution", "liabilityStatement", "metadataDistribution"),
        *("purpose", "purposeMap", "contributor", "hasPart", "isReferencedBy", "provenance", "rightsHolder"),
        *("category", "hasQualityMeasurement", "qualifiedAttribution", "wasAttributedTo", "wasGeneratedBy"),
        *("wasUsedBy", "image", "scopeNote", "scopeNoteMap", "seriesMember", "servesDataset", "hasPolicy"),
        *("prev", "next", "program", "bureauCode", "programCode", "characterEncoding"),
    }
)
"""Kept in `unmapped` without an issue: versions, relations, quality and bookkeeping have no place of their
own."""

_RULES_OF_1_1 = frozenset(
    {
        *(
            "missing-access-level",
            "access-level-not-in-list",
            "restricted-without-rights",
            "keyword-is-string",
        ),
        *("frequency-not-iso", "licence-not-url", "temporal-not-iso", "language-not-bcp47"),
        *("distribution-without-format", "download-without-media-type"),
    }
)
"""What 3.0 no longer asks for, or says in another way."""
_OF_AGENTS = ("@id", "altLabel", "notation", "category")
"""Kept of a publisher beside its name."""
_ACCESS = frozenset({"public", "restricted", "nonpublic", "confidential", "restrictedpublic"})


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One dataset, series or service. Raises `Unmappable` (`missing-title`)."""
    node = plain_names({name: value for name, value in record.items() if name != CONTEXT})
    services = context_of(record, "service")
    distributions = nodes_of(node)
    dataset = dcat_us.crosswalk(_as_1_1(node, distributions, services), log)
    _read_languages(node, dataset)
    _read_places(node, dataset)
    _read_links(node, dataset, log)
    read_lineage(node, record, dataset, log)
    add_service(node, dataset, log, titled=False)
    for service in [*_inline_services(distributions), *services]:
        add_service(service, dataset, log, titled=not _is_of_a_distribution(service, distributions))
    if kept := kept_of(distributions):
        keep("distribution", kept, dataset.unmapped)
    if dataset.spatial is None and says_something(node.get("spatial")):
        keep("spatial", node["spatial"], dataset.unmapped)
    left = {
        name: value for name, value in node.items() if name not in _READ and value not in (None, "", [], {})
    }
    keep_unmapped(left, dataset.unmapped, log, known=KNOWN_UNMAPPED)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if not _is_of_1_1(issue.slug, dataset)]
    return dataset


def _is_of_1_1(slug: str, dataset: Dataset) -> bool:
    """A series has no data of its own, and an endpoint is as good as a distribution."""
    has_a_way = bool(dataset.distributions) or dataset.type == "collection"
    return slug in _RULES_OF_1_1 or (slug == "missing-distribution" and has_a_way)


def _is_of_a_distribution(service: Node, distributions: list[Node]) -> bool:
    """Whether a distribution is got by this service: then it is offered with the distribution's own words."""
    names = {
        service.get("@id"),
        service.get("identifier") if isinstance(service.get("identifier"), str) else None,
    }
    said = {
        item if isinstance(item, str) else item.get("@id")
        for node in distributions
        for item in listed(node.get("accessService"))
        if isinstance(item, (str, dict))
    }
    return not (names - {None}).isdisjoint(said)


def _inline_services(distributions: list[Node]) -> list[Node]:
    found = [item for node in distributions for item in listed(node.get("accessService"))]
    return [item for item in found if isinstance(item, dict) and "endpointURL" in item]


def _as_1_1(node: Node, distributions: list[Node], services: list[Node]) -> Node:
    shape, places = area(node)
    level, notes = restrictions([node, *distributions])
    word = code(node.get("accessRights"))
    is_level = word is not None and "".join(filter(str.isalpha, word)).lower() in _ACCESS
    frequency = first(listed(node.get("accrualPeriodicity")))
    said = [rights(node.get("rights")), None if is_level else rights(node.get("accessRights"))]
    said += [_agreed_rights(distributions), *notes]
    found: Node = {
        "@type": _type(node),
        "identifier": identify(node),
        "title": text_in(node, "title"),
        "description": text_in(node, "description"),
        "keyword": texts_in(node, "keyword"),
        "theme": [labelled(item) for item in [*listed(node.get("theme")), *listed(node.get("subject"))]],
        "language": [code(item) for item in listed(node.get("language"))],
        "publisher": publisher(node.get("publisher")) or publisher(node.get("creator")),
        "contactPoint": contact(node.get("contactPoint")),
        "modified": literal(node.get("modified")),
        "issued": literal(first([node.get("issued"), node.get("created")])),
        "accrualPeriodicity": first([label(frequency), address(frequency)]),
        "temporal": period(node.get("temporal")),
        "license": licence(node.get("license")) or agreed_licence(distributions),
        "accessLevel": node.get("accessLevel") or (word if is_level else level),
        "rights": "\n".join(dict.fromkeys(filter(None, said))),
        "spatial": shape if shape is not None else places,
        "distribution": in_shape_of_1_1(node, services),
        "landingPage": first([*addresses(node.get("landingPage")), *addresses(node.get("homepage"))]),
        "describedBy": [url for _, url in documents(node.get("describedBy"))],
        "conformsTo": [url for url in addresses(node.get("conformsTo")) if "://" in url],
    }
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _type(node: Node) -> Any:
    if node.get("@type"):
        return node["@type"]
    return "DatasetSeries" if "seriesMember" in node else "DataService" if "endpointURL" in node else None


def _agreed_rights(distributions: list[Node]) -> str | None:
    found = {rights(node.get("rights")) for node in distributions}
    return found.pop() if len(found) == 1 else None


def _read_languages(node: Node, dataset: Dataset) -> None:
    """Texts in other languages, and addresses that stand for what has no other name, as published."""
    published = dataset.as_published
    for field, name in (("title", "title"), ("description", "description"), ("keywords", "keyword")):
        remember(published, field, languages_of(node, name), None)
    remember(published, "topics", addresses(node.get("theme")), [])
    remember(published, "access_rights", address(node.get("accessRights")), None)
    raw = first(listed(node.get("publisher")))
    if dataset.publisher is not None and host(raw) == dataset.publisher.name:
        dataset.publisher.as_published = address(raw)
    if isinstance(raw, dict) and (kept := {name: raw[name] for name in _OF_AGENTS if raw.get(name)}):
        keep("publisher", kept, dataset.unmapped)


def _read_places(node: Node, dataset: Dataset) -> None:
    """Names of places beside the coordinates."""
    _, names = area(node)
    spatial = dataset.spatial
    if spatial is None or not spatial.bbox or not names:
        return
    named = read_spatial(names, "spatial", IssueLog())
    known = {place.name for place in spatial.places}
    more = [place for place in named.places if place.name not in known] if named else []
    spatial.places = [*spatial.places, *more][:PLACE_LIMIT]


def _read_links(node: Node, dataset: Dataset, log: IssueLog) -> None:
    """Documents about the data, with their titles."""
    for title, raw in documents(node.get("page")):
        url = read_url(raw, "page", log)
        if url and url != dataset.landing_page and all(link.url != url for link in dataset.documentation):
            dataset.documentation.append(Link(read_line(title, "page.title", log), url))
    dataset.documentation = dataset.documentation[:LINK_LIMIT]
    dataset.derived_from = [*addresses(node.get("source")), *addresses(node.get("wasDerivedFrom"))][:100]


def is_3(record: Mapping[str, Any]) -> bool:
    """Whether a record alone shows that it is of 3.0: 1.1 demands `accessLevel` and has none of these."""
    return "accessLevel" not in record and not _ONLY_3.isdisjoint(record)


_ONLY_3 = frozenset(
    {
        *(
            "accessRights",
            "otherIdentifier",
            "titleMap",
            "descriptionMap",
            "keywordMap",
            "inSeries",
            "category",
        ),
        *("geographicBoundingBox", "servesDataset", "endpointURL", "seriesMember", "liabilityStatement"),
        *("rightsHolder", "metadataDistribution", "hasVersion", "previousVersion", "purpose", "creator"),
        *("contributor", "qualifiedAttribution", "scopeNote", "provenance", "subject", "page"),
        *("spatialResolutionInMeters", "version", "hasQualityMeasurement"),
    }
)


SCHEMAS = (SourceSchema("dcat-us-3.0", crosswalk, identify=identify, canonical=dcat_us.canonical),)
