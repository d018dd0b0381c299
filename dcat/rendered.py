"""A record as a feed holds it: its entry in bytes, made once for each state of the record."""

import msgspec
import orjson

from dcat.dcat_us_1_1 import to_entry
from dcat.record import FeedRecord


class Rendered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`body` is the entry as JSON, under the record's own identifier; empty where `reasons` say why there is
    none. `parents` are identifiers at the source of the collections it belongs to. The rest is what
    `dcat.build` asks about when all records of a feed are known, and what its report says.
    """

    id: str
    source: str
    identifier: str
    at_source: str
    first_seen: str
    url: str
    title: str
    agency: str | None
    body: bytes
    reasons: tuple[str, ...]
    parents: tuple[str, ...]


def render(record: FeedRecord) -> Rendered:
    """Depends on nothing but the record."""
    entry = to_entry(record)
    publisher = record.dataset.publisher
    return Rendered(
        id=record.id,
        source=record.source,
        identifier=record.identifier,
        at_source=record.at_source or record.identifier,
        first_seen=record.first_seen,
        url=record.url,
        title=record.dataset.title,
        agency=publisher.name if publisher else record.publisher_name,
        body=b"" if entry.reasons else orjson.dumps(entry.fields),
        reasons=tuple(entry.reasons),
        parents=tuple(entry.parents),
    )
