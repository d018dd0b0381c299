"""Texts, people, dates, terms, coverage, links and origin of Opendatasoft datasets."""

from typing import Any
from urllib.parse import quote

from mappings.consume import Fields, listed, remember, says_something
from mappings.dataset import Contact, Dataset, Frequency, Licence, Link, Origin, Place, Spatial, Temporal
from mappings.dates import read_date
from mappings.dcat_us_links import LINK_LIMIT, split_urls
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import is_known, read_licence
from mappings.opendatasoft_shapes import Shape
from mappings.published import clip
from mappings.spatial import PLACE_LIMIT, read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics
from mappings.urls import read_url

_DCAT = ("dcat", "dcat_ap")
_SIDES = {
    side: f"extend_bounding_box_{side}bound_{axis}"
    for side, axis in (
        ("west", "longitude"),
        ("south", "latitude"),
        ("east", "longitude"),
        ("north", "latitude"),
    )
}


def _dcat(shape: Shape, *names: str) -> tuple[Any, str]:
    """The first of these fields of the DCAT templates that says something, and its published name. The other
    fields of that meaning stay, and are kept."""
    for template in _DCAT:
        fields = shape.template(template)
        for name in names:
            value = fields.take(name)
            if says_something(value):
                return value, f"{template}.{name}"
    return None, f"dcat.{names[0]}"


