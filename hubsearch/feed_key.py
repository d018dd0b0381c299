"""What a published feed was made from, as one short text: while it stays the same, so does the feed."""

import json
from functools import cache
from hashlib import blake2b
from importlib.resources import files

from index.store import Store

WRITERS = ("dcat", "search_api")
"""The packages whose code says what a feed looks like; of the second, one module."""


def feed_key(store: Store, base_url: str) -> str:
    """Of the store's present state. Read it before the records are, so that what changes meanwhile makes the
    next feed."""
    parts = [
        store.last_sequence(),
        # Records that come and go move the sequence; counted all the same, since a feed must not be wrong.
        sorted(store.record_counts().items()),
        [(one.id, one.title, one.contact_name, one.contact_email) for one in store.sources()],
        base_url,
        code_version(),
    ]
    return _digest(json.dumps(parts).encode())


@cache
def code_version() -> str:
    """Of the code that writes feeds: another release of it may write another feed of the same records."""
    modules = [path for path in files("dcat").iterdir() if path.name.endswith(".py")]
    modules += [files("search_api").joinpath("feed_records.py")]
    return _digest(b"\0".join(path.read_bytes() for path in sorted(modules, key=lambda path: path.name)))


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=16).hexdigest()
