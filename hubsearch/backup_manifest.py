"""What a backup says of itself: when and from what it was made, every file with its digest.

DIR/backup.json     the manifest, written last
DIR/store.sqlite    the store, whichever database it came from
DIR/portals.toml, secrets.toml, spool/SOURCE/…, feeds/…    as they lie in the home
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import msgspec

from index.store.schema import REVISION

MANIFEST = "backup.json"
STORE, PORTALS, SECRETS, SPOOL, FEEDS = "store.sqlite", "portals.toml", "secrets.toml", "spool", "feeds"

FORMAT = 1
"""Of this layout. A later version that changes it gives it the next number."""

CHUNK = 1 << 20


class BackupError(Exception):
    """A backup cannot be made, read or restored; the message says why and what to do. Nothing was changed."""


class File(msgspec.Struct, frozen=True):
    """One file of a backup; `path` is relative to it."""

    path: str
    bytes: int
    sha256: str


class Lacking(msgspec.Struct, frozen=True):
    """A run that waits for a decision, and whose spool is not in the backup but where it was fetched."""

    run: str
    source: str
    spool: str


class Manifest(msgspec.Struct, frozen=True):
    """`made` is an ISO date-time, `revision` that of the tables, `sequence` the last change number; `counts`
    are records (live), removed (tombstones), sources, runs and held runs. `lacking` are held runs that cannot
    be approved after a restore."""

    format: int
    version: str
    revision: str
    made: str
    store: str
    sequence: int
    counts: dict[str, int]
    files: list[File]
    lacking: list[Lacking] = []

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(file.bytes for file in self.files)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup this version can restore. Raises BackupError."""
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BackupError(
            f"{folder} is no backup: {path.name} cannot be read ({error.strerror}); name the folder that "
            "`hubsearch backup` made"
        ) from error
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise BackupError(_newer(folder, data) or _damaged(folder, f"{path.name}: {error}")) from error
    if manifest.format > FORMAT or manifest.revision > REVISION:
        raise BackupError(_newer(folder, data) or f"{folder} was made by a newer version of hubsearch")
    for file in manifest.files:
        if not _is_ours(file.path):
            raise BackupError(_damaged(folder, f"{path.name} names {file.path!r}, which no backup holds"))
    if STORE not in {file.path for file in manifest.files}:
        raise BackupError(_damaged(folder, f"{path.name} names no {STORE}"))
    return manifest


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Raises OSError."""
    with (folder / MANIFEST).open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def described(folder: Path) -> list[File]:
    """Every file below a folder, hashed and brought to the disk. Raises OSError."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        found.append(File(path.relative_to(folder).as_posix(), path.stat().st_size, digest))
    return found


def copy_checked(folder: Path, manifest: Manifest, target: Path) -> None:
    """Copy every file of a backup, comparing what is read with the manifest. Raises BackupError for one that
    is missing or not what it was, OSError when `target` cannot be written."""
    for file in manifest.files:
        goal = target / file.path
        goal.parent.mkdir(parents=True, exist_ok=True)
        with goal.open("wb") as out:
            _read_checked(folder, file, out.write)
        times = (folder / file.path).stat()
        os.utime(goal, ns=(times.st_atime_ns, times.st_mtime_ns))


def check_backup(folder: Path) -> Manifest:
    """The manifest of a backup every file of which is whole. Raises BackupError."""
    manifest = read_manifest(folder)
    for file in manifest.files:
        _read_checked(folder, file, len)
    return manifest


def _read_checked(folder: Path, file: File, take: Callable[[bytes], object]) -> None:
    digest = hashlib.sha256()
    try:
        source = (folder / file.path).open("rb")
    except OSError as error:
        raise BackupError(_damaged(folder, f"{file.path} cannot be read: {error.strerror}")) from error
    with source:
        while data := source.read(CHUNK):
            digest.update(data)
            take(data)
    if digest.hexdigest() != file.sha256:
        raise BackupError(_damaged(folder, f"{file.path} is not what was written"))


def _is_ours(path: str) -> bool:
    parts = PurePosixPath(path).parts
    plain = ".." not in parts and not PurePosixPath(path).is_absolute()
    return plain and (path in {STORE, PORTALS, SECRETS} or (len(parts) > 1 and parts[0] in {SPOOL, FEEDS}))


def _newer(folder: Path, data: bytes) -> str | None:
    """What to say of a manifest that a later version wrote; None when it is of this version's making."""
    try:
        said = msgspec.json.decode(data, type=dict[str, object])
    except msgspec.MsgspecError:
        return None
    layout, revision, version = said.get("format"), said.get("revision"), said.get("version")
    newer_layout = isinstance(layout, int) and layout > FORMAT
    if not newer_layout and not (isinstance(revision, str) and revision > REVISION):
        return None
    return (
        f"{folder} was made by a newer version of hubsearch ({version}: format {layout}, tables {revision}; "
        f"this one knows format {FORMAT}, tables {REVISION}); restore it with that version"
    )


def _damaged(folder: Path, what: str) -> str:
    return f"the backup {folder} is damaged: {what}. Nothing was restored; take another backup"
