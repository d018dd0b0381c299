"""May a portal be asked for its document only if it has changed, or for what has changed alone? Only where
all we would make of the rest is in the store already.
"""

import hashlib
import json
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection

from harvesters.portal import Portal
from harvesters.schedule import period
from index.ingest import Mapper
from index.store import Run, Store, validators
from mappings.source_record import CHANGES_ONLY, NOT_MODIFIED, Validators

_DECIDING = ("type", "url", "options", "auth", "rules", "expected_minimum", "max_delete")
"""Keys of an entry that decide what is fetched or what becomes of it. `auth` holds names, no secrets."""


def to_ask_with(store: Store, portal: Portal, now: datetime) -> Validators | None:
    """What to ask with; None to ask for the document whatever it is. Raises StoreError."""
    entry, whole_every = _digest(portal), _whole_every(portal)
    return store.database.reading(
        lambda connection: validators.to_ask_with(connection, portal.id, entry, now, whole_every)
    )


def keep_validators(connection: Connection, portal: Portal, got: Validators | None, run: Run) -> None:
    """Note what a run that landed got with its document. One whose document leaves open what is missing (a
    record without an identifier) is read again every time."""
    if run.status == "ok" and run.slug not in (NOT_MODIFIED, CHANGES_ONLY):
        whole = got if run.slug == "" else None
        validators.keep(connection, portal.id, _digest(portal), whole, run.id)


def _whole_every(portal: Portal) -> timedelta:
    """After how long all is read again whatever the portal says: the entry's `sweep`, where it has one."""
    with suppress(ValueError):  # the fetch says what is wrong with it
        return period(str(portal.options.get("sweep", ""))) or validators.WHOLE_EVERY
    return validators.WHOLE_EVERY


def _digest(portal: Portal) -> str:
    """What decides what a document becomes: the entry, and the mappings' version, under which records that
    were refused are tried again."""
    decided = {name: getattr(portal, name) for name in _DECIDING}
    text = json.dumps([decided, Mapper.standard().version], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
