"""Where servers keep their files, and as whom they run when the tests run as root.

Elasticsearch and PostgreSQL both refuse to run as root, so root starts them as `nobody`. That user reaches
neither root's home nor pytest's own temporary folders, which is why the folders are made here.
"""

import os
import pwd
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


def server_user() -> tuple[int, int] | None:
    """User and group a server runs as, where that is not the user of the tests."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return nobody.pw_uid, nobody.pw_gid


def hand_over(folder: Path) -> None:
    """Make all in `folder` the server's own."""
    user = server_user()
    if user is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, *user)


def server_folder(kind: str) -> Path:
    """A fresh temporary folder of one server, its own."""
    folder = Path(tempfile.mkdtemp(prefix=f"hubsearch-{kind}-"))
    hand_over(folder)
    return folder


def cache_folder() -> Path:
    """Where unpacked servers stay between runs: $HUBSEARCH_TEST_CACHE, else the usual place of caches."""
    chosen = os.environ.get("HUBSEARCH_TEST_CACHE")
    if chosen:
        folder = Path(chosen).absolute()
    elif server_user() is not None:
        folder = Path("/var/cache/hubsearch-tests")
    else:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hubsearch-tests"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name` in the cache, filled by `make` if it is not there; all users may read it.

    Test processes may ask at the same time, and a half-made folder never counts.
    """
    cache = cache_folder()
    made = cache / name
    with FileLock(cache / f"{name}.lock"):
        if not made.exists():
            half = cache / f"{name}.half"
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            make(half)
            _open_to_all(half)
            half.rename(made)
    return made


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        executable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if executable else 0o644)


def reachable(path: Path) -> bool:
    """Whether the server's user gets to `path` through all its parents."""
    if server_user() is None:
        return True
    return all(parent.stat().st_mode & 0o001 for parent in path.absolute().parents)
