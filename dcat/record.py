"""What a feed is written from: one live record of the hub with what is known around it."""

from dataclasses import dataclass

from mappings.dataset import Dataset


@dataclass(frozen=True, slots=True)
class FeedRecord:
    """One dataset on its way out.

    `id` is the hub's public id, `url` the hub's own page about it. `identifier` is what the feed calls it,
    frozen at first sight: data.gov deletes and recreates a dataset whose identifier changes. `at_source` is
    what its source calls it now, by which its siblings name it as their collection. `first_seen` (ISO 8601)
    decides which of two records with one identifier keeps it. The contact is the one registered for the
    portal, `publisher_name` the agency registered as publishing everything there: both complete records that
    name none.
    """

    id: str
    identifier: str
    dataset: Dataset
    source: str
    source_title: str
    url: str
    contact_name: str | None = None
    contact_email: str | None = None
    publisher_name: str | None = None
    at_source: str | None = None
    first_seen: str = ""
