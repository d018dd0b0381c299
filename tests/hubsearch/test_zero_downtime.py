"""Nobody notices: an index built under load, a new version of hubsearch beside the old one."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.zero_downtime import measure
from hubsearch.hub import open_hub
from hubsearch.settings import read_settings
from hubsearch.work.upkeep import INDEX, build_in_turn
from index.store import Source
from tests.conftest import ROOT, run_command
from tests.hubsearch.grown import SIZES, environment_of
from tests.hubsearch.served import Served
from tests.search_api.hubs import bring_in, published
from tests.servers.process import free_port

TOWN = Source("town", "dcat-us", "https://town.example/", "Town", "Town of Example", "city")
DOCUMENTS = 2_000

NEXT_VERSION = (
    "-c",
    "import index.analysis; index.analysis.ANALYSIS_VERSION += 1000; from hubsearch.cli import main; main()",
)
"""A version of hubsearch whose index is made in another way."""


@pytest.fixture(params=SIZES)
def environment(request: pytest.FixtureRequest, hub_home: Path) -> dict[str, str]:
    return environment_of(request.param, request, hub_home)


@pytest.fixture
def home(environment: dict[str, str], hub_home: Path) -> Path:
    bring(environment, 9)
    return hub_home


def bring(environment: dict[str, str], number: int) -> None:
    """A harvest by the present version."""
    with open_hub(read_settings(environment)) as hub:
        bring_in(hub.store, TOWN, [published(f"road-{one}", f"Road {one}") for one in range(number)])
        hub.follow()


def next_version(environment: dict[str, str], *words: str) -> None:
    """A command of the next version."""
    done = subprocess.run(
        [sys.executable, *NEXT_VERSION, *words],
        env=environment | {"PATH": os.environ["PATH"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def total(served: Served) -> int:
    answer = served.get("/search.json?q=road")
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])


@pytest.mark.slow
def test_while_an_index_is_built_no_search_fails_or_finds_less(environment: dict[str, str]) -> None:
    full = os.environ | environment
    figures = measure(full, documents=DOCUMENTS, rate=20, port=free_port())
    assert figures["searches"] > 20
    assert figures["failures"] == 0
    assert figures["dips"] == 0
    assert figures["smallest_total"] >= DOCUMENTS
    assert figures["swapped"] is True
    assert figures["changed_during_build"] > 0
    assert figures["of_these_in_the_new_index"] == figures["changed_during_build"]
    assert figures["largest_total"] == DOCUMENTS + figures["changed_during_build"]


def test_the_old_version_serves_until_the_new_one_is_ready_and_beyond(
    home: Path, environment: dict[str, str]
) -> None:
    with (
        Served(home, environment=environment) as old,
        Served(home, environment=environment, program=NEXT_VERSION) as new,
    ):
        assert total(old) == 9
        refused = new.get("/search.json?q=road")
        assert (refused.status_code, new.status("/readyz")) == (503, 503)
        assert "hubsearch index build" in new.get("/readyz").text
        assert new.get("/healthz").status_code == 200
        next_version(environment, "index", "build")
        new.wait_until(lambda: new.status("/readyz") == 200)
        assert (total(old), total(new)) == (9, 9)
        bring(environment, 12)
        old.wait_until(lambda: total(old) == 12)
        next_version(environment, "index", "check", "--repair")
        new.wait_until(lambda: total(new) == 12)
        next_version(environment, "index", "build")
        assert run_command(home, "index", "build", **environment).status == 0
        old.wait_until(lambda: total(old) == 12)
        new.wait_until(lambda: total(new) == 12)


def test_whoever_follows_the_old_index_waits_for_the_swap(home: Path, environment: dict[str, str]) -> None:
    """What a search has found must not be lost from sight, so nothing lands in the old index between the last
    changes the new one takes in and the swap."""
    with open_hub(read_settings(environment)) as hub, open_hub(read_settings(environment)) as other:
        before = hub.engine.generation().split("@")[0]
        with other.leases.turn(INDEX):
            building = threading.Thread(target=build_in_turn, args=(hub, lambda _: None))
            building.start()
            time.sleep(3.0)
            other.engine.refresh()
            assert building.is_alive()
            assert other.engine.generation().split("@")[0] == before
            bring_in(other.store, replace(TOWN, id="late"), [published("late", "Road of the last moment")])
        building.join()
        other.engine.refresh()
        assert other.engine.generation().split("@")[0] != before
        assert other.engine.watermark() == other.store.last_sequence()
