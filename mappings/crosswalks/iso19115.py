"""ISO 19115 to the shared schema: 19139 (`gmd`), 19115-2 (`gmi`) and 19115-3 (`mdb`) in one crosswalk.

Elements are found by local names, as the editions differ in namespaces and in a few names:
`CI_ResponsibleParty` became `CI_Responsibility`, `fileIdentifier` `metadataIdentifier`, `hierarchyLevel`
`metadataScope`.
Source: ISO 19115-1:2014, 19115-2:2009, 19115-3:2016, 19139:2007, and GeoDCAT-AP's mapping of them to DCAT.
"""

from typing import Any
from xml.etree.ElementTree import Element

from mappings.consume import keep_unmapped, remember
from mappings.dataset import Dataset, Part
from mappings.frequencies import read_frequency
from mappings.geographic import Box, read_area, read_constraints, read_dated, read_people, read_period
from mappings.identity import read_identifier
from mappings.iso19115_links import read_links
from mappings.iso19115_people import parties
from mappings.issue import Issue, IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.quality import score
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.xml_path import at, first, only, values
from mappings.xml_record import canonical, local, parse

ROOTS = frozenset({"md_metadata", "mi_metadata"})

PUBLISHED_NAMES = {
    "title": "title",
    "description": "abstract",
    "keywords": "descriptiveKeywords",
    "topics": "topicCategory",
    "modified": "date",
    "publisher": "publisher",
    "contact": "contact",
    "license": "resourceConstraints",
    "spatial": "spatial",
    "distributions": "distributionInfo",
}

_ROLES = (
    *("publisher", "owner", "custodian", "originator", "resourceProvider", "sponsor", "distributor"),
    *("pointOfContact", "principalInvestigator", "author", "processor"),
)
"""Who publishes: the first role that an organisation has."""

_TYPES = {
    "series": "collection",
    "collection": "collection",
    "service": "api",
    "software": "api",
    "application": "dashboard",
    "map": "map",
    "document": "report",
}
"""By `MD_ScopeCode`, as GeoDCAT-AP has them; all other scopes are datasets."""

_CATEGORIES = {
    "climatologyMeteorologyAtmosphere": "Climatology, meteorology and atmosphere",
    "geoscientificInformation": "Geoscientific information",
    "imageryBaseMapsEarthCover": "Imagery, base maps and land cover",
    "inlandWaters": "Inland waters",
    "intelligenceMilitary": "Intelligence and military",
    "planningCadastre": "Planning and cadastre",
    "utilitiesCommunication": "Utilities and communication",
}
"""Labels of the topic categories that are more than one word."""

_REVISIONS = ("revision", "lastRevision", "lastUpdate")
_RELEASES = ("publication", "released", "distribution", "creation")
_SECRET = {
    "unclassified": "public",
    "restricted": "restricted public",
    "sensitiveButUnclassified": "restricted public",
    "confidential": "non-public",
    "secret": "non-public",
    "topSecret": "non-public",
}

_MAPPED = frozenset(
    [
        *("fileidentifier", "metadataidentifier", "language", "defaultlocale", "characterset"),
        *("hierarchylevel", "metadatascope", "contact", "datestamp", "dateinfo"),
        *("identificationinfo", "distributioninfo", "dataseturi", "parentidentifier"),
        *("parentmetadata", "metadatastandardname", "metadatastandardversion", "metadatastandard"),
        *("metadataprofile", "locale", "otherlocale", "citation", "abstract", "pointofcontact"),
        *("resourcemaintenance", "descriptivekeywords", "resourceconstraints", "topiccategory"),
        *("extent", "purpose", "credit", "status", "spatialrepresentationtype", "spatialresolution"),
        *("graphicoverview", "resourceformat", "environmentdescription", "supplementalinformation"),
        *("aggregationinfo", "associatedresource", "metadatalinkage", "hierarchylevelname"),
        *("metadataconstraints", "metadatamaintenance", "dataqualityinfo", "resourcelineage"),
        *("spatialrepresentationinfo", "referencesysteminfo", "contentinfo"),
        *("acquisitioninformation", "portrayalcatalogueinfo", "applicationschemainfo"),
        *("additionaldocumentation", "temporalresolution", "servicetype", "servicetypeversion"),
        *("containsoperations", "coupledresource", "couplingtype", "operateson", "accessproperties"),
        *("resourcespecificusage", "metadataextensioninfo", "alternativemetadatareference"),
        *("processinglevel"),
    ]
)
"""Elements that are mapped, or describe the geodata's own making: those are kept in the raw record alone."""

