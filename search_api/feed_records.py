"""Stored records as the feeds see them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from types import MappingProxyType

from dcat.published import was_cut
from dcat.record import FeedRecord
from index.present import as_received
from index.store import Source, Store, StoredRecord
from mappings.dataset import Dataset

BATCH = 500
"""Records read at once: bounds memory, not the feed."""
DCAT_US_NAMES = MappingProxyType({"description": "description", "keywords": "keyword"})
"""Fields that may be longer than what is kept as published beside the dataset, by their published names."""


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
    return _feed_records(store, store.live_records(), base_url)


def records_of(store: Store, ids: Iterable[str], base_url: str) -> Iterator[FeedRecord]:
    """The live records among these ids."""
    found = (record for some in batches(ids) for record in store.records(some).values())
    return _feed_records(store, (record for record in found if record.deleted_at is None), base_url)


def _feed_records(store: Store, records: Iterable[StoredRecord], base_url: str) -> Iterator[FeedRecord]:
    sources = {source.id: source for source in store.sources()}
    for record in records:
        source = sources.get(record.source) or Source(record.source, "", "")
        yield replace(feed_record(record, source, base_url), dataset=_whole(store, record))


def _whole(store: Store, record: StoredRecord) -> Dataset:
    """The dataset with the published values that were cut when they were kept, read from the record as
    received: a long description that is valid goes out to the letter."""
    dataset = record.dataset
    cut = [field for field in DCAT_US_NAMES if was_cut(dataset.as_published.get(field))]
    if not cut or not record.schema.startswith("dcat-us"):
        return dataset
    received = as_received(store.raw(record.id) or b"{}")
    if not isinstance(received, dict):
        return dataset
    whole = {field: received.get(DCAT_US_NAMES[field]) for field in cut}
    return replace(dataset, as_published={**dataset.as_published, **whole})


def batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids, as many at a time as are read at once."""
    rest = iter(ids)
    while some := list(islice(rest, BATCH)):
        yield some
