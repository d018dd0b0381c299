"""Make a backup: all that a hub keeps and cannot derive, of one moment, also in the middle of a harvest.

Made in a hidden folder beside its goal and renamed when it is whole and on the disk: whoever kills it finds
no folder that looks like a backup. The index is not in it, since it is made from the store.
"""

import os
import shutil
import stat
from collections.abc import Iterable
from contextlib import suppress
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
    Manifest,
    described,
    write_manifest,
)
from hubsearch.hub import Hub
from hubsearch.own_folders import scratch_folder
from hubsearch.settings import Settings
from index.store.snapshot import HeldSpool, held_spools, take_snapshot

PART = ".hubsearch-part"
"""Where backups are made, beside where they will lie."""

NOTE = "last-backup.json"
"""In the home: when the last backup was made and where it went, for the doctor."""


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
    with hub.store.database.read() as connection:
        held = held_spools(connection)
    _copy_spools(held, made / SPOOL)  # a run may be decided, and its spool gone, a moment later
    now = settings.now()
    taken = take_snapshot(hub.store.database, made / STORE, now)
    _copy_spools(taken.held, made / SPOOL)
    _drop_others(taken.held, made / SPOOL)
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
    )
    write_manifest(made, manifest)
    return manifest


def _copy_feeds(settings: Settings, folder: Path) -> None:
    for path in settings.feeds.iterdir() if settings.feeds.is_dir() else ():
        if path.is_file() and not path.name.startswith("."):
            folder.mkdir(exist_ok=True)
            with suppress(FileNotFoundError):  # another one is being published
                shutil.copy2(path, folder / path.name)


def _copy_spools(held: Iterable[HeldSpool], folder: Path) -> None:
    for one in held:
        goal = folder / one.source / one.spool.name
        if goal.exists():
            continue
        goal.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # decided meanwhile; `approve` says that it is gone
            shutil.copy2(one.spool, goal)


def _drop_others(held: Iterable[HeldSpool], folder: Path) -> None:
    """Of runs that were decided before the store was copied."""
    kept = {folder / one.source / one.spool.name for one in held}
    for path in folder.glob("*/*"):
        if path not in kept:
            path.unlink()


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
