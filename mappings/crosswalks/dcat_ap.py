"""DCAT-AP and GeoDCAT-AP datasets, one self-contained node each, to the shared schema.

The payload is described in `mappings.dcat_ap_nodes`; beside the properties it holds `identifier` (the node's
address, else its `dct:identifier`), `title` and `modified` for a run's plan.
Of texts in several languages the English one is taken; the others are kept in `as_published`.
Source: DCAT-AP 3.0.1 and 2.1.1 (SEMIC), GeoDCAT-AP 3.0.0, DCAT 3 (W3C), and the Spanish NTI-RISP.
"""

from typing import Any

from mappings.consume import Fields, keep_unmapped, remember
from mappings.dataset import ACCESS_LEVELS, Contact, Dataset, Licence, Link, Part, ResourceType
from mappings.dates import read_date
from mappings.dcat_ap_nodes import Node, address, addresses, code, in_languages, label, nodes, text, texts
from mappings.dcat_ap_offers import first_licence, read_offers
from mappings.dcat_ap_origin import read_origin
from mappings.dcat_ap_places import read_places
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import read_licence
from mappings.quality import score
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url

PUBLISHED_NAMES = {
    "title": "dct:title",
    "description": "dct:description",
    "keywords": "dcat:keyword",
    "topics": "dcat:theme",
    "modified": "dct:modified",
    "publisher": "dct:publisher",
    "contact": "dcat:contactPoint",
    "license": "dct:license",
    "distributions": "dcat:distribution",
}

_READ = (
    *("@id", "@type", "identifier", "title", "modified", "dct:title", "dct:description", "dcat:keyword"),
    *("dcat:theme", "dct:subject", "dct:publisher", "dct:creator", "dcat:contactPoint", "adms:contactPoint"),
    *("dct:modified", "dct:issued", "dct:created", "dct:accrualPeriodicity", "dct:language", "dct:temporal"),
    *("dct:license", "dct:rights", "dct:accessRights", "dct:spatial", "dcat:bbox", "dcat:landingPage"),
    *("foaf:page", "foaf:homepage", "dct:conformsTo", "dct:isPartOf", "dcat:inSeries", "dct:source"),
    *("prov:wasDerivedFrom", "dcat:distribution", "adms:distribution", "dcat:endpointURL", "dct:identifier"),
    *("dcat:endpointDescription", "^foaf:primaryTopic", "^dcat:dataset", "dct:rightsHolder"),
    *("dct:abstract", "dct:updated", "dcat:accessService", "pod:accessLevel"),
)
KNOWN_UNMAPPED = frozenset(
    {
        *("dcat:hasVersion", "dcat:granularity", "dcat:dataQuality", "dct:alternative", "dct:hasPart"),
        *("foaf:thumbnail", "rdfs:seeAlso", "rdfs:label", "skos:prefLabel", "dcat:identifier"),
        *("adms:identifier", "adms:versionNotes", "adms:sample", "adms:status", "owl:versionInfo"),
        *("dcat:version", "dct:provenance", "dct:type", "dct:relation", "dct:hasVersion", "dct:isVersionOf"),
        *(
            "dct:isReferencedBy",
            "dct:isReplacedBy",
            "dct:references",
            "dcat:qualifiedRelation",
            "dcat:servesDataset",
        ),
        *("dcat:spatialResolutionInMeters", "dcat:temporalResolution", "prov:qualifiedAttribution"),
        *("prov:wasGeneratedBy", "foaf:isPrimaryTopicOf", "dct:contributor", "dqv:hasQualityAnnotation"),
        *("dqv:hasQualityMeasurement", "dcatap:applicableLegislation", "dcatap:hvdCategory"),
    }
)
"""Kept in `unmapped` without an issue: versions, relations, quality and law have no place of their own."""