def read_subject(shape: Shape, dataset: Dataset, log: IssueLog) -> None:
    """Description (HTML), keywords, themes and language. A theme that is a text is one theme, whatever
    commas it holds: "Transports, Déplacements"."""
    default, published = shape.template("default"), dataset.as_published
    raw = default.take("description")
    if (text := read_text(raw, "default.description", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(published, "description", raw, dataset.description)
    raw = default.take("keyword")
    dataset.keywords = read_keywords(raw, "default.keyword", log) if says_something(raw) else []
    remember(published, "keywords", raw, dataset.keywords)
    raw = default.first("theme", "theme_id")
    dataset.topics = read_topics(raw, "default.theme", log)
    labels = [topic.label for topic in dataset.topics]
    remember(published, "topics", listed(raw), labels)
    raw = default.take("language")
    dataset.language = read_languages(raw, "default.language", log)
    remember(published, "language", listed(raw), dataset.language)


def read_people(shape: Shape, dataset: Dataset, log: IssueLog) -> None:
    """The publisher, else the creator or contributor; the contact of the DCAT or the INSPIRE template."""
    raw = shape.template("default").take("publisher")
    name = read_line(_one(raw), "default.publisher", log)
    if name is None:
        found, field = _dcat(shape, "publisher", "creator", "contributor")
        raw, name = found, read_line(_one(found), field, log)
    else:
        for template in _DCAT:
            fields = shape.template(template)
            fields.take("publisher")  # the same said twice; the record as received has it
    if name is not None:
        dataset.publisher = make_publisher(name, raw if isinstance(raw, str) else name)
    inspire = shape.template("inspire")
    person, field = _dcat(shape, "contact_name")
    address, where = _dcat(shape, "contact_email")
    if not says_something(person) and not says_something(address):
        person, field = inspire.take("contact_individual_name"), "inspire.contact_individual_name"
        address, where = inspire.take("contact_email"), "inspire.contact_email"
    contact = Contact(read_line(_one(person), field, log), read_email(_one(address), where, log))
    if contact.name or contact.email:
        dataset.contact = contact
    remember(dataset.as_published, "contact_email", address, contact.email)


def read_dates(shape: Shape, dataset: Dataset, log: IssueLog) -> None:
    """`modified` is what the publisher says, else when the records were last processed."""
    default, published = shape.template("default"), dataset.as_published
    raw, field = default.take("modified"), "default.modified"
    if not says_something(raw):
        raw, field = default.take("data_processed"), "default.data_processed"
    dataset.modified = read_date(raw, field, log)
    remember(published, "modified", raw, dataset.modified)
    raw = default.take("metadata_processed")
    dataset.metadata_modified = read_date(raw, "default.metadata_processed", log)
    remember(published, "metadata_modified", raw, dataset.metadata_modified)
    raw, field = _dcat(shape, "issued", "created")
    dataset.issued = read_date(raw, field, log)
    remember(published, "issued", raw, dataset.issued)
    raw, field = _dcat(shape, "accrualperiodicity", "accrualPeriodicity")
    if not says_something(raw):
        raw, field = default.take("update_frequency"), "default.update_frequency"
    dataset.frequency = _read_frequency(_one(raw), field, log)


def _read_frequency(raw: Any, field: str, log: IssueLog) -> Frequency | None:
    return read_frequency(raw, field, log) if says_something(raw) else None


def read_terms(shape: Shape, dataset: Dataset, log: IssueLog) -> None:
    """Licence by its name, else by its address; rights; what is answered without a login is public."""
    default = shape.template("default")
    dataset.license = _read_licence(default, log)
    raw, field = _dcat(shape, "rights", "accessRights")
    text = read_text(_one(raw), field, log)
    dataset.rights = text.plain if text else None
    visibility = [part.take("visibility") for part in (shape.own, default)]
    dataset.access_level = "restricted public" if "restricted" in visibility else "public"


def _read_licence(default: Fields, log: IssueLog) -> Licence | None:
    raw, address = default.take("license"), default.take("license_url")
    quiet = IssueLog()
    named = read_licence(_one(raw), "default.license", quiet, url_expected=False)
    url = read_url(address, "default.license_url", log) if says_something(address) else None
    if named is not None and is_known(named):
        named.url = named.url or url
    elif url is not None:
        silent = IssueLog()
        by_url = read_licence(url, "default.license_url", silent, url_expected=False)
        if by_url is not None and (is_known(by_url) or named is None):
            by_url.as_published = clip(raw) if isinstance(raw, str) and raw else by_url.as_published
            log.issues += silent.issues
            return by_url
        if named is not None:
            named.url = named.url or url
    log.issues += quiet.issues
    return named


def read_coverage(shape: Shape, dataset: Dataset, log: IssueLog) -> None:
    """Area and period: the box that the platform computed or the publisher gave, and the places named."""
    default = shape.template("default")
    spatial: Spatial | None = None
    boxes = [default.take(name) for name in ("bbox", "geographic_area")]
    if raw := next((box for box in boxes if says_something(box)), None):
        spatial = read_spatial(_geometry(raw), "default.bbox", log)
    if spatial is None or spatial.bbox is None:
        spatial = _inspire_box(shape.template("inspire"), log) or spatial
    words, field = _dcat(shape, "spatial")
    said = [
        read_spatial(raw, where, log)
        for raw, where in ((default.take("territory"), "default.territory"), (words, field))
        if says_something(raw)
    ]
    places: dict[str, Place] = {}
    for named in filter(None, said):
        places |= {place.name: place for place in named.places}
        if spatial is None:
            spatial = named
        elif spatial.bbox is None:
            spatial.bbox, spatial.geometry = named.bbox, named.geometry
    if spatial is not None:
        spatial.places = list(places.values())[:PLACE_LIMIT] or spatial.places
    dataset.spatial = spatial
    raw, field = _dcat(shape, "temporal")
    dataset.temporal = read_temporal(_one(raw), field, log) if says_something(raw) else None
    if dataset.temporal is None:
        dataset.temporal = _from_two_fields(shape, log)


def _geometry(raw: Any) -> Any:
    """A GeoJSON feature's geometry; anything else as it is."""
    if isinstance(raw, dict) and isinstance(raw.get("geometry"), dict):
        return raw["geometry"]
    return raw


def _inspire_box(inspire: Fields, log: IssueLog) -> Spatial | None:
    sides = {side: _degrees(inspire.take(name)) for side, name in _SIDES.items()}
    if not all(isinstance(value, float) for value in sides.values()):
        if any(map(says_something, sides.values())):
            log.add("invalid-spatial", "inspire.extend_bounding_box", "the box lacks a side we can read")
        return None
    return read_spatial(sides, "inspire.extend_bounding_box", log)


def _degrees(raw: Any) -> Any:
    try:
        return float(raw)
    except (TypeError, ValueError):
        return raw


def _from_two_fields(shape: Shape, log: IssueLog) -> Temporal | None:
    pairs = [
        _dcat(shape, *(f"temporal_coverage_{end}{tail}" for tail in ("", "_date")))
        for end in ("start", "end")
    ]
    if not any(says_something(raw) for raw, _ in pairs):
        return None
    start, end = (read_date(raw, field, log) for raw, field in pairs)
    words = clip(" – ".join(clip(str(raw)) for raw, _ in pairs if says_something(raw)))
    return Temporal(start, end, words)


def read_links(shape: Shape, dataset: Dataset, log: IssueLog) -> None:
    """`references` is an address, several, or a text about the sources, which then is kept."""
    default = shape.template("default")
    raw = default.take("references")
    links: dict[str, Link] = {}
    for item in listed(raw):
        for part in split_urls(item, "default.references", log):
            if not isinstance(part, str) or "://" not in part or " " in part.strip():
                dataset.as_published.setdefault("references", clip(str(item)))
            elif url := read_url(part, "default.references", log):
                links.setdefault(url, Link("Source", url))
    dataset.documentation = list(links.values())[:LINK_LIMIT]


def read_origin(shape: Shape, dataset: Dataset) -> None:
    """Datasets that the portal shows from another one of the platform say which: `source_domain_address` and
    `source_dataset` are its host and the dataset's identifier there."""
    default, quiet = shape.template("default"), IssueLog()
    domain, title, address, identifier = (
        read_line(_one(default.take(f"source_{name}")), f"default.source_{name}", quiet)
        for name in ("domain", "domain_title", "domain_address", "dataset")
    )
    if not any((domain, title, address, identifier)):
        return
    host = address if address is None or "://" in address else f"https://{address}"
    page = (
        f"{host.rstrip('/')}/explore/dataset/{quote(identifier, safe='')}/" if host and identifier else host
    )
    dataset.origin = Origin(title or domain or address, identifier, read_url(page, "source", quiet), domain)


def _one(raw: Any) -> Any:
    """A single value where a list of one was published; of several the first."""
    return next((item for item in raw if says_something(item)), None) if isinstance(raw, list) else raw
