"""Where a hub's published feed lies: a file in its home or, for hubs of several machines, the store."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from dcat.publish import gzip_path, publish
from dcat.record import FeedRecord
from dcat.report import BuildReport
from index.store import feeds
from index.store.database import Database

FEED = "data.json"
"""The feed's name: of its file, and in the store."""


class FeedPlace(Protocol):
    """A place with at most one version of the feed."""

    def key(self) -> str | None:
        """What the published version was made from (`hubsearch.feed_key`); None when that is not known."""
        ...

    def publish(
        self, records: Iterable[FeedRecord], feed_url: str, key: str, *, allow_shrink: bool
    ) -> BuildReport:
        """Put a feed of these records there, unless it would shrink too much. Raises FeedError, StoreError,
        FeedReplaced when another process published meanwhile."""
        ...


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """The file in the home, and beside it what it was made from and why the next one was held back."""

    folder: Path

    def key(self) -> str | None:
        """Known while the file is the very one that was published then: an operator may put another there."""
        try:
            kept = json.loads(self._kept.read_text("utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        return kept.get("key") if kept.get("file") == self._stamp() else None

    def publish(
        self, records: Iterable[FeedRecord], feed_url: str, key: str, *, allow_shrink: bool
    ) -> BuildReport:
        """As `FeedPlace`; an empty feed takes the file away."""
        self.folder.mkdir(parents=True, exist_ok=True)
        report = publish(records, self.folder / FEED, allow_shrink=allow_shrink, feed_url=feed_url)
        if report.held:
            self._note.write_text(report.held, encoding="utf-8")
        else:
            self._note.unlink(missing_ok=True)
            self.keep(key)
        return report

    def keep(self, key: str | None) -> None:
        """The file that is there was made from this."""
        self._kept.write_text(json.dumps({"key": key, "file": self._stamp()}), encoding="utf-8")

    def held(self) -> str | None:
        """Why the last feed was held back; None when it was published then, or by hand since."""
        note, feed = self._note, self.folder / FEED
        if not note.exists() or (feed.exists() and feed.stat().st_mtime > note.stat().st_mtime):
            return None
        return note.read_text(encoding="utf-8")

    @property
    def _kept(self) -> Path:
        return self.folder / f"{FEED}.key"

    @property
    def _note(self) -> Path:
        return self.folder / f"{FEED}.held"

    def _stamp(self) -> list[int] | None:
        try:
            found = (self.folder / FEED).stat()
        except FileNotFoundError:
            return None
        return [found.st_size, found.st_mtime_ns]


@dataclass(frozen=True, slots=True)
class StorePlace:
    """The store: what is published is compared with the version there, whichever machine wrote it.

    `scratch` is a folder on a disk, where the feed is made."""

    database: Database
    now: datetime
    scratch: Path

    def key(self) -> str | None:
        """Kept with the version."""
        before = feeds.present(self.database, FEED)
        return None if before is None else before.report.get("key")

    def publish(
        self, records: Iterable[FeedRecord], feed_url: str, key: str, *, allow_shrink: bool
    ) -> BuildReport:
        """As `FeedPlace`; an empty feed is a version without a file."""
        before = feeds.present(self.database, FEED)
        with TemporaryDirectory(prefix=".feed-", dir=self.scratch) as folder:
            target = Path(folder) / FEED
            held = before.report["datasets"] if before else 0
            report = publish(records, target, allow_shrink=allow_shrink, feed_url=feed_url, before=held)
            if report.held is None:
                self._put(target, self._about(target, report, key), before)
            elif before is not None:
                feeds.note(self.database, FEED, before.version, {**before.report, "held": report.held})
        return report

    def _put(self, target: Path, about: dict[str, Any], before: feeds.FeedVersion | None) -> None:
        if before is not None and before.report.get("digest") == about["digest"]:
            feeds.note(self.database, FEED, before.version, about)
            return
        packed = gzip_path(target)
        if not packed.exists():
            packed.touch()
        with packed.open("rb") as file:
            version = None if before is None else before.version
            feeds.put(self.database, FEED, file, about, now=self.now, before=version)

    def _about(self, target: Path, report: BuildReport, key: str) -> dict[str, Any]:
        left_out, digest = len(report.left_out), digest_of(target)
        return {"key": key, "datasets": report.datasets, "left_out": left_out, "digest": digest}


def digest_of(feed: Path) -> str | None:
    """By which two files of one content are known; None when there is no file."""
    if not feed.exists():
        return None
    with feed.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
