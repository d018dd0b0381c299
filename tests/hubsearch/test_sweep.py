"""A CKAN portal between two sweeps: changes land at once, removals with the sweep; the end is the same."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from harvesters.portal import Portal
from hubsearch.cli.progress import Silence
from hubsearch.harvesting import harvest
from hubsearch.hub import open_hub
from hubsearch.settings import read_settings
from index.store import Run
from tests.portals import CkanPortal

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


class Hub:
    """A hub with one source of 40 packages, whose days pass as told."""

    def __init__(self, home: Path, portal: CkanPortal) -> None:
        self._home = home
        self.portal = portal
        self.entry: dict[str, Any] = {"options": {"sweep": "weekly"}, "grace_days": 2}

    def harvest(self, day: float, **how: bool) -> Run:
        self.portal.seen.clear()
        moment = (BEGIN + timedelta(days=day)).isoformat()
        names = {"HUBSEARCH_HOME": str(self._home), "HUBSEARCH_NOW": moment}
        entry = Portal("roads", "ckan", self.portal.url, allow_private=True, **self.entry)
        with open_hub(read_settings(names)) as hub:
            (run,) = harvest(hub, [entry], Silence(), **how)
            self.job = hub.store.jobs.every()[0]
            self.held = {head.identifier: head.title for head in hub.store.heads() if not head.deleted}
        return run

    def asked_for_changes(self) -> bool:
        return any("fq" in seen.query for seen in self.portal.seen)

    def put(self, name: str, title: str, day: float) -> None:
        changed = (BEGIN + timedelta(days=day)).replace(tzinfo=None).isoformat()
        others = [package for package in self.portal.packages if package["id"] != name]
        self.portal.packages = sorted([*others, package_of(name, title, changed)], key=lambda p: p["id"])

    def drop(self, name: str) -> None:
        self.portal.packages = [package for package in self.portal.packages if package["id"] != name]

    def published(self) -> dict[str, str]:
        return {package["id"]: package["title"] for package in self.portal.packages}


def package_of(name: str, title: str, changed: str = "2026-02-01T00:00:00") -> dict[str, Any]:
    return {"id": name, "name": name, "title": title, "metadata_modified": changed, "resources": []}


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    packages = [package_of(f"p{number:02d}", f"Road {number}") for number in range(40)]
    packages[39]["metadata_modified"] = "2026-02-20T00:00:00"
    with CkanPortal(packages) as portal:
        yield Hub(tmp_path / "hub", portal)


def test_changes_land_at_once_and_removals_with_the_sweep(hub: Hub) -> None:
    first = hub.harvest(0)
    assert (first.status, first.complete, first.added) == ("ok", True, 40)
    hub.put("p01", "Road 1, repaved", 1)
    hub.put("q", "A new road", 1)
    hub.drop("p02")
    run = hub.harvest(1.5)
    assert hub.asked_for_changes()
    assert (run.status, run.slug, run.complete) == ("ok", "changes-only", False)
    assert (run.fetched, run.added, run.updated, run.missing) == (3, 1, 1, 0)
    assert hub.held == hub.published() | {"p02": "Road 2"}
    quiet = hub.harvest(3)
    assert hub.asked_for_changes()
    assert (quiet.fetched, quiet.unchanged) == (3, 3)
    sweep = hub.harvest(7)
    assert not hub.asked_for_changes()
    assert (sweep.status, sweep.slug, sweep.complete, sweep.missing) == ("ok", "", True, 1)
    assert hub.harvest(8).slug == "changes-only"
    assert hub.harvest(14).deleted == 1
    assert hub.held == hub.published()


def test_a_run_of_changes_is_a_success_to_the_schedule(hub: Hub) -> None:
    hub.harvest(0)
    hub.harvest(1)
    assert hub.job.attempts == 0
    assert hub.job.due_at is not None
    assert hub.job.due_at > BEGIN + timedelta(days=1.9)


def test_full_reads_all(hub: Hub) -> None:
    hub.harvest(0)
    hub.drop("p02")
    assert hub.harvest(1, full=True).missing == 1
    assert not hub.asked_for_changes()


def test_after_a_failure_and_with_another_entry_all_is_read(hub: Hub) -> None:
    hub.harvest(0)
    hub.portal._missing = frozenset(range(99))
    assert hub.harvest(1).status == "failed"
    hub.portal._missing = frozenset()
    assert hub.harvest(2).complete
    assert not hub.asked_for_changes()
    assert hub.harvest(3).slug == "changes-only"
    hub.entry["options"] = {"sweep": "weekly", "page_size": 30}
    assert hub.harvest(4).complete
    assert not hub.asked_for_changes()


def test_without_the_option_every_run_reads_all(hub: Hub) -> None:
    hub.entry["options"] = {}
    hub.harvest(0)
    hub.drop("p02")
    assert hub.harvest(1).missing == 1


def test_the_sweep_is_as_often_as_the_entry_says(hub: Hub) -> None:
    hub.entry["options"] = {"sweep": "every 2 days"}
    hub.harvest(0)
    assert hub.harvest(1).slug == "changes-only"
    assert hub.harvest(2).complete
