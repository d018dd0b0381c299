"""A published feed that lies where a hub of the other kind keeps it, brought to where this one looks.

A store that was copied or restored from one database into the other would have nothing to compare its next
feed with, and a feed that shrank would be published without anybody's word.
"""

import gzip
import shutil
import tempfile
from contextlib import suppress

from dcat.errors import FeedError
from dcat.publish import count_entries
from hubsearch.feed_copies import FeedCopy
from hubsearch.feed_places import FEED, FolderPlace, digest_of
from hubsearch.settings import Settings
from index.store import feeds
from index.store.database import Database
from index.store.feeds import FeedReplaced


def adopt_feed(database: Database, settings: Settings) -> None:
    """Bring the feed from the home into a store on PostgreSQL that has none, or from a store on SQLite into a
    home that has none. Nothing to do otherwise. Raises StoreError, FeedError."""
    if database.is_postgres:
        try:
            feed_into_store(database, settings)
        except OSError as error:
            raise FeedError(
                f"the feed in {settings.feeds} cannot be brought into the store ({error}); it stays there"
            ) from error
    elif (found := feeds.present(database, FEED)) is not None:
        if not (settings.feeds / FEED).exists():
            settings.feeds.mkdir(parents=True, exist_ok=True)
            FeedCopy(database, settings.feeds / FEED).renew()
            FolderPlace(settings.feeds).keep(found.report.get("key"))
        feeds.forget(database, FEED)  # the home's is the published one from now on


def feed_into_store(database: Database, settings: Settings) -> int | None:
    """Put the home's feed into a store that has none; how many datasets it has, None when there is nothing to
    bring. Raises StoreError, OSError."""
    target = settings.feeds / FEED
    if feeds.present(database, FEED) is not None or not target.exists():
        return None
    entries = count_entries(target)
    about = {"key": FolderPlace(settings.feeds).key(), "datasets": entries, "digest": digest_of(target)}
    with tempfile.TemporaryFile(dir=settings.home) as packed:
        with target.open("rb") as file, gzip.GzipFile("", "wb", fileobj=packed, mtime=0) as archive:
            shutil.copyfileobj(file, archive)
        packed.seek(0)
        with suppress(FeedReplaced):  # another process has brought one in this moment
            feeds.put(database, FEED, packed, about, now=settings.now(), before=None)
    return entries
