"""Dublin Core to the shared schema: `csw:Record` of catalogue services and `oai_dc:dc` of repositories.

Elements are found by local names: `dc:date` and `dct:date`, `abstract` and `description` are used alike. Only
what an element's own name says is read: a `date` that does not say of what is taken as that of the last
change, as nothing later is known.
Source: DCMI Metadata Terms (2020-01-20); OGC 07-006r1 (CSW 2.0.2), table 53; OAI-PMH 2.0, section 2.5.
"""

from typing import Any
from xml.etree.ElementTree import Element

from mappings.consume import keep_unmapped, remember
from mappings.dataset import Dataset, ResourceType
from mappings.emails import read_email
from mappings.geographic import Box, Offers, Party, read_area, read_constraints, read_dated, read_people
from mappings.issue import Issue, IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.published import clip
from mappings.quality import score
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.urls import read_url
from mappings.xml_path import at, first, only, value, values
from mappings.xml_record import canonical, local, parse

ROOTS = frozenset({"record", "summaryrecord", "briefrecord", "dc"})

PUBLISHED_NAMES = {
    "title": "title",
    "description": "description",
    "keywords": "subject",
    "modified": "date",
    "publisher": "publisher",
    "contact": "creator",
    "license": "rights",
    "spatial": "coverage",
    "distributions": "references",
}

_ROLES = ("publisher", "creator", "contributor")
_TYPES: dict[str, ResourceType] = {
    "service": "api",
    "series": "collection",
    "collection": "collection",
    "map": "map",
    "application": "dashboard",
    "text": "report",
    "document": "report",
}
"""By the DCMI type vocabulary and ISO's scope codes; all others are datasets."""
_LONGITUDE_FIRST = ("crs84", "wgs 1984", "wgs84")
_LATITUDE_FIRST = ("4326",)
_ITS_OWN_WAY = frozenset({"email-without-mailto", "licence-not-url", "language-not-bcp47"})
_MAPPED = frozenset(
    [
        *("title", "identifier", "abstract", "description", "subject", "type", "language", "format"),
        *("publisher", "creator", "contributor", "rights", "license", "accessrights", "date", "modified"),
        *("issued", "created", "coverage", "spatial", "temporal", "boundingbox", "wgs84boundingbox"),
        *("references", "uri", "anytext"),
    ]
)
_KEPT = ("relation", "source", "alternative", "provenance", "audience", "isPartOf", "bibliographicCitation")
_WEB = ("http://", "https://", "ftp://")


def decode(payload: bytes) -> tuple[dict[str, Any], list[Issue]]:
    """A record: `identifier`, `modified`, `title` and the tree under `root`.

    Raises `Unmappable`: what `xml_record.parse` raises, and `unknown-xml` for another root element.
    """
    root, issues = parse(payload)
    if local(root) not in ROOTS:
        raise Unmappable("unknown-xml", f"the root element is {local(root)[:60]}, not Dublin Core")
    return opened(root), issues