_ITS_OWN_WAY = frozenset(
    {"email-without-mailto", "licence-not-url", "frequency-not-iso", "language-not-bcp47"}
)
"""What the value readers report as against DCAT-US; this standard asks for it so."""
_KEPT = ("purpose", "credit", "status", "supplementalInformation", "spatialRepresentationType")


def decode(payload: bytes) -> tuple[dict[str, Any], list[Issue]]:
    """A metadata record: `identifier`, `modified`, `title` and the tree under `root`.

    Raises `Unmappable`: what `xml_record.parse` raises, and `unknown-xml` for another root element.
    """
    root, issues = parse(payload)
    if local(root) not in ROOTS:
        raise Unmappable("unknown-xml", f"the root element is {local(root)[:60]}, not ISO 19115 metadata")
    return opened(root), issues


def opened(root: Element) -> dict[str, Any]:
    """What a plan needs of a parsed record."""
    identifier = only(root, "fileIdentifier") or only(root, "metadataIdentifier/MD_Identifier/code")
    stamp = only(root, "dateStamp") or only(root, "dateInfo/CI_Date/date")
    return {
        "identifier": identifier,
        "modified": stamp,
        "title": only(root, "identificationInfo/*/citation/CI_Citation/title"),
        "root": root,
    }


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One metadata record. Raises `Unmappable` (`missing-title`)."""
    root: Element = record["root"]
    about = first(root, "identificationInfo/*")
    citation = first(about, "citation/CI_Citation")
    title = read_line(record["title"], "title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", record["title"], title)
    _read_subject(root, about, dataset, log)
    people = [*parties(citation, "citedResponsibleParty"), *parties(about, "pointOfContact")]
    people += parties(first(root, "distributionInfo"), "**/distributorContact")
    read_people([*people, *parties(root, "contact")], _ROLES, dataset, log)
    _read_dates(root, about, citation, dataset, log)
    _read_terms(about, dataset, log)
    _read_extents(about, dataset, log)
    read_links(root, about, citation, dataset, log)
    _read_relations(root, about, dataset, log)
    _keep_rest(root, about, dataset, log)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _ITS_OWN_WAY]
    return dataset


def _read_subject(root: Element, about: Element | None, dataset: Dataset, log: IssueLog) -> None:
    raw = only(about, "abstract")
    if (text := read_text(raw, "abstract", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(dataset.as_published, "description", raw, dataset.description)
    words = [
        word
        for group in at(about, "descriptiveKeywords/MD_Keywords")
        if only(group, "type") != "place"
        for word in values(group, "keyword")
    ]
    dataset.keywords = read_keywords(words, "descriptiveKeywords", log)
    remember(dataset.as_published, "keywords", words, dataset.keywords)
    codes = values(about, "topicCategory/MD_TopicCategoryCode")
    labels = [_CATEGORIES.get(code, code[:1].upper() + code[1:]) for code in codes]
    dataset.topics = read_topics(labels, "topicCategory", log)
    remember(dataset.as_published, "topics", codes, [topic.label for topic in dataset.topics])
    spoken = values(about, "language|defaultLocale") or values(root, "language|defaultLocale")
    dataset.language = read_languages(spoken, "language", log)
    remember(dataset.as_published, "language", spoken, dataset.language)
    scope = only(root, "hierarchyLevel") or only(root, "metadataScope/*/resourceScope") or ""
    kind: Any = _TYPES.get(scope, "dataset")
    if about is not None and local(about) == "sv_serviceidentification":
        kind = "api"
    dataset.type = kind
    if scope not in ("", "dataset"):
        dataset.as_published["type"] = scope[:100]


def _read_dates(
    root: Element, about: Element | None, citation: Element | None, dataset: Dataset, log: IssueLog
) -> None:
    dated: dict[str, list[str]] = {}
    for date in at(citation, "date/CI_Date"):
        if text := only(date, "date"):
            dated.setdefault(only(date, "dateType") or "", []).append(text)
    released = next((dated[kind][0] for kind in _RELEASES if kind in dated), None)
    revised = [text for kind in _REVISIONS for text in dated.get(kind, [])]
    untyped = dated.get("", [None])[0]
    read_dated("issued", released, "date", dataset, log)
    read_dated("modified", max(revised, default=None) or released or untyped, "date", dataset, log)
    stamps = {only(date, "dateType") or "": only(date, "date") for date in at(root, "dateInfo/CI_Date")}
    stamp = only(root, "dateStamp") or stamps.get("revision") or next(iter(stamps.values()), None)
    read_dated("metadata_modified", stamp, "dateStamp", dataset, log)
    maintained = first(about, "resourceMaintenance/MD_MaintenanceInformation")
    often = only(maintained, "userDefinedMaintenanceFrequency")
    often = often or only(maintained, "maintenanceAndUpdateFrequency")
    dataset.frequency = read_frequency(_words(often), "resourceMaintenance", log)
    if dataset.frequency is not None:
        dataset.frequency.as_published = often


def _words(code: str | None) -> str | None:
    """A camel-case code in words (`asNeeded`, `notPlanned`); durations stay."""
    if code == "continual":
        return "continually"
    if code is None or not code.isalpha() or code.isupper():
        return code
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in code).strip()


def _read_terms(about: Element | None, dataset: Dataset, log: IssueLog) -> None:
    texts: list[str] = []
    licence: str | None = None
    for part in at(about, "resourceConstraints/*"):
        uses = values(part, "useConstraints")
        others = values(part, "otherConstraints") + values(part, "reference/CI_Citation/title")
        texts += values(part, "useLimitation") + others
        if others and any(code.startswith("licen") for code in uses):
            licence = licence or others[0]
        for code in values(part, "classification"):
            level: Any = _SECRET.get(code)
            dataset.access_level = level or dataset.access_level
            remember(dataset.as_published, "access_level", code, level)
        if dataset.access_level is None and "restricted" in values(part, "accessConstraints"):
            dataset.access_level = "restricted public"
    read_constraints(texts, dataset, log, licence)


def _read_extents(about: Element | None, dataset: Dataset, log: IssueLog) -> None:
    boxes = [
        Box(
            only(box, "westBoundLongitude"),
            only(box, "southBoundLatitude"),
            only(box, "eastBoundLongitude"),
            only(box, "northBoundLatitude"),
        )
        for box in at(about, "extent/EX_Extent/**/EX_GeographicBoundingBox")
    ]
    places = [
        word
        for group in at(about, "descriptiveKeywords/MD_Keywords")
        if only(group, "type") == "place"
        for word in values(group, "keyword")
    ]
    named = "extent/EX_Extent/**/EX_GeographicDescription/geographicIdentifier/*/code"
    read_area(boxes, [*values(about, named), *places], dataset, log)
    ends: list[tuple[str | None, str | None]] = []
    for when in at(about, "extent/EX_Extent/**/temporalElement/*/extent/*"):
        if local(when) == "timeinstant":
            ends.append((only(when, "timePosition"), only(when, "timePosition")))
        else:
            start = only(when, "beginPosition") or only(when, "begin/TimeInstant/timePosition")
            ends.append((start, only(when, "endPosition") or only(when, "end/TimeInstant/timePosition")))
    dataset.temporal = read_period(ends, log)


def _read_relations(root: Element, about: Element | None, dataset: Dataset, log: IssueLog) -> None:
    parents = values(root, "parentIdentifier")
    parents += values(root, "parentMetadata/*/identifier/MD_Identifier/code")
    for link in at(about, "aggregationInfo/*") + at(about, "associatedResource/*"):
        if only(link, "associationType") in ("largerWorkCitation", "series"):
            parents += values(link, "**/identifier/MD_Identifier/code")
    names = dict.fromkeys(name for raw in parents if (name := read_identifier(raw)))
    if len(names) > 100:
        log.add("too-many-values", "parentIdentifier", f"of {len(names):,} collections 100 are kept")
    dataset.part_of = [Part(name) for name in list(names)[:100]]


def _keep_rest(root: Element, about: Element | None, dataset: Dataset, log: IssueLog) -> None:
    left: dict[str, Any] = {name: said for name in _KEPT if (said := only(about, name))}
    if lineage := only(root, "**/LI_Lineage/statement"):
        left["lineage"] = lineage
    for child in [*root, *(about if about is not None else ())]:
        if local(child) not in _MAPPED and (said := " ".join("".join(child.itertext()).split())):
            left.setdefault(child.tag.rpartition("}")[2], said)
    keep_unmapped(left, dataset.unmapped, log, known=(*_KEPT, "lineage"))


SCHEMAS = (SourceSchema("iso-19115", crosswalk, decode=decode, canonical=canonical),)
