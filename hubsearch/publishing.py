"""Publish the feeds after each harvest: from the store's live records to a file, atomically."""

from pathlib import Path

from dcat.publish import publish
from dcat.report import BuildReport
from hubsearch.settings import Settings
from index.store import Store
from search_api.feed_records import every_record

FEED = "data.json"
"""The published feed's file in the feeds folder."""


def publish_feeds(store: Store, settings: Settings, *, allow_shrink: bool = False) -> BuildReport:
    """Write `feeds/data.json` (DCAT-US 1.1) anew; the report of what was left out and why.

    A feed that would shrink by more than a tenth keeps the old file (`report.held`) until an operator
    publishes it with `allow_shrink`. The reason is kept beside the feed for whoever asks later.
    """
    settings.feeds.mkdir(parents=True, exist_ok=True)
    target = settings.feeds / FEED
    feed_url = f"{settings.base_url}/{FEED}"
    report = publish(
        every_record(store, settings.base_url), target, allow_shrink=allow_shrink, feed_url=feed_url
    )
    if report.held:
        _note(settings).write_text(report.held, encoding="utf-8")
    else:
        _note(settings).unlink(missing_ok=True)
    return report


def held_back(settings: Settings) -> str | None:
    """Why the last feed was held back; None when it was published then, or by hand since."""
    note, feed = _note(settings), settings.feeds / FEED
    if not note.exists() or (feed.exists() and feed.stat().st_mtime > note.stat().st_mtime):
        return None
    return note.read_text(encoding="utf-8")


def _note(settings: Settings) -> Path:
    return settings.feeds / f"{FEED}.held"
