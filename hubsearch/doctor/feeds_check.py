"""The feeds we give back: when they were published, and whether one is held back."""

from datetime import UTC, datetime

from dcat.publish import count_entries
from hubsearch.doctor.findings import Check
from hubsearch.publishing import FEED, held_back
from hubsearch.settings import Settings
from index.store import Store
from index.store.feeds import present


def feeds(settings: Settings, store: Store) -> list[Check]:
    """Feeds of the store (a hub of several machines) and of the home (a hub of one)."""
    checks = [*_in_store(store), *_in_home(settings)]
    if checks:
        return checks
    if not store.record_counts():
        return []
    says = "no feed has been published yet"
    return [
        Check(
            "feeds",
            "note",
            says,
            "a harvest publishes it; hubsearch export dcat-us-1.1 --json says what is left out",
        )
    ]


def _in_store(store: Store) -> list[Check]:
    found = present(store.database, FEED)
    if found is None:
        return []
    return [_check(FEED, found.published_at, found.report.get("datasets"), found.report.get("held"))]


def _in_home(settings: Settings) -> list[Check]:
    target = settings.feeds / FEED
    held = held_back(settings)
    if not target.exists():
        return [_check(FEED, None, None, held)] if held else []
    published = datetime.fromtimestamp(target.stat().st_mtime, UTC)
    return [_check(FEED, published, count_entries(target), held)]


def _check(name: str, published: datetime | None, entries: int | None, held: str | None) -> Check:
    facts = {"feed": name, "published": published.isoformat() if published else None, "datasets": entries}
    when = (
        f"{name} was published at {published:%Y-%m-%d %H:%M}" if published else f"{name} was never published"
    )
    many = f" with {entries:,} datasets" if entries is not None else ""
    if held:
        advice = (
            "look why, then publish it all the same: hubsearch export dcat-us-1.1 --publish; or harvest again"
        )
        return Check("feeds", "finding", f"{when}{many}; the next one is held back: {held}", advice, facts)
    return Check("feeds", "ok", f"{when}{many}", facts=facts)
