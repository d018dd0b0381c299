"""The record store: SQLite by default, PostgreSQL by URL, one schema, migrated when opened."""

from index.store.errors import StoreError
from index.store.model import Change, Quarantined, RecordHead, Source, StoredRecord
from index.store.run import Run, RunError
from index.store.store import Store

__all__ = [
    "Change",
    "Quarantined",
    "RecordHead",
    "Run",
    "RunError",
    "Source",
    "Store",
    "StoreError",
    "StoredRecord",
]
