"""Make a backup: all that a hub keeps and cannot derive, of one moment, also in the middle of a harvest.

Made in a hidden folder beside its goal and renamed when it is whole and on the disk: whoever kills it finds
no folder that looks like a backup. The index is not in it, since it is made from the store.
"""

import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import msgspec

from hubsearch.backup_manifest import (
    FEEDS,
    FORMAT,
    MANIFEST,
    PORTALS,
    SECRETS,
    SPOOL,
    STORE,
    BackupError,
    Lacking,
    Manifest,
    described,
    write_manifest,
)
from hubsearch.hub import Hub
from hubsearch.own_folders import scratch_folder
from hubsearch.settings import Settings
from hubsearch.spools import find_spool
from index.store.database import Database
from index.store.snapshot import HeldSpool, Snapshot, held_spools, take_snapshot

PART = ".hubsearch-part"
"""Where backups are made, beside where they will lie."""

NOTE = "last-backup.json"
"""In the home: when the last backup was made and where it went, for the doctor."""

ATTEMPTS = 5
"""Copies of the store, where each time a run was decided between the store and its spool."""


def back_up(hub: Hub, target: Path, *, noted: bool = True) -> Manifest:
    """Write a backup of the hub to `target`, which is new or empty; what it holds.

    The published feeds are copied before the store and so are never ahead of it. `noted`: the doctor counts
    its age. Raises BackupError and StoreError; nothing is left at `target` then.
    """
    target = target.absolute()
    check_target(target)
    try:
        with scratch_folder(target.parent / PART) as aside:
            made = aside / target.name
            made.mkdir(mode=0o700)
            manifest = _fill(hub, made)
            _rename(made, target)
            if noted:
                with suppress(OSError):  # the backup is whole, whatever is known of it here
                    _note(hub.settings, manifest, target)
    except OSError as error:
        raise BackupError(
            f"the backup cannot be written to {target} ({error.strerror or error}); nothing is there, the "
            "hub is as it was. Make room or name another place"
        ) from error
    return manifest


def check_target(target: Path) -> None:
    """Raises BackupError when something is there already."""
    if (target / MANIFEST).exists():
        raise BackupError(
            f"{target} holds a backup already; name a new folder, for instance one with the date"
        )
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BackupError(f"{target} is there already and not empty; name a new folder")


def _fill(hub: Hub, made: Path) -> Manifest:
    settings = hub.settings
    _copy_feeds(settings, made / FEEDS)
    now = settings.now()
    taken = _copy_store(hub, made, now)
    for path, name in ((settings.portals, PORTALS), (settings.home / SECRETS, SECRETS)):
        with suppress(FileNotFoundError):
            shutil.copy2(path, made / name)
    if (made / SECRETS).exists():
        (made / SECRETS).chmod(stat.S_IRUSR | stat.S_IWUSR)
    manifest = Manifest(
        format=FORMAT,
        version=version("hubsearch"),
        revision=taken.revision,
        made=now.isoformat(),
        store="postgresql" if hub.store.database.is_postgres else "sqlite",
        sequence=taken.sequence,
        counts=taken.counts,
        files=described(made),
        lacking=[
            Lacking(one.run, one.source, str(one.spool))
            for one in taken.held
            if not _place(made / SPOOL, one).exists()
        ],
    )
    write_manifest(made, manifest)
    return manifest


def _copy_store(hub: Hub, made: Path, now: datetime) -> Snapshot:
    """Copy the store, and the spool of every run that waits for a decision in the copy.

    A run may be decided meanwhile, and its spool be gone: spools are copied before the store, too, and where
    that came too early the store is copied again. A spool that lies elsewhere is not waited for.
    """
    database, spools = hub.store.database, made / SPOOL
    _copy_spools(hub.settings, _waiting(database), spools)
    for _ in range(ATTEMPTS):
        (made / STORE).unlink(missing_ok=True)
        taken = take_snapshot(database, made / STORE, now)
        _copy_spools(hub.settings, taken.held, spools)
        lacking = {one for one in taken.held if not _place(spools, one).exists()}
        if lacking <= set(_waiting(database)):
            break
    _drop_others(taken.held, spools)
    return taken


def _copy_feeds(settings: Settings, folder: Path) -> None:
    for path in settings.feeds.iterdir() if settings.feeds.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            folder.mkdir(exist_ok=True)
            with suppress(FileNotFoundError):  # another one is being published
                shutil.copy2(path, folder / path.name)


def _waiting(database: Database) -> list[HeldSpool]:
    with database.read() as connection:
        return held_spools(connection)


def _copy_spools(settings: Settings, held: Iterable[HeldSpool], folder: Path) -> None:
    for one in held:
        goal = _place(folder, one)
        found = find_spool(settings, one.source, one.spool)
        if found is None or goal.exists():
            continue
        goal.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # decided in this moment
            shutil.copy2(found, goal)


def _drop_others(held: Iterable[HeldSpool], folder: Path) -> None:
    """Of runs that were decided before the store was copied."""
    kept = {_place(folder, one) for one in held}
    for path in folder.glob("*/*"):
        if path not in kept:
            path.unlink()


def _place(folder: Path, one: HeldSpool) -> Path:
    return folder / one.source / one.spool.name


def _rename(made: Path, target: Path) -> None:
    for folder in {made, *(path for path in made.rglob("*") if path.is_dir())}:
        _sync(folder)
    made.rename(target)  # in the place of an empty folder, too
    _sync(target.parent)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _note(settings: Settings, manifest: Manifest, target: Path) -> None:
    note = {"made": manifest.made, "folder": str(target), "bytes": manifest.bytes}
    aside = settings.home / f".{NOTE}.part"
    aside.write_bytes(msgspec.json.encode(note))
    aside.replace(settings.home / NOTE)
