"""Publish the feeds after each harvest: from the store's live records to where web processes find them."""

from dcat.report import BuildReport
from hubsearch.feed_key import feed_key
from hubsearch.feed_moves import adopt_feed
from hubsearch.feed_places import FEED, FeedPlace, FolderPlace, StorePlace
from hubsearch.settings import Settings
from index.store import Store
from index.store.feeds import FeedReplaced
from search_api.feed_records import every_record

__all__ = ["FEED", "held_back", "publish_feeds"]

ATTEMPTS = 3
"""Of two processes that publish at once, the second begins again from what the store holds then."""


def publish_feeds(store: Store, settings: Settings, *, allow_shrink: bool = False) -> BuildReport | None:
    """Write the feed `data.json` (DCAT-US 1.1) anew; the report of what was left out and why. None when it
    was made from the same before: nothing is read or written then.

    A feed that would shrink by more than a tenth keeps the old one (`report.held`) until an operator
    publishes it with `allow_shrink`. The reason is kept for whoever asks later. Raises FeedError, StoreError.
    """
    adopt_feed(store.database, settings)
    place = feed_place(store, settings)
    for attempt in range(1, ATTEMPTS + 1):
        key = feed_key(store, settings.base_url)
        if place.key() == key:
            return None
        records = every_record(store, settings.base_url)
        try:
            return place.publish(records, f"{settings.base_url}/{FEED}", key, allow_shrink=allow_shrink)
        except FeedReplaced:
            if attempt == ATTEMPTS:
                raise
    return None


def feed_place(store: Store, settings: Settings) -> FeedPlace:
    """A hub on PostgreSQL may have web processes on several machines; with SQLite all share the home."""
    if store.database.is_postgres:
        return StorePlace(store.database, settings.now(), settings.home)
    return FolderPlace(settings.feeds)


def held_back(settings: Settings) -> str | None:
    """Why the last feed of the home was held back; None when it was published then, or by hand since."""
    return FolderPlace(settings.feeds).held()
