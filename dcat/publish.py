"""Publish a feed: written aside, checked against the one it replaces, swapped in at once.

data.gov deletes whatever a feed no longer names and has no guard of its own, so the guard stands here: a
feed that shrank by more than a tenth, or to nothing, does not replace its predecessor until an operator
allows it.
"""

import gzip
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from dcat.build import FeedBuild, build_feed
from dcat.errors import FeedError
from dcat.record import FeedRecord
from dcat.report import BuildReport

MAX_SHRINK = 0.10
"""Share of the published entries that may vanish at once without an operator's word."""
CHUNK = 1 << 20


def publish(
    records: Iterable[FeedRecord],
    target: Path,
    *,
    allow_shrink: bool = False,
    feed_url: str | None = None,
    before: int | None = None,
) -> BuildReport:
    """Build the feed and put it at `target`, with a gzipped copy beside it (`target` + `.gz`).

    The file is always whole: readers see the old one or the new one. An unchanged feed leaves the files and
    their times alone. `report.held` says when and why the old file was kept. An empty feed is never
    written: with `allow_shrink` it takes the old files away, so that the address answers "nothing here"
    instead of "delete all". `before` is the number of entries to compare with, where the published version
    is not at `target`. Raises FeedError when the files cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with build_feed(records, target.parent) as build:
            published = count_entries(target) if before is None else before
            build.report.held = _objection(build.report, published, allow_shrink=allow_shrink)
            if build.report.held:
                build.report.errors.append(build.report.held)
                return build.report
            if build.report.datasets:
                _replace(build, target, feed_url)
            else:
                _withdraw(target)
            build.report.published = True
            return build.report
    except OSError as error:
        raise FeedError(f"{target}: the feed cannot be written ({error}); the old one is kept") from error


def gzip_path(target: Path) -> Path:
    """The compressed copy. It belongs to the feed beside it when both have the same time of change."""
    return target.with_name(f"{target.name}.gz")


def count_entries(target: Path) -> int:
    """Entries of a feed we published: each stands on a line of its own, between the first line and the
    last."""
    if not target.exists():
        return 0
    with target.open("rb") as file:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: file.read(CHUNK), b""))
    return max(lines - 2, 0)


def _objection(report: BuildReport, before: int, *, allow_shrink: bool) -> str | None:
    now = report.datasets
    if now == 0 and before == 0 and report.left_out:
        return (
            f"all {len(report.left_out):,} records lack a required field, so there is no feed; see left_out"
        )
    if allow_shrink or before - now <= before * MAX_SHRINK:
        return None
    return (
        f"the feed would shrink from {before:,} to {now:,} datasets; the old one is kept. "
        "If that is right, publish again and allow it to shrink"
    )


def _replace(build: FeedBuild, target: Path, feed_url: str | None) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as aside:
        plain, packed = Path(aside) / "plain", Path(aside) / "packed"
        digest = _write(plain, build, feed_url)
        if target.exists() and gzip_path(target).exists() and _digest(target) == digest:
            return
        _pack(plain, packed)
        moment = plain.stat().st_mtime_ns
        os.utime(packed, ns=(moment, moment))
        packed.replace(gzip_path(target))
        plain.replace(target)
        _sync_folder(target.parent)


def _withdraw(target: Path) -> None:
    target.unlink(missing_ok=True)
    gzip_path(target).unlink(missing_ok=True)


def _write(path: Path, build: FeedBuild, feed_url: str | None) -> str:
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for chunk in build.chunks(feed_url):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest()


def _pack(plain: Path, packed: Path) -> None:
    with plain.open("rb") as source, packed.open("wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=6) as archive:
            shutil.copyfileobj(source, archive, CHUNK)
        file.flush()
        os.fsync(file.fileno())


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
