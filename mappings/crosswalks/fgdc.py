"""FGDC CSDGM (`<metadata>`) to the shared schema.

Editors have flattened the standard's tree (`westbc` directly in `idinfo`), so boxes, links and attributes are
looked for at any depth of their section. Source: FGDC-STD-001-1998 and Esri's profile of it.
"""

from typing import Any
from xml.etree.ElementTree import Element

from mappings.consume import keep_unmapped, remember
from mappings.dataset import Column, Dataset, Link, Part
from mappings.frequencies import read_frequency
from mappings.geographic import (
    Box,
    Offers,
    Party,
    read_area,
    read_constraints,
    read_dated,
    read_people,
    read_period,
)
from mappings.issue import Issue, IssueLog, Unmappable
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.placeholders import is_placeholder
from mappings.quality import score
from mappings.review import review
from mappings.source_schema import SourceSchema
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url
from mappings.xml_path import at, first, only, values
from mappings.xml_record import canonical, local, parse

ROOT = "metadata"
COLUMN_LIMIT = 5_000

PUBLISHED_NAMES = {
    "title": "title",
    "description": "abstract",
    "keywords": "keywords",
    "modified": "pubdate",
    "publisher": "publisher",
    "contact": "contact",
    "license": "useconst",
    "spatial": "spatial",
    "distributions": "distinfo",
}

_OPEN = frozenset({"none", "none.", "no restrictions", "unrestricted", "unrestricted access", "public"})
_ITS_OWN_WAY = frozenset({"email-without-mailto", "licence-not-url", "frequency-not-iso", "date-not-iso"})
"""What the value readers report as against DCAT-US; this standard asks for it so."""
_KEPT = ("purpose", "supplinf", "datacred", "progress", "native", "natvform", "current")
_MAPPED = frozenset(
    [
        *("citation", "descript", "timeperd", "status", "spdom", "keywords", "accconst", "useconst"),
        *("ptcontac", "native", "datacred", "crossref", "browse", "secinfo", "westbc", "eastbc"),
        *("northbc", "southbc", "bounding", "tool", "taxonomy", "idinfo", "dataqual", "spdoinfo"),
        *("spref", "eainfo", "distinfo", "metainfo", "esri", "binary", "mdattrim", "sdtstype"),
        *("dataidinfo", "distribution", "mdstanname", "mdstanver", "mdhrlv", "mdhrlvname", "mdlang"),
        *("mdchar", "mddatest", "mdfileid", "mdcontact", "spatrepinfo", "refsysinfo", "dqinfo"),
        *("continfo", "mdconst", "mdmaint", "lineage", "natvform"),
    ]
)
"""Sections that are mapped, or that describe the geodata's own making and are kept in the raw record alone
(among them Esri's copies of an ISO record)."""


def decode(payload: bytes) -> tuple[dict[str, Any], list[Issue]]:
    """A metadata record: `identifier`, `modified`, `title` and the tree under `root`.

    Raises `Unmappable`: what `xml_record.parse` raises, and `unknown-xml` for another root element.
    """
    root, issues = parse(payload)
    if not is_fgdc(root):
        raise Unmappable("unknown-xml", f"the root element is {local(root)[:60]}, not FGDC metadata")
    return opened(root), issues


def is_fgdc(root: Element) -> bool:
    """`<metadata>` is a common name, so its section of identification has to be there."""
    return local(root) == ROOT and first(root, "idinfo") is not None


def opened(root: Element) -> dict[str, Any]:
    """What a plan needs. The standard has no identifier; `datsetid` is the biological profile's."""
    return {
        "identifier": only(root, "idinfo/datsetid|datasetid"),
        "modified": _dashed(only(root, "metainfo/metd")),
        "title": only(root, "idinfo/citation/citeinfo/title"),
        "root": root,
    }


