"""What a harvester hands over: records as received, and at the end a statement about the run.

Both cross the spool between the fetching child and the store, so they are plain data.
"""

from dataclasses import dataclass, field

from mappings.issue import Issue

NOT_MODIFIED = "not-modified"
"""The slug of a run whose portal said that nothing has changed."""

CHANGES_ONLY = "changes-only"
"""The slug of a run that asked for nothing but what has changed since another one."""


@dataclass(slots=True)
class SourceRecord:
    """One record as a portal published it.

    `payload` is byte for byte what was received (one JSON object, one XML document, N-Triples).
    `identifier` is the portal's own, None when the record has none (then `trouble` says so).
    `digest` is the content hash of `mappings.fingerprint`: equal digests mean "not changed".
    `version` orders duplicates of one identifier (the published modification date, or empty): the
    greatest (version, digest) wins, whatever the order of the feed.
    `views` and `downloads` are the portal's counts; they are no part of the digest.
    `trouble` is what the harvester already knows to be wrong (not an object, too large, no identifier):
    such a record is quarantined, never mapped.
    """

    source: str
    identifier: str | None
    schema: str
    payload: bytes
    url: str | None = None
    digest: str = ""
    version: str = ""
    views: int | None = None
    downloads: int | None = None
    trouble: Issue | None = None


@dataclass(slots=True)
class PageFailure:
    """A page, folder or document that could not be fetched or read."""

    url: str
    slug: str
    message: str


@dataclass(frozen=True, slots=True)
class Validators:
    """What a portal sent with its document at `url`, for asking "only if it has changed since"
    (RFC 9110, section 8.8)."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(slots=True)
class RunStatement:
    """The last word of a spool: was everything fetched?

    `complete` is true only when every page was fetched, the declared total was reached and every stream
    ended properly; otherwise `slug` and `reason` say what was missing. `failed` marks a run that could not
    read its source at all (no connection, not a catalogue): it is complete in no sense.

    A complete run with the slug `not-modified` has no records: the portal said that its document is the one
    the validators asked with belong to. `validators` are those of the document that was read. `retry_after`
    are the seconds from the end of the run in which the portal does not want to be asked again.

    `changes_only`: nothing but what has changed was asked for. Such a run says nothing about the records it
    lacks, complete or not.
    """

    complete: bool
    reason: str = ""
    slug: str = ""
    failed: bool = False
    records: int = 0
    declared_total: int | None = None
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    failures: list[PageFailure] = field(default_factory=list)
    validators: Validators | None = None
    retry_after: float = 0.0
    changes_only: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether what the run lacks is not at the source."""
        return self.complete and not self.failed and not self.changes_only
