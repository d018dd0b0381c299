"""Publish the feeds after each harvest: from the store's live records to a file, atomically."""

from dcat.publish import publish
from dcat.report import BuildReport
from hubsearch.settings import Settings
from index.store import Store
from search_api.feed_records import every_record


def publish_feeds(store: Store, settings: Settings, *, allow_shrink: bool = False) -> BuildReport:
    """Write `feeds/data.json` (DCAT-US 1.1) anew; the report of what was left out and why.

    A feed that would shrink by more than a tenth keeps the old file (`report.held`) until an operator
    publishes it with `allow_shrink`.
    """
    settings.feeds.mkdir(parents=True, exist_ok=True)
    target = settings.feeds / "data.json"
    feed_url = f"{settings.base_url}/data.json"
    return publish(
        every_record(store, settings.base_url), target, allow_shrink=allow_shrink, feed_url=feed_url
    )
