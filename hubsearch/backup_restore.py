"""Restore a backup: into an empty home, or in the place of what a hub holds.

The store's rows are replaced in one transaction, so whoever reads meanwhile, or kills this, finds the old hub
or the new one. What the hub held is backed up inside its home first and kept until the restore is whole.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import make_url

from hubsearch.backup import back_up
from hubsearch.backup_manifest import (
    FEEDS,
    PORTALS,
    SECRETS,
    SPOOL,
    STORE,
    BackupError,
    copy_checked,
    read_manifest,
)
from hubsearch.hub import Hub, open_hub
from hubsearch.own_folders import scratch_folder
from hubsearch.settings import Settings
from hubsearch.spools import find_spool
from hubsearch.work.upkeep import build_in_turn
from index.engines.protocol import EngineError
from index.owner import shown
from index.store.database import Database
from index.store.errors import StoreError
from index.store.moving import move
from index.store.snapshot import HeldSpool, counts, held_spools, relocate_spools, url_of

ASIDE = "before-restore-"
"""Begin of the names of the folders in the home that keep what was there until a restore is whole."""

STAGING = ".restore"

Said = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Present:
    """What a hub holds now: `counts` as in a manifest, `files` in its home; `damaged` says why the store
    cannot be read."""

    counts: dict[str, int]
    files: list[str]
    damaged: str | None = None

    def __bool__(self) -> bool:
        return bool(self.files or self.damaged or any(self.counts.values()))


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `documents` are those in the index, None when the engine was away; `lacking` the
    held runs that cannot be approved in this home."""

    documents: int | None
    lacking: list[HeldSpool]


def present(settings: Settings) -> Present:
    """Look at what a restore would replace."""
    files = [name for name in (PORTALS, SECRETS) if (settings.home / name).exists()]
    files += sorted(str(path.relative_to(settings.home)) for path in settings.spool.glob("*/*.spool"))
    path = _store_file(settings)
    if path is not None and not path.exists():
        return Present({}, files)
    try:
        with open_hub(settings) as hub:
            if path is not None:
                _check_sound(hub)
            with hub.store.database.read() as connection:
                return Present(counts(connection), files)
    except StoreError as error:
        if path is None or "newer version" in str(error):
            raise
        return Present({}, files, damaged=str(error))


def restore(settings: Settings, folder: Path, found: Present, said: Said) -> Restored:
    """Put the backup in the place of what the hub holds (`found`), build its index, publish its feeds.

    Raises BackupError when the backup is damaged, a newer version's, or somebody is at work on the hub;
    nothing is changed then. StoreError and OSError leave what was there before in the home.
    """
    manifest = read_manifest(folder)
    settings.home.mkdir(parents=True, exist_ok=True)
    with scratch_folder(settings.home / STAGING) as staging:
        copy_checked(folder, manifest, staging)
        staged = Database.connect(url_of(staging / STORE))
        kept = _keep_aside(settings, found, said)
        try:
            with open_hub(settings) as hub:
                _refuse_work(hub)
                _replace_store(staged, hub.store.database, None if found.damaged else kept)
                lacking = _bring_spools(hub, staging / SPOOL)
                _put_files(settings, staging)
                relocate_spools(hub.store.database, settings.spool)
                documents = _derive(hub, said)
        finally:
            staged.close()
    if documents is not None:
        for old in settings.home.glob(f"{ASIDE}*"):
            shutil.rmtree(old, ignore_errors=True)
    return Restored(documents, lacking)


def _store_file(settings: Settings) -> Path | None:
    """The file of a store on SQLite; None for a server's."""
    url = make_url(settings.store)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def _check_sound(hub: Hub) -> None:
    with hub.store.database.read() as connection:
        verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if verdict != "ok":
        raise StoreError(f"the store {hub.store.database.name} is damaged ({verdict})")


def _keep_aside(settings: Settings, found: Present, said: Said) -> Path | None:
    """A backup of what is there, in its home; the damaged file itself where it is no store any more."""
    if not found:
        return None
    # The clock itself: a stated now would give two restores the same folder.
    aside = settings.home / f"{ASIDE}{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    if found.damaged is None:
        with open_hub(settings) as hub:
            _refuse_work(hub)
            back_up(hub, aside, noted=False)
        said(f"What the hub held is kept in {aside} until the restore is whole.")
        return aside
    path = _store_file(settings)
    if path is not None:
        aside.mkdir(mode=0o700)
        for part in path.parent.glob(f"{path.name}*"):
            part.rename(aside / part.name)
    return aside


def _refuse_work(hub: Hub) -> None:
    hub.leases.bury_the_dead()
    at_work = [job for job in hub.store.jobs.every() if job.leased and job.owner]
    if at_work:
        who = "; ".join(f"{job.name} by {shown(job.owner or '')}" for job in at_work)
        raise BackupError(
            f"somebody is at work on this hub ({who}); stop workers and harvests, then restore. Nothing was "
            "changed"
        )


def _replace_store(staged: Database, present: Database, kept: Path | None) -> None:
    try:
        move(staged, present, replacing=True)
    except StoreError:
        if kept is not None:  # everything is still in its place
            shutil.rmtree(kept, ignore_errors=True)
        raise


def _bring_spools(hub: Hub, folder: Path) -> list[HeldSpool]:
    """What the backup lacks of the spools of held runs comes from this home or from where it was fetched, if
    it is still there; those that are not."""
    lacking = []
    with hub.store.database.read() as connection:
        held = held_spools(connection)
    for one in held:
        goal = folder / one.source / one.spool.name
        if goal.exists():
            continue
        if found := find_spool(hub.settings, one.source, one.spool):
            goal.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(found, goal)
        else:
            lacking.append(one)
    return lacking


def _put_files(settings: Settings, staging: Path) -> None:
    """The files of the backup in the place of the home's. A portals file elsewhere is the operator's."""
    portals = settings.home / PORTALS if settings.portals.exists() else settings.portals
    for name, goal in ((PORTALS, portals), (SECRETS, settings.home / SECRETS)):
        if (staging / name).exists():
            goal.parent.mkdir(parents=True, exist_ok=True)
            aside = goal.with_name(f".{goal.name}.part")
            shutil.copy2(staging / name, aside)
            aside.chmod(0o600 if name == SECRETS else 0o644)
            aside.replace(goal)
        else:
            (settings.home / name).unlink(missing_ok=True)
    for name, folder in ((SPOOL, settings.spool), (FEEDS, settings.feeds)):
        shutil.rmtree(folder, ignore_errors=True)
        if (staging / name).is_dir():
            (staging / name).rename(folder)


def _derive(hub: Hub, said: Said) -> int | None:
    """The index and the feeds, from the store. The number of documents; None when the engine is away."""
    try:
        documents = build_in_turn(hub, said)
    except EngineError as error:
        said(f"The store is restored, the index is not made yet: {error}. Then: hubsearch index build")
        documents = None
    if held := hub.publish():
        said(held)
    return documents
