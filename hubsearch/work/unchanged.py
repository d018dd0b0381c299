"""May a portal be asked for its document only if it has changed? Only where "it has not" means that all we
would make of it is in the store already.
"""

import hashlib
import json
from datetime import datetime

from sqlalchemy import Connection

from harvesters.portal import Portal
from index.ingest import Mapper
from index.store import Run, Store, validators
from mappings.source_record import NOT_MODIFIED, Validators

_DECIDING = ("type", "url", "options", "auth", "rules", "expected_minimum", "max_delete")
"""Keys of an entry that decide what is fetched or what becomes of it. `auth` holds names, no secrets."""


def to_ask_with(store: Store, portal: Portal, now: datetime) -> Validators | None:
    """What to ask with; None to ask for the document whatever it is. Raises StoreError."""
    entry = _digest(portal)
    return store.database.reading(
        lambda connection: validators.to_ask_with(connection, portal.id, entry, now)
    )


def keep_validators(connection: Connection, portal: Portal, got: Validators | None, run: Run) -> None:
    """Note what a run that landed got with its document. One whose document leaves open what is missing (a
    record without an identifier) is read again every time."""
    if run.status == "ok" and run.slug != NOT_MODIFIED:
        whole = got if run.slug == "" else None
        validators.keep(connection, portal.id, _digest(portal), whole, run.id)


def _digest(portal: Portal) -> str:
    """What decides what a document becomes: the entry, and the mappings' version, under which records that
    were refused are tried again."""
    decided = {name: getattr(portal, name) for name in _DECIDING}
    text = json.dumps([decided, Mapper.standard().version], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
