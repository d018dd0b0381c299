"""The eight fields data.gov requires: complete them from what is known, never invent.

Each function gives the value to write, or None when the record cannot say it. Decisions:

- `modified` is never taken from the harvest or from the date the metadata changed.
- `publisher` is whoever the record names, else the agency registered for the whole portal. The portal's own
  title is not taken: whoever runs a portal need not publish the data in it.
- `contactPoint` needs an address: without one the portal's registered contact answers, name and all; an
  address without a name gets the publisher's name, whose mailbox it is.
- `keyword` falls back to the topics the publisher stated, which are subject headings; topics read from text
  are not.
- `accessLevel` has no default: whether data is public is the crosswalk's to know.
"""

from collections.abc import Iterable
from typing import Any

from dcat.published import as_published, cut_at_word, inert
from dcat.record import FeedRecord
from dcat.rules import first_fit, first_text, fits

DESCRIPTION_LIMIT = 10_000
KEYWORD_LIMIT = 1_000


def title(record: FeedRecord) -> str | None:
    """The title as published."""
    dataset = record.dataset
    published = as_published(dataset, "title")
    return first_text("title", inert(published), dataset.title)


def description(record: FeedRecord) -> str | None:
    """The description as published while it is short enough, else the plain text, cut between words."""
    dataset = record.dataset
    plain = dataset.description
    shortened = cut_at_word(plain, DESCRIPTION_LIMIT) if plain else None
    return first_text("description", inert(as_published(dataset, "description")), plain, shortened)


def keyword(record: FeedRecord) -> list[str] | None:
    """Each keyword once, in alphabetical order: portals reorder theirs daily."""
    dataset = record.dataset
    published = as_published(dataset, "keywords")
    if isinstance(published, list) and fits("keyword", published):
        words = _each_once(published)
        if words and all(map(inert, words)):
            return words
    stated = (topic.label for topic in dataset.topics if not topic.derived)
    words = _each_once(dataset.keywords) or _each_once(stated)
    return words if fits("keyword", words) else None


def _each_once(words: Iterable[str]) -> list[str]:
    named = {word for word in words if word.strip()}
    return sorted(named, key=lambda word: (word.strip().casefold(), word))[:KEYWORD_LIMIT]


def modified(record: FeedRecord) -> str | None:
    """The date the data changed, or the interval published in its place (`R/P1D`)."""
    dataset = record.dataset
    value: str | None = first_fit("modified", as_published(dataset, "modified"), dataset.modified)
    return value


def publisher(record: FeedRecord) -> dict[str, Any] | None:
    """The publishing organisation by its name as published, within the organisations above it."""
    known = record.dataset.publisher
    names = (inert(known.as_published), known.name) if known else ()
    name = first_text("publisher.name", *names, record.publisher_name)
    if name is None:
        return None
    organisation: dict[str, Any] = {"@type": "org:Organization", "name": name}
    above = organisation
    for parent in known.parents if known else ():
        above["subOrganizationOf"] = {"@type": "org:Organization", "name": parent}
        above = above["subOrganizationOf"]
    return organisation


def contact_point(record: FeedRecord) -> dict[str, str] | None:
    """Name and `mailto:` address."""
    own = record.dataset.contact
    if own and own.email and fits("contactPoint.hasEmail", f"mailto:{own.email}"):
        known = record.dataset.publisher
        name = first_fit(
            "contactPoint.fn", own.name, known.name if known else None, record.contact_name, own.email
        )
        return _vcard(name, own.email)
    if record.contact_email and fits("contactPoint.hasEmail", f"mailto:{record.contact_email}"):
        name = first_text("contactPoint.fn", record.contact_name, record.source_title)
        return _vcard(name, record.contact_email)
    return None


def _vcard(name: str | None, email: str) -> dict[str, str]:
    return {"@type": "vcard:Contact", "fn": name or email, "hasEmail": f"mailto:{email}"}


def access_level(record: FeedRecord) -> str | None:
    """`public`, `restricted public` or `non-public`."""
    value: str | None = first_fit("accessLevel", record.dataset.access_level)
    return value