def crosswalk(record: dict[str, Any], log: IssueLog) -> Dataset:
    """One metadata record. Raises `Unmappable` (`missing-title`)."""
    root: Element = record["root"]
    about = first(root, "idinfo")
    cited = first(about, "citation/citeinfo")
    title = read_line(record["title"], "title", log)
    if title is None:
        raise Unmappable("missing-title", "a dataset needs a title to be found and listed by")
    dataset = Dataset(title)
    remember(dataset.as_published, "title", record["title"], title)
    _read_subject(about, dataset, log)
    read_people(_parties(root, cited), ("publisher", "originator", "pointOfContact"), dataset, log)
    _read_dates(root, about, cited, dataset, log)
    _read_terms(root, about, dataset, log)
    boxes = at(about, "**/bounding") or ([about] if about is not None else [])
    sides = [Box(only(b, "westbc"), only(b, "southbc"), only(b, "eastbc"), only(b, "northbc")) for b in boxes]
    read_area(sides, _words(about, "keywords/place/placekey"), dataset, log)
    _read_offers(root, cited, dataset, log)
    _read_columns(root, dataset, log)
    _read_links(about, cited, dataset, log)
    left: dict[str, Any] = {name: said for name in _KEPT if (said := only(about, f"**/{name}"))}
    for child in [*root, *(about if about is not None else ())]:
        if local(child) not in _MAPPED and (said := " ".join("".join(child.itertext()).split())):
            left.setdefault(child.tag.rpartition("}")[2], said)
    keep_unmapped(left, dataset.unmapped, log, known=_KEPT)
    review(dataset, log, PUBLISHED_NAMES)
    dataset.quality = score(dataset)
    log.issues = [issue for issue in log.issues if issue.slug not in _ITS_OWN_WAY]
    return dataset


def _words(about: Element | None, path: str) -> list[str]:
    """Values without the template's own ("REQUIRED: …") and other placeholders."""
    return [text for text in values(about, path) if not _is_template(text)]


def _is_template(text: str) -> bool:
    return text.startswith("REQUIRED") or is_placeholder(text)


