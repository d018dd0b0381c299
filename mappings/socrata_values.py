"""Texts, people, dates and terms of Socrata assets, from Discovery's fields and from custom ones."""

from mappings.access import read_access_level
from mappings.consume import Fields, listed, remember, says_something
from mappings.dataset import Contact, Dataset, Part, Spatial, Temporal
from mappings.dates import read_date
from mappings.dcat_us_people import make_publisher
from mappings.emails import read_email
from mappings.frequencies import read_frequency
from mappings.identity import read_identifier
from mappings.issue import IssueLog
from mappings.keywords import read_keywords
from mappings.languages import read_languages
from mappings.licences import read_licence
from mappings.published import clip
from mappings.socrata_metadata import DomainMetadata, is_place
from mappings.spatial import read_spatial
from mappings.temporal import read_temporal
from mappings.text import read_line, read_text
from mappings.topics import read_topics

PARENT_LIMIT = 100
"""Assets one is derived from; a view has one parent."""


def read_subject(
    resource: Fields, groups: Fields, custom: DomainMetadata, dataset: Dataset, log: IssueLog
) -> None:
    """Description, tags, categories (those Socrata guesses are marked derived), language and collection."""
    published = dataset.as_published
    raw = resource.take("description")
    if (text := read_text(raw, "resource.description", log)) is not None:
        dataset.description, dataset.description_html = text.plain, text.html
    remember(published, "description", raw, dataset.description)
    raw = [*listed(groups.take("domain_tags")), *listed(groups.take("tags"))]
    dataset.keywords = read_keywords(raw, "classification.domain_tags", log)
    remember(published, "keywords", raw, dataset.keywords)
    dataset.topics = read_topics(groups.take("domain_category"), "classification.domain_category", log)
    chosen = {topic.id for topic in dataset.topics}
    guessed = read_topics(groups.take("categories"), "classification.categories", log, derived=True)
    dataset.topics += [topic for topic in guessed if topic.id not in chosen]
    dataset.language = custom.best("language", read_languages, log, good=bool) or []
    if collection := custom.best("collection", read_line, log):
        dataset.part_of = [Part(collection, None, collection)]
    parents = [read_identifier(parent) for parent in listed(resource.take("parent_fxf"))]
    if len(parents) > PARENT_LIMIT:
        log.add("too-many-values", "resource.parent_fxf", f"of {len(parents):,} {PARENT_LIMIT} are kept")
    dataset.derived_from = [parent for parent in parents if parent is not None][:PARENT_LIMIT]


def read_people(resource: Fields, custom: DomainMetadata, dataset: Dataset, log: IssueLog) -> None:
    """The publisher is the asset's attribution; where there is none, the agency of a custom field."""
    raw = resource.take("attribution")
    name = read_line(raw, "resource.attribution", log)
    if name is None:
        name = raw = custom.best("publisher", read_line, log)
    if name is not None:
        dataset.publisher = make_publisher(name, raw if isinstance(raw, str) else name)
    email = read_email(resource.take("contact_email"), "resource.contact_email", log)
    email = custom.best("contact_email", read_email, IssueLog()) or email
    name = custom.best("contact_name", read_line, log)
    if email or name:
        dataset.contact = Contact(name, email)


def read_dates(resource: Fields, custom: DomainMetadata, dataset: Dataset, log: IssueLog) -> None:
    """Dates of data and metadata (`updatedAt` is the later of the two), frequency and the period covered."""
    published = dataset.as_published
    raw = resource.first("data_updated_at", "updatedAt")
    resource.take("updatedAt")
    dataset.modified = read_date(raw, "resource.data_updated_at", log)
    remember(published, "modified", raw, dataset.modified)
    raw = resource.take("metadata_updated_at")
    dataset.metadata_modified = read_date(raw, "resource.metadata_updated_at", log)
    raw = resource.first("publication_date", "createdAt")
    dataset.issued = read_date(raw, "resource.publication_date", log)
    remember(published, "issued", raw, dataset.issued)
    dataset.frequency = custom.best("frequency", read_frequency, log, good=lambda found: bool(found.value))
    dataset.temporal = custom.best(
        "temporal", read_temporal, log, good=lambda found: bool(found.start or found.end)
    )
    if dataset.temporal is None:
        dataset.temporal = _from_two_fields(custom, log)


def _from_two_fields(custom: DomainMetadata, log: IssueLog) -> Temporal | None:
    """New Jersey and Colorado keep the first and the last day in two fields."""
    published = [custom.take("temporal_start"), custom.take("temporal_end")]
    start, end = (read_date(raw, "domain_metadata", IssueLog()) for raw in published)
    if not any(map(says_something, published)):
        return None
    words = clip(" – ".join(clip(str(raw)) for raw in published if says_something(raw)))
    if start is None and end is None:
        log.add("invalid-temporal", "domain_metadata", f"“{words[:100]}” is no period of time we can read")
    return Temporal(start, end, words)


def read_terms(about: Fields, custom: DomainMetadata, dataset: Dataset, log: IssueLog) -> None:
    """Licence, access, rights and area.

    Discovery answers without a login with public assets alone, so that is their access level.
    """
    raw = about.take("license")
    if says_something(raw):
        dataset.license = read_licence(raw, "metadata.license", log)
    else:
        dataset.license = custom.best("license", read_licence, log)
    dataset.access_level = custom.best("access_level", read_access_level, log) or "public"
    dataset.rights = custom.best("rights", read_line, log)
    dataset.spatial = custom.best("spatial", _read_area, log)


def _read_area(raw: object, field: str, log: IssueLog) -> Spatial | None:
    return None if isinstance(raw, str) and not is_place(raw) else read_spatial(raw, field, log)
