"""Which fixture to take.

`demo_home`   a hub that holds the bundled sample, harvested once for the whole run; read it, never write it.
`demo`        the same, and what the command printed.
`hub_home`    an empty home of this test alone.
`command`     runs `hubsearch …` in a home as a user would, in a process of its own.
`elasticsearch_url`     a real Elasticsearch, one for the whole run, with user and password in the URL.
`cluster_index`         a prefix of index names there of this test alone.
`postgres_url`          an empty database of this test alone, in PostgreSQL 18.
`any_postgres_url`      the same; the test runs twice, on PostgreSQL 18 and on the system's (15 on Debian 12).
They start at the first test that asks. HUBSEARCH_TEST_ELASTICSEARCH, HUBSEARCH_TEST_POSTGRES and
HUBSEARCH_TEST_POSTGRES_OLDEST give URLs of servers to take instead. Where one cannot be started the test is
skipped and says what to install; HUBSEARCH_TEST_REQUIRE=servers makes that a failure. Tests that stop, kill
or fill a server take one of their own: `tests.servers.elasticsearch`, `tests.servers.postgres`.
The sample metadata beside the repository is reached through `tests.shared_data`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import settings

from tests.egress import plugin as egress
from tests.servers.errors import ServerMissing
from tests.servers.fresh import fresh_database, fresh_prefix
from tests.servers.shared import shared

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile("hub", deadline=None)
settings.load_profile("hub")
"""Tests do not assert time: another process on the machine would fail them."""


def pytest_configure(config: pytest.Config) -> None:
    """Record every connection of the run; one that by-passed the guard fails it (`tests.egress`)."""
    egress.start(config)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Twice as many as there are cores: half of the time tests wait for servers and other processes."""
    return 2 * (os.cpu_count() or 1)


@dataclass(frozen=True)
class Outcome:
    """What a command printed and how it ended."""

    status: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.stdout)


Command = Callable[..., Outcome]


def run_command(home: Path, *words: str, **environment: str) -> Outcome:
    """`hubsearch words…` over the hub in `home`."""
    names = {
        "HUBSEARCH_HOME": str(home),
        "HUBSEARCH_PORTALS": str(home / "portals.toml"),
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "hubsearch", *words],
        cwd=ROOT,
        env=names | environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    home = tmp_path_factory.mktemp("demo") / "hub"
    done = run_command(home, "demo", "--no-serve")
    assert done.status == 0, done.stderr
    return home, done


@pytest.fixture(scope="session")
def demo_home(demo: tuple[Path, Outcome]) -> Path:
    return demo[0]


@pytest.fixture
def hub_home(tmp_path: Path) -> Path:
    return tmp_path / "hub"


@pytest.fixture
def command(hub_home: Path) -> Command:
    def run(*words: str, **environment: str) -> Outcome:
        return run_command(hub_home, *words, **environment)

    return run


def without_a_server(missing: ServerMissing) -> NoReturn:
    """Skip the test, or fail it where the run has to have its servers."""
    if "servers" in os.environ.get("HUBSEARCH_TEST_REQUIRE", "").split(","):
        pytest.fail(str(missing), pytrace=False)
    pytest.skip(str(missing))


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The temporary folder that all processes of this test run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def elasticsearch_url(run_folder: Path) -> str:
    given = os.environ.get("HUBSEARCH_TEST_ELASTICSEARCH")
    try:
        return given or shared(run_folder, "elasticsearch")
    except ServerMissing as missing:
        without_a_server(missing)


@pytest.fixture
def cluster_index(elasticsearch_url: str) -> Iterator[str]:
    with fresh_prefix(elasticsearch_url) as prefix:
        yield prefix


def postgres_server(run_folder: Path, which: str) -> str:
    """The run's PostgreSQL, `newest` or `oldest`."""
    variable = "HUBSEARCH_TEST_POSTGRES" if which == "newest" else "HUBSEARCH_TEST_POSTGRES_OLDEST"
    try:
        return os.environ.get(variable) or shared(run_folder, f"postgres-{which}")
    except ServerMissing as missing:
        without_a_server(missing)


@pytest.fixture
def postgres_url(run_folder: Path) -> Iterator[str]:
    with fresh_database(postgres_server(run_folder, "newest")) as url:
        yield url


@pytest.fixture(params=["newest", "oldest"])
def any_postgres_url(request: pytest.FixtureRequest, run_folder: Path) -> Iterator[str]:
    with fresh_database(postgres_server(run_folder, request.param)) as url:
        yield url