def _read_subject(about: Element | None, dataset: Dataset, log: IssueLog) -> None:
    raw = only(about, "descript/abstract")
    if raw and not _is_template(raw) and (text := read_text(raw, "abstract", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(dataset.as_published, "description", raw, dataset.description)
    words: list[str] = []
    codes: list[str] = []
    for theme in at(about, "keywords/theme"):
        category = "topic categor" in (only(theme, "themekt") or "").casefold()
        (codes if category else words).extend(_words(theme, "themekey"))
    words += _words(about, "keywords/stratum/stratkey") + _words(about, "keywords/temporal/tempkey")
    dataset.keywords = read_keywords(words or codes, "keywords", log)
    remember(dataset.as_published, "keywords", words, dataset.keywords)
    dataset.topics = read_topics([code[:1].upper() + code[1:] for code in codes], "keywords", log)
    remember(dataset.as_published, "topics", codes, [topic.label for topic in dataset.topics])
    spoken = only(about, "descript/langdata")
    dataset.language = read_languages(spoken, "langdata", log)
    remember(dataset.as_published, "language", spoken, dataset.language)


def _parties(root: Element, cited: Element | None) -> list[Party]:
    """Publisher, originators, then the contacts for the data, its distribution and its metadata."""
    found = [Party("publisher", name) for name in _words(cited, "pubinfo/publish")]
    found += [Party("originator", name) for name in _words(cited, "origin")]
    for path, role in (
        ("idinfo/ptcontac/cntinfo", "pointOfContact"),
        ("distinfo/distrib/cntinfo", "distributor"),
        ("metainfo/metc/cntinfo", "metadata"),
    ):
        for contact in at(root, path):
            organisation = next(iter(_words(contact, "**/cntorg")), None)
            person = next(iter(_words(contact, "**/cntper")), None)
            email = next(iter(_words(contact, "cntemail")), None)
            found.append(Party(role, organisation, person, email))
    return found


def _read_dates(
    root: Element, about: Element | None, cited: Element | None, dataset: Dataset, log: IssueLog
) -> None:
    published = next(iter(_words(cited, "pubdate")), None)
    read_dated("issued", _dashed(published), "pubdate", dataset, log)
    dataset.modified = dataset.issued
    for name in ("issued", "modified"):
        remember(dataset.as_published, name, published, dataset.issued)
    stamp = only(root, "metainfo/metd")
    read_dated("metadata_modified", _dashed(stamp), "metd", dataset, log)
    remember(dataset.as_published, "metadata_modified", stamp, dataset.metadata_modified)
    dataset.frequency = read_frequency(next(iter(_words(about, "status/update")), None), "update", log)
    ends: list[tuple[str | None, str | None]] = [
        (_dashed(only(span, "begdate")), _dashed(only(span, "enddate")))
        for span in at(about, "timeperd/**/rngdates")
    ]
    ends += [(_dashed(day), _dashed(day)) for day in _words(about, "timeperd/**/caldate")]
    dataset.temporal = read_period([pair for pair in ends if any(pair)], log)


def _read_terms(root: Element, about: Element | None, dataset: Dataset, log: IssueLog) -> None:
    access = only(about, "accconst") or ""
    said = access.casefold().strip()
    if said in _OPEN or said.startswith(("none:", "none;", "unrestricted")):
        dataset.access_level = "public"
    elif said.startswith(("restricted", "for official use")):
        dataset.access_level = "restricted public"
    remember(dataset.as_published, "access_level", access, dataset.access_level)
    uses = _words(about, "useconst")
    texts = [*uses, *_words(root, "distinfo/distliab")]
    if dataset.access_level != "public":
        texts += _words(about, "accconst")
    read_constraints(texts, dataset, log, None)


def _read_offers(root: Element, cited: Element | None, dataset: Dataset, log: IssueLog) -> None:
    offers = Offers(log)
    for section in at(root, "distinfo"):
        for form in at(section, "**/digform"):
            said = next(iter(_words(form, "digtinfo/formname")), None)
            for url in values(form, "**/networkr"):
                offers.add(url, "distinfo", file_format=said)
        for url in values(section, "**/networkr") if not at(section, "**/digform") else []:
            offers.add(url, "distinfo")
    for url in values(cited, "onlink"):
        offers.add(url, "onlink")
    dataset.distributions = offers.found.finished(log)
    if offers.formats:
        dataset.as_published["formats"] = offers.formats[:100]


def _read_columns(root: Element, dataset: Dataset, log: IssueLog) -> None:
    """Attributes of the data's tables; repeated names (one per table) count once."""
    columns: dict[str, Column] = {}
    for attribute in at(root, "eainfo/detailed/attr"):
        name = read_line(only(attribute, "attrlabl"), "eainfo", log)
        if not name or name in columns:
            continue
        said = read_text(only(attribute, "attrdef"), "eainfo", log, 4_096)
        label = read_line(only(attribute, "attalias"), "eainfo", log)
        kind = read_line(only(attribute, "attrtype"), "eainfo", log)
        columns[name] = Column(name, label, said.plain if said else None, kind)
    if len(columns) > COLUMN_LIMIT:
        log.add("too-many-values", "eainfo", f"of {len(columns):,} columns {COLUMN_LIMIT:,} are kept")
    dataset.columns = list(columns.values())[:COLUMN_LIMIT]


def _read_links(about: Element | None, cited: Element | None, dataset: Dataset, log: IssueLog) -> None:
    links: dict[str, Link] = {}
    for other in [*at(about, "crossref/citeinfo"), *at(cited, "lworkcit/citeinfo")][:1_000]:
        for raw in values(other, "onlink"):
            if url := read_url(raw, "crossref", log):
                links.setdefault(url, Link(read_line(only(other, "title"), "crossref", log), url))
    dataset.documentation = list(links.values())
    wholes = [read_line(text, "lworkcit", log) for text in _words(cited, "lworkcit/citeinfo/title")]
    dataset.part_of = [Part(name, None, name) for name in dict.fromkeys(wholes) if name]
    shown = [offer.url for offer in dataset.distributions if offer.kind == "page"]
    dataset.landing_page = shown[0] if shown else None


def _dashed(raw: str | None) -> str | None:
    """The standard's `20120823` and `201208` in ISO 8601's extended form."""
    if raw and len(raw) in (6, 8) and raw.isdecimal():
        return "-".join(filter(None, (raw[:4], raw[4:6], raw[6:])))
    return raw


SCHEMAS = (SourceSchema("fgdc", crosswalk, decode=decode, canonical=canonical),)
