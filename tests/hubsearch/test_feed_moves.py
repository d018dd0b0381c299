"""A store that moves to the other database takes its published feed along: a feed that shrinks there is held
back as it was before."""

from pathlib import Path

import pytest

from hubsearch.backup import back_up
from hubsearch.backup_restore import present, restore
from hubsearch.feed_copies import published_feeds
from hubsearch.feed_places import FEED
from hubsearch.hub import Hub, open_hub
from hubsearch.publishing import publish_feeds
from hubsearch.settings import Settings
from index.store import feeds
from tests.conftest import run_command
from tests.hubsearch.test_backup import settings_of
from tests.hubsearch.test_publishing import harvest

Pair = tuple[Settings, Settings]


@pytest.fixture(params=["to-postgresql", "to-sqlite"])
def pair(request: pytest.FixtureRequest, tmp_path: Path, postgres_url: str) -> Pair:
    """A hub, and an empty one on the other database with a home of its own."""
    to_postgres = request.param == "to-postgresql"
    old = settings_of(tmp_path / "old", None if to_postgres else postgres_url)
    return old, settings_of(tmp_path / "new", postgres_url if to_postgres else None)


def entries(hub: Hub) -> int:
    """Of the feed as a web process serves it."""
    files = published_feeds(hub.store, hub.settings)
    files.renew()
    found = (files.folder / FEED).read_bytes().count(b'"identifier"')
    files.close()
    return found


def shrink(hub: Hub) -> None:
    """To less than half of what was published."""
    hub.store.remove_source("town")
    harvest(hub, *range(8))


def assert_held(hub: Hub) -> None:
    assert "from 20 to 8 datasets" in (hub.publish() or "")
    assert entries(hub) == 20
    assert hub.publish(allow_shrink=True) is None
    assert entries(hub) == 8


def test_after_migrate_store_the_first_feed_is_compared_with_the_last(pair: Pair) -> None:
    old, new = pair
    with open_hub(old) as hub:
        harvest(hub, *range(20))
        hub.publish()
    new.home.mkdir()
    done = run_command(old.home, "migrate-store", new.store, "--json", HUBSEARCH_STORE=old.store)
    assert done.status == 0, done.stderr
    with open_hub(new) as hub:
        assert publish_feeds(hub.store, new) is None, "it is the feed of this very state"
        assert entries(hub) == 20
        shrink(hub)
        assert_held(hub)


def test_a_feed_that_is_held_back_is_held_back_after_a_restore_too(pair: Pair, tmp_path: Path) -> None:
    old, new = pair
    with open_hub(old) as hub:
        harvest(hub, *range(20))
        hub.publish()
        shrink(hub)
        hub.publish()
        back_up(hub, tmp_path / "backup")
    said: list[str] = []
    restore(new, tmp_path / "backup", present(new), said.append)
    assert "from 20 to 8 datasets" in "".join(said)
    with open_hub(new) as hub:
        assert_held(hub)


def test_a_feed_that_was_taken_away_does_not_come_back_from_the_store_it_was_brought_from(
    tmp_path: Path, postgres_url: str
) -> None:
    old, new = settings_of(tmp_path / "old", postgres_url), settings_of(tmp_path / "new")
    with open_hub(old) as hub:
        harvest(hub, 1, 2)
        hub.publish()
    new.home.mkdir()
    assert run_command(old.home, "migrate-store", new.store, HUBSEARCH_STORE=old.store).status == 0
    with open_hub(new) as hub:
        hub.publish()
        assert feeds.present(hub.store.database, FEED) is None
        hub.store.remove_source("town")
        assert hub.publish(allow_shrink=True) is None
        assert hub.publish() is None
        assert not (new.feeds / FEED).exists()
