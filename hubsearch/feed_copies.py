"""The published feed as a web process finds it: the file in the home, or a copy of the store's version."""

import gzip
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from dcat.publish import gzip_path
from hubsearch.feed_places import FEED
from hubsearch.own_folders import own_folder
from hubsearch.settings import Settings
from index.store import Store, StoreError, feeds
from index.store.database import Database
from index.store.feeds import FeedReplaced, FeedVersion

LOOKED_AFTER = 1.0
"""Seconds between two looks at which version is the published one."""
ATTEMPTS = 3
"""To copy a version that is replaced while it is copied."""
CHUNK = 1 << 20
FOLDER = "copies"
"""In the home, which is on a disk; a temporary folder may be in memory, and a feed may be large."""


@dataclass(frozen=True, slots=True)
class PublishedFeeds:
    """`folder` holds the files to serve; `renew` brings them up to date, `close` clears away."""

    folder: Path
    renew: Callable[[], None]
    close: Callable[[], None]


def published_feeds(store: Store, settings: Settings) -> PublishedFeeds:
    """The feeds of a hub, for one web process."""
    if not store.database.is_postgres:
        return PublishedFeeds(settings.feeds, _nothing, _nothing)
    folder, lock = own_folder(settings.home / FOLDER)

    def close() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        lock.close()

    return PublishedFeeds(folder, FeedCopy(store.database, folder / FEED).renew, close)


@dataclass(slots=True)
class FeedCopy:
    """A copy of the version in the store, at `target`, with its compressed form beside it. Safe between
    threads: while one renews it, the others serve the version that is there."""

    database: Database
    target: Path
    _lock: Lock = field(default_factory=Lock)
    _version: int | None = None
    _looked: float | None = None

    def renew(self) -> None:
        """See whether another version was published, at most once a second, and copy it.

        Raises StoreError when the store is away and there is no copy yet.
        """
        first = self._looked is None
        if not first and time.monotonic() < (self._looked or 0.0) + LOOKED_AFTER:
            return
        if not self._lock.acquire(blocking=first):
            return
        try:
            self._look()
            self._looked = time.monotonic()
        except StoreError:
            if self._version is None:
                raise
            self._looked = time.monotonic()
        finally:
            self._lock.release()

    def _look(self) -> None:
        for _ in range(ATTEMPTS):
            found = feeds.present(self.database, FEED)
            if found is None or found.version == self._version:
                return
            try:
                self._copy(found)
            except FeedReplaced:
                continue
            except OSError as error:
                where = self.target.parent
                raise StoreError(f"the feed cannot be copied to {where} ({error}); make room") from error
            self._version = found.version
            return

    def _copy(self, version: FeedVersion) -> None:
        if not version.size:
            self.target.unlink(missing_ok=True)
            gzip_path(self.target).unlink(missing_ok=True)
            return
        with tempfile.TemporaryDirectory(dir=self.target.parent) as aside:
            plain, packed = Path(aside) / "plain", Path(aside) / "packed"
            with packed.open("wb") as file:
                for data in feeds.parts(self.database, FEED, version):
                    file.write(data)
            with gzip.open(packed) as source, plain.open("wb") as unpacked:
                shutil.copyfileobj(source, unpacked, CHUNK)
            for path in (packed, plain):  # one time for both, and the same on every machine
                os.utime(path, ns=(version.version, version.version))
            packed.replace(gzip_path(self.target))
            plain.replace(self.target)


def _nothing() -> None:
    """A file in the home is renewed by whoever publishes it."""
