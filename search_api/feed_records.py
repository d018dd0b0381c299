"""Stored records as the feeds see them."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from dcat.record import FeedRecord
from index.store import Source, Store, StoredRecord

BATCH = 500
"""Records read at once: bounds memory, not the feed."""


def feed_record(record: StoredRecord, source: Source, base_url: str) -> FeedRecord:
    """One record on its way out, under the identifier that stays with it."""
    url = f"{base_url}/dataset/{record.id}"
    return FeedRecord(
        id=record.id,
        identifier=record.feed_identifier or url,
        dataset=record.dataset,
        source=record.source,
        source_title=source.title or source.id,
        url=url,
        contact_name=source.contact_name,
        contact_email=source.contact_email,
        at_source=record.identifier,
        first_seen=record.first_seen.isoformat(),
    )


def every_record(store: Store, base_url: str) -> Iterator[FeedRecord]:
    """All live records, by public id."""
    return _feed_records(store.live_records(), sources_of(store), base_url)


def records_of(store: Store, ids: Iterable[str], base_url: str) -> Iterator[FeedRecord]:
    """The live records among these ids."""
    found = (record for some in _batches(ids) for record in store.records(some).values())
    return _feed_records(
        (record for record in found if record.deleted_at is None), sources_of(store), base_url
    )


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while some := list(islice(rest, BATCH)):
        yield some


def sources_of(store: Store) -> dict[str, Source]:
    """The sources by id."""
    return {source.id: source for source in store.sources()}


def _feed_records(
    records: Iterable[StoredRecord], sources: Mapping[str, Source], base_url: str
) -> Iterator[FeedRecord]:
    for record in records:
        source = sources.get(record.source) or Source(record.source, "", "")
        yield feed_record(record, source, base_url)
