"""The quarantine: records that could not be taken, kept as received until they are, or come no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import Connection, bindparam, delete, select

from index.store.model import Quarantined
from index.store.schema import quarantine
from index.store.texts import storable
from index.store.upsert import upsert
from index.store.write import Stamp


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record to keep. `mapped`: it was the mapping that refused it, so a newer one may take it."""

    identifier: str
    digest: str
    schema: str
    slug: str
    message: str
    raw: bytes
    mapped: bool


def keep(connection: Connection, refusals: Sequence[Refusal], stamp: Stamp) -> None:
    """Add entries, or change those that are there."""
    rows = [
        {
            "source": stamp.source,
            "identifier": refusal.identifier,
            "digest": refusal.digest,
            "schema": refusal.schema,
            "slug": refusal.slug,
            "message": storable(refusal.message),
            "mapping_version": stamp.mapping_version if refusal.mapped else 0,
            "rules": stamp.rules,
            "raw": refusal.raw,
            "first_run": stamp.run,
            "run": stamp.run,
        }
        for refusal in refusals
    ]
    upsert(connection, quarantine, rows, keep=("first_run",))


def release(connection: Connection, source: str, keys: Sequence[tuple[str, str, str]]) -> None:
    """Drop entries by (identifier, digest, slug)."""
    statement = delete(quarantine).where(
        quarantine.c.source == source,
        quarantine.c.identifier == bindparam("name"),
        quarantine.c.digest == bindparam("hash"),
        quarantine.c.slug == bindparam("why"),
    )
    rows = [{"name": identifier, "hash": digest, "why": slug} for identifier, digest, slug in keys]
    connection.execute(statement, rows)


def every(connection: Connection, source: str) -> list[Quarantined]:
    """The entries of a source."""
    query = select(quarantine).where(quarantine.c.source == source)
    rows = sorted(connection.execute(query), key=attrgetter("identifier", "digest", "slug"))
    return [
        Quarantined(r.source, r.identifier or None, r.digest, r.slug, r.message, str(r.first_run), str(r.run))
        for r in rows
    ]