_RULES_OF_DCAT_US = frozenset(
    {
        *("email-without-mailto", "licence-not-url", "download-without-media-type", "frequency-not-iso"),
        *("distribution-without-format", "temporal-not-iso", "language-not-bcp47"),
    }
)
"""What the value readers report as against DCAT-US, and DCAT-AP says in another way."""


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One dataset, series or service. Raises `Unmappable` (`missing-title`)."""
    raw_title = text(record, "dct:title", "rdfs:label", "schema:name")
    title = read_line(raw_title, "dct:title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title, type=_type(record))
    remember(dataset.as_published, "title", in_languages(record, "dct:title") or raw_title, title)
    _read_subject(record, dataset, log)
    _read_people(record, dataset, log)
    _read_dates(record, dataset, log)
    dataset.spatial = read_places(record, log)
    read_offers(record, dataset, log)
    _read_terms(record, dataset, log)
    _read_links(record, dataset, log)
    left = Fields({name: value for name, value in record.items() if name not in _READ}).left()
    keep_unmapped(left, dataset.unmapped, log, known=KNOWN_UNMAPPED)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _RULES_OF_DCAT_US]
    return dataset


def _type(record: Node) -> ResourceType:
    types = record.get("@type")
    types = types if isinstance(types, list) else []
    if "dcat:DatasetSeries" in types:
        return "collection"
    return "api" if "dcat:DataService" in types else "dataset"


def _read_subject(record: Node, dataset: Dataset, log: IssueLog) -> None:
    published = dataset.as_published
    raw = text(record, "dct:description", "dct:abstract")
    if (found := read_text(raw, "dct:description", log)) is not None:
        dataset.description, dataset.description_html = found.plain, found.html
    remember(published, "description", in_languages(record, "dct:description") or raw, dataset.description)
    words = texts(nodes(record, "dcat:keyword"))
    dataset.keywords = read_keywords(words, "dcat:keyword", log) if words else []
    remember(published, "keywords", words, dataset.keywords)
    themes = nodes(record, "dcat:theme", "dct:subject")
    labels = [word for theme in themes if (word := label(theme) or code(theme))]
    dataset.topics = read_topics(labels, "dcat:theme", log) if labels else []
    remember(published, "topics", [address(theme) or label(theme) for theme in themes], [])
    languages = [word for value in nodes(record, "dct:language") if (word := code(value))]
    dataset.language = read_languages(languages, "dct:language", log) if languages else []


def _read_people(record: Node, dataset: Dataset, log: IssueLog) -> None:
    """Who publishes, else who made it, else whose it is (GeoDCAT-AP's owner); of several the first that has a
    name. An address alone is a name only where the graph says no more."""
    people = (
        nodes(record, "dct:publisher") or nodes(record, "dct:creator") or nodes(record, "dct:rightsHolder")
    )
    names = [found for node in people if (found := label(node))]
    names = names or [found for node in people if (found := code(node))]
    if names and (name := read_line(names[0], "dct:publisher", log)):
        dataset.publisher = make_publisher(name, names[0])
    remember(published := dataset.as_published, "publishers", names[1:], [])
    for contact in nodes(record, "dcat:contactPoint", "adms:contactPoint"):
        name = read_line(label(contact), "dcat:contactPoint", log)
        raw = _email(contact)
        email = read_email(raw, "vcard:hasEmail", log)
        if name or email:
            dataset.contact = Contact(name, email)
            remember(published, "contact_email", raw, email)
            break


def _email(contact: Node) -> str | None:
    for value in nodes(contact, "vcard:hasEmail", "vcard:email", "foaf:mbox", "schema:email"):
        inner = nodes(value, "vcard:hasValue", "vcard:value")
        if found := address(inner[0] if inner else value):
            return found
    return None


def _read_dates(record: Node, dataset: Dataset, log: IssueLog) -> None:
    raw = text(record, "dct:modified", "dct:updated")  # GeoNetwork's, which DCMI has not
    dataset.modified = read_date(raw, "dct:modified", log)
    remember(dataset.as_published, "modified", raw, dataset.modified)
    raw = text(record, "dct:issued", "dct:created")
    dataset.issued = read_date(raw, "dct:issued", log)
    remember(dataset.as_published, "issued", raw, dataset.issued)
    for value in nodes(record, "dct:accrualPeriodicity"):
        dataset.frequency = read_frequency(label(value) or code(value), "dct:accrualPeriodicity", log)
        break
    for period in nodes(record, "dct:temporal"):
        start, end = (_instant(period, f"{side}Date", beside) for side, beside in _SIDES)
        said = f"{start or '..'}/{end or '..'}" if start or end else label(period)
        if said:
            dataset.temporal = read_temporal(said, "dct:temporal", log)
            break


_INSTANTS = ("time:inXSDDate", "time:inXSDDateTimeStamp", "time:inXSDDateTime", "time:inXSDgYear")
_SIDES = (("start", "time:hasBeginning"), ("end", "time:hasEnd"))


def _instant(period: Node, name: str, beside: str) -> str | None:
    """A side of a period: DCAT 2 and DCAT-AP 1 name it alike in two vocabularies; OWL-Time nests it."""
    if found := text(period, f"dcat:{name}", f"schema:{name}"):
        return found
    inner = nodes(period, beside)
    if not inner:
        return None
    return text(
        inner[0], "time:inXSDDate", "time:inXSDDateTimeStamp", "time:inXSDDateTime", "time:inXSDgYear"
    )


def _read_terms(record: Node, dataset: Dataset, log: IssueLog) -> None:
    """The dataset's own licence, else its distributions' where they agree."""
    own = nodes(record, "dct:license")
    raw = (address(own[0]) or label(own[0])) if own else first_licence(record)
    dataset.license = read_licence(raw, "dct:license", log, url_expected=False)
    if dataset.license is None and raw:
        dataset.license = Licence(None, as_published=raw)
    rights = [found for value in nodes(record, "dct:rights", "dct:accessRights") if (found := label(value))]
    dataset.rights = read_line(rights[0], "dct:rights", log) if rights else None
    access = {code(value) for value in nodes(record, "dct:accessRights")}
    if (level := text(record, "pod:accessLevel")) in ACCESS_LEVELS:
        dataset.access_level = level
    elif "PUBLIC" in access:
        dataset.access_level = "public"
    elif access & {"RESTRICTED", "CONFIDENTIAL", "SENSITIVE"}:
        dataset.access_level = "restricted public"
    elif "NON_PUBLIC" in access:
        dataset.access_level = "non-public"
    remember(dataset.as_published, "access_rights", addresses(record, "dct:accessRights"), [])


def _read_links(record: Node, dataset: Dataset, log: IssueLog) -> None:
    pages = addresses(record, "dcat:landingPage") or addresses(record, "foaf:homepage")
    dataset.landing_page = read_url(pages[0], "dcat:landingPage", log) if pages else None
    if dataset.landing_page is None and not dataset.distributions:
        # the address of a thing on the web is where it is looked up (Linked Data), if nothing else is
        dataset.landing_page = read_url(record.get("@id"), "@id", IssueLog())
    for value in nodes(record, "foaf:page", "dct:conformsTo"):
        url = read_url(address(value), "foaf:page", IssueLog()) if "@id" in value else None
        if url and all(link.url != url for link in dataset.documentation):
            dataset.documentation.append(Link(label(value), url))
    for value in nodes(record, "dcat:inSeries", "dct:isPartOf"):
        if found := address(value):
            dataset.part_of.append(Part(found, title=label(value)))
    sources = addresses(record, "dct:source", "prov:wasDerivedFrom")
    dataset.derived_from = sources[:100]
    dataset.origin = read_origin(record)


SCHEMAS = (SourceSchema("dcat-ap", crosswalk),)
