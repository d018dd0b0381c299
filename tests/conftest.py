"""Which fixture to take.

`demo_home`   a hub that holds the bundled sample, harvested once for the whole run; read it, never write it.
`demo`        the same, and what the command printed.
`hub_home`    an empty home of this test alone.
`command`     runs `hubsearch …` in a home as a user would, in a process of its own.
The sample metadata beside the repository is reached through `tests.shared_data`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]


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
