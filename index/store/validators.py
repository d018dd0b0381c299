"""What the last landed run of a source got with its document, for asking "only if it has changed since"."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, exists, not_, select

from index.store.schema import runs, validators
from index.store.upsert import upsert
from mappings.source_record import CHANGES_ONLY, NOT_MODIFIED, Validators

WHOLE_EVERY = timedelta(days=7)
"""After so long the document is read again whatever the portal says: some servers never notice a change."""


def keep(connection: Connection, source: str, entry: str, got: Validators | None, run: str) -> None:
    """Keep what a landed run got, or forget what an earlier one did where it got nothing. `entry` is a digest
    of all that decides what the document becomes."""
    if got is None:
        connection.execute(delete(validators).where(validators.c.source == source))
        return
    row = {
        "source": source,
        "entry": entry,
        "url": got.url,
        "etag": got.etag,
        "last_modified": got.last_modified,
        "run": int(run),
    }
    upsert(connection, validators, [row])


def to_ask_with(
    connection: Connection, source: str, entry: str, now: datetime, whole_every: timedelta = WHOLE_EVERY
) -> Validators | None:
    """What to ask with, if all the source's runs since found nothing changed or landed what had, under the
    same entry and not for too long."""
    later = runs.alias("later")
    since = exists().where(
        later.c.source == source,
        later.c.id > validators.c.run,
        not_((later.c.status == "ok") & later.c.slug.in_((NOT_MODIFIED, CHANGES_ONLY))),
    )
    query = (
        select(validators, runs.c.started)
        .join(runs, runs.c.id == validators.c.run)
        .where(validators.c.source == source, validators.c.entry == entry, runs.c.status == "ok", ~since)
    )
    row = connection.execute(query).one_or_none()
    if row is None or not timedelta(0) <= now - row.started < whole_every:
        return None
    return Validators(row.url, row.etag, row.last_modified)


def run_of(connection: Connection, source: str) -> str | None:
    """The run that read the document; None where nothing is kept."""
    number = connection.execute(select(validators.c.run).where(validators.c.source == source)).scalar()
    return None if number is None else str(number)
