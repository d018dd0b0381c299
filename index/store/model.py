"""What the store hands out: sources, records, changes. Plain data; a change to it changes no database."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from mappings.dataset import Dataset
from mappings.issue import Issue


@dataclass(frozen=True, slots=True)
class Source:
    """A portal as the store knows it, and what the deletion guard goes by.

    `expected_minimum` counts records, `max_delete` is a share of the previous records, `grace_days` the days
    between the two complete runs a record must be missing from. `rules` are the portal's, as
    `mappings.rules.written` writes them.
    """

    id: str
    type: str
    url: str
    title: str = ""
    jurisdiction: str = ""
    level: str = "other"
    expected_minimum: int = 0
    max_delete: float = 0.10
    grace_days: float = 7
    contact_name: str | None = None
    contact_email: str | None = None
    rules: str = ""

    @property
    def rules_digest(self) -> str:
        """What tells these rules from others; empty where there are none."""
        return blake2b(self.rules.encode(), digest_size=8).hexdigest() if self.rules else ""


@dataclass(slots=True)
class StoredRecord:
    """One record of one source, mapped. Moments are aware and in UTC.

    `identifier` is what the source calls it now, `first_identifier` what it was called at first sight;
    `feed_identifier` is its frozen, unique name in our own feeds, None when another record had that name
    first. `last_seen` is the last complete run that had it, `run` the one that brought the present content.
    `missing_since` is the first complete run without it, `deleted_at` makes it a tombstone.
    """

    id: str
    cluster_id: str
    source: str
    identifier: str
    first_identifier: str
    feed_identifier: str | None
    dataset: Dataset
    issues: list[Issue]
    schema: str
    source_url: str | None
    first_seen: datetime
    last_seen: datetime
    run: str
    missing_since: datetime | None = None
    deleted_at: datetime | None = None
    views: int | None = None
    downloads: int | None = None


@dataclass(frozen=True, slots=True)
class RecordHead:
    """A record in a list."""

    id: str
    title: str
    source: str
    identifier: str
    deleted: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A cluster that changed, with its live records by id; none of them left means it is gone."""

    cluster_id: str
    sequence: int
    records: list[StoredRecord]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that could not be taken, kept as received. `identifier` is None when it has none."""

    source: str
    identifier: str | None
    digest: str
    slug: str
    message: str
    first_run: str
    run: str