def opened(root: Element) -> dict[str, Any]:
    """What a plan needs of a parsed record. Within OAI-PMH the header names it; its date stamp and its sets
    are the repository's, and no part of what is compared."""
    about = first(root, "metadata/dc")
    return {
        "identifier": only(root, "header/identifier") or only(root, "identifier"),
        "modified": only(root, "header/datestamp") or only(root, "modified") or only(root, "date"),
        "title": only(root if about is None else about, "title"),
        "root": root if about is None else about,
    }


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One record. Raises `Unmappable` (`missing-title`)."""
    root: Element = record["root"]
    title = read_line(record["title"], "title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", record["title"], title)
    _read_subject(root, dataset, log)
    read_people([_party(child) for child in root if local(child) in _ROLES], _ROLES, dataset, log)
    _read_dates(root, dataset, log)
    read_constraints(values(root, "rights|license|accessRights"), dataset, log, only(root, "license"))
    _read_area(root, dataset, log)
    if (period := only(root, "temporal")) is not None:
        dataset.temporal = read_temporal(period, "temporal", log)
    _read_links(root, dataset, log)
    left = {
        child.tag.rpartition("}")[2]: "; ".join(values(root, local(child)))
        for child in root
        if local(child) not in _MAPPED
    }
    keep_unmapped({name: said for name, said in left.items() if said}, dataset.unmapped, log, known=_KEPT)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _ITS_OWN_WAY]
    return dataset


def _read_subject(root: Element, dataset: Dataset, log: IssueLog) -> None:
    raw = "\n\n".join(dict.fromkeys(values(root, "abstract") or values(root, "description"))) or None
    if (text := read_text(raw, "description", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(dataset.as_published, "description", raw, dataset.description)
    words = values(root, "subject")
    dataset.keywords = read_keywords(words, "subject", log)
    remember(dataset.as_published, "keywords", words, dataset.keywords)
    spoken = values(root, "language")
    dataset.language = read_languages(spoken, "language", log)
    remember(dataset.as_published, "language", spoken, dataset.language)
    kinds = values(root, "type")
    names = [kind.rpartition("/")[2].casefold() for kind in kinds]
    dataset.type = next((_TYPES[name] for name in names if name in _TYPES), "dataset")
    if kinds and names != ["dataset"]:
        dataset.as_published["type"] = "; ".join(kinds)[:100]


def _party(element: Element) -> Party:
    """A name, or an address in a name's place."""
    said = value(element)
    if said and "@" in said and (email := read_email(said, "creator", IssueLog())):
        return Party(local(element), email=email)
    return Party(local(element), said)


def _read_dates(root: Element, dataset: Dataset, log: IssueLog) -> None:
    issued = only(root, "issued") or only(root, "created")
    changed = max(values(root, "modified"), default=None) or max(values(root, "date"), default=None)
    read_dated("issued", issued, "issued", dataset, log)
    read_dated("modified", changed or issued, "date", dataset, log)


def _read_area(root: Element, dataset: Dataset, log: IssueLog) -> None:
    """Boxes in degrees, the order of whose axes is known. Others are kept as published."""
    boxes: list[Box] = []
    said: list[str] = []
    for box in at(root, "BoundingBox|WGS84BoundingBox"):
        lower, upper = (only(box, f"{name}Corner") or "" for name in ("Lower", "Upper"))
        low, high = lower.split(), upper.split()
        crs = str(box.get("crs") or "")
        said.append(clip(f"{crs} {lower} {upper}".strip()))
        if len(low) != 2 or len(high) != 2:
            continue
        if local(box) == "wgs84boundingbox" or any(name in crs.casefold() for name in _LONGITUDE_FIRST):
            boxes.append(Box(low[0], low[1], high[0], high[1]))
        elif any(name in crs for name in _LATITUDE_FIRST):
            boxes.append(Box(low[1], low[0], high[1], high[0]))
    read_area(boxes, values(root, "coverage|spatial"), dataset, log)
    if said and dataset.spatial is not None:
        dataset.spatial.as_published = clip("; ".join(said))
    elif said:
        dataset.as_published["spatial"] = clip("; ".join(said))


def _read_links(root: Element, dataset: Dataset, log: IssueLog) -> None:
    offers = Offers(log)
    formats = values(root, "format")
    shared = formats[0] if len(formats) == 1 else None
    for link in at(root, "references|URI")[:10_000]:
        protocol = str(link.get("protocol") or link.get("scheme") or "")
        offers.add(
            value(link),
            "references",
            protocol=protocol,
            title=link.get("name") or link.get("description"),
            file_format=shared,
        )
    pages = [name for name in values(root, "identifier") if name.startswith(_WEB)]
    if not offers.found.by_url and pages:
        offers.add(pages[0], "identifier")
    dataset.distributions = offers.found.finished(log)
    if formats:
        dataset.as_published["formats"] = formats[:100]
    dataset.landing_page = read_url(pages[0], "identifier", log) if pages else None


SCHEMAS = (SourceSchema("dublin-core", crosswalk, decode=decode, canonical=canonical),)
