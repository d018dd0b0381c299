"""One record as an entry of a DCAT-US 1.1 feed (non-federal), or the reasons it cannot be one."""

from dataclasses import dataclass, field
from typing import Any

from dcat import required_fields
from dcat.optional_fields import optional_fields
from dcat.record import FeedRecord
from dcat.rules import fits

REASONS = {
    "description": "missing-description",
    "keyword": "missing-keyword",
    "modified": "missing-modified",
    "publisher": "missing-publisher",
    "contactPoint": "missing-contact",
    "accessLevel": "missing-access-level",
    "title": "missing-title",
    "identifier": "missing-identifier",
}
"""Slugs of the build report: the required field that is not known."""


@dataclass(slots=True)
class Entry:
    """What the feed says about one record: `fields` in the order written, or empty with `reasons`.

    `parents` are identifiers at the source of the collections it belongs to; whether one is in the feed,
    and so may stand in `isPartOf`, is known only when the feed is whole.
    """

    fields: dict[str, Any]
    reasons: list[str] = field(default_factory=list)
    parents: list[str] = field(default_factory=list)


def to_entry(record: FeedRecord) -> Entry:
    """The entry of this record, valid against data.gov's schema with its format checks."""
    required: dict[str, Any] = {
        "identifier": record.identifier if fits("identifier", record.identifier) else None,
        "title": required_fields.title(record),
        "description": required_fields.description(record),
        "keyword": required_fields.keyword(record),
        "modified": required_fields.modified(record),
        "publisher": required_fields.publisher(record),
        "contactPoint": required_fields.contact_point(record),
        "accessLevel": required_fields.access_level(record),
    }
    reasons = [REASONS[name] for name, value in required.items() if value is None]
    if reasons:
        return Entry({}, reasons)
    fields = {"@type": "dcat:Dataset", **required, **dict(optional_fields(record.dataset))}
    return Entry(fields, parents=[part.identifier for part in record.dataset.part_of])
