"""Feeds kept in the store: whole versions, one at a time, whoever else publishes or reads meanwhile."""

import io
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from index.store import Store, feeds
from index.store.feeds import PART, FeedReplaced, FeedVersion
from index.store.schema import feed_parts

NOW = datetime(2026, 1, 31, 6, tzinfo=UTC)
FEED = "data.json"


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'store.sqlite'}" if sqlite else request.getfixturevalue("postgres_url")
    opened = Store.open(url)
    yield opened
    opened.close()


def put(store: Store, content: bytes, before: FeedVersion | None = None) -> FeedVersion:
    version = None if before is None else before.version
    return feeds.put(store.database, FEED, io.BytesIO(content), {"n": 1}, now=NOW, before=version)


def read(store: Store, version: FeedVersion) -> bytes:
    return b"".join(feeds.parts(store.database, FEED, version))


def stored_parts(store: Store) -> int:
    with store.database.read() as connection:
        return connection.execute(select(func.count()).select_from(feed_parts)).scalar_one()


@pytest.mark.parametrize("size", [0, 1, PART - 1, PART, PART + 1, 3 * PART + 7])
def test_a_feed_of_any_size_comes_back_as_it_was(kept: Store, size: int) -> None:
    content = os.urandom(size)
    put(kept, content)
    version = feeds.present(kept.database, FEED)
    assert version is not None
    assert (version.size, version.published_at, version.report) == (size, NOW, {"n": 1})
    assert read(kept, version) == content


def test_before_the_first_there_is_none(kept: Store) -> None:
    assert feeds.present(kept.database, FEED) is None


def test_a_new_version_takes_the_place_of_the_old_and_leaves_nothing_of_it(kept: Store) -> None:
    first = put(kept, b"a" * (2 * PART))
    second = put(kept, b"b", first)
    assert feeds.present(kept.database, FEED) == second
    assert read(kept, second) == b"b"
    assert stored_parts(kept) == 1


def test_of_two_that_publish_at_once_the_second_is_refused_and_leaves_nothing(kept: Store) -> None:
    first = put(kept, b"first")
    winner = put(kept, b"winner", first)
    with pytest.raises(FeedReplaced, match="another process published"):
        put(kept, b"loser", first)
    with pytest.raises(FeedReplaced):
        put(kept, b"loser")
    assert feeds.present(kept.database, FEED) == winner
    assert read(kept, winner) == b"winner"
    assert stored_parts(kept) == 1


def test_whoever_reads_a_version_that_is_replaced_is_told(kept: Store) -> None:
    first = put(kept, b"a" * (2 * PART))
    reading = feeds.parts(kept.database, FEED, first)
    assert next(reading) == b"a" * PART
    put(kept, b"b" * (2 * PART), first)
    with pytest.raises(FeedReplaced, match="read that one"):
        next(reading)


def test_remains_of_a_publisher_that_was_killed_go_with_the_next_version(kept: Store) -> None:
    first = put(kept, b"first")
    with kept.database.write() as connection:
        row = {"feed": FEED, "version": first.version + 1, "position": 0, "data": b"half"}
        connection.execute(feed_parts.insert(), [row])
    put(kept, b"second", first)
    assert stored_parts(kept) == 1


def test_what_is_noted_stays_with_its_version_alone(kept: Store) -> None:
    first = put(kept, b"first")
    feeds.note(kept.database, FEED, first.version, {"n": 2})
    assert feeds.present(kept.database, FEED) == FeedVersion(first.version, 5, NOW, {"n": 2})
    second = put(kept, b"second", first)
    feeds.note(kept.database, FEED, first.version, {"n": 3})
    assert feeds.present(kept.database, FEED) == second
