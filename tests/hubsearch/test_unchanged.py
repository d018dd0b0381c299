"""An unchanged feed costs one request, and the run that found it so counts what is there."""

import json
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
from tests.harvesters.validating_portal import ValidatingPortal
from tests.portals import feeds

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)


class Hub:
    """A hub with the one source `roads`, whose days pass as told."""

    def __init__(self, home: Path, portal: ValidatingPortal) -> None:
        self._home = home
        self._portal = portal
        self.entry: dict[str, Any] = {"grace_days": 2}

    def harvest(self, day: float, **how: bool) -> Run:
        moment = (BEGIN + timedelta(days=day)).isoformat()
        names = {"HUBSEARCH_HOME": str(self._home), "HUBSEARCH_NOW": moment}
        entry = Portal("roads", "dcat-us", self._portal.url, allow_private=True, **self.entry)
        with open_hub(read_settings(names)) as hub:
            (run,) = harvest(hub, [entry], Silence(), **how)
            self.errors = hub.store.run_errors(run.id) if run.id else []
            self.removed = [head.identifier for head in hub.store.heads() if head.deleted]
        return run

    def publish(self, *records: Any) -> None:
        self._portal.document = json.dumps({"dataset": records}).encode()
        self._portal.headers["ETag"] = f'"{hash(self._portal.document)}"'

    def asked_for_changes(self) -> bool:
        """Whether the last request was conditional."""
        return bool(self._portal.conditions()[-1])


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with ValidatingPortal(b"") as portal:
        hub = Hub(tmp_path / "hub", portal)
        hub.publish(*NUMBERED)
        yield hub


NUMBERED = [feeds.record("set", number) for number in range(20)]
FLAWED = [*NUMBERED, feeds.record("set", 0) | {"title": "A duplicate"}, {"identifier": "no-title"}]


def counts(run: Run) -> tuple[int, ...]:
    return (run.fetched, run.unchanged, run.duplicate, run.quarantined, run.missing, run.deleted)


def test_all_that_the_last_run_had_counts_as_unchanged_with_its_errors(hub: Hub) -> None:
    hub.publish(*FLAWED)
    first = hub.harvest(0)
    assert counts(first) == (22, 0, 1, 1, 0, 0)
    errors = hub.errors
    for day in (1, 2):
        run = hub.harvest(day)
        assert (run.status, run.slug, run.complete) == ("ok", "not-modified", True)
        assert counts(run) == (22, 20, 1, 1, 0, 0)
        assert (run.requests, run.bytes) == (1, 0)
        assert hub.errors == errors
    assert f"run {first.id}" in run.reason


def test_what_was_missing_is_removed_when_its_grace_is_over(hub: Hub) -> None:
    hub.harvest(0)
    hub.publish(*NUMBERED[:18])
    assert counts(hub.harvest(1))[4:] == (2, 0)
    assert counts(hub.harvest(2))[4:] == (2, 0)
    run = hub.harvest(3)
    assert (run.slug, counts(run)) == ("not-modified", (18, 18, 0, 0, 2, 2))
    assert sorted(hub.removed) == ["set-18", "set-19"]
    assert counts(hub.harvest(4)) == (18, 18, 0, 0, 0, 0)


def test_a_dry_run_says_the_same_and_writes_nothing(hub: Hub) -> None:
    hub.harvest(0)
    hub.publish(*NUMBERED[:18])
    hub.harvest(1)
    run = hub.harvest(9, dry_run=True)
    assert (run.id, run.unchanged, run.missing, run.deleted) == ("", 18, 2, 2)
    assert hub.removed == []


def test_the_document_is_read_again_where_it_might_become_something_else(hub: Hub) -> None:
    hub.harvest(0)
    hub.harvest(1, full=True)
    assert not hub.asked_for_changes()
    hub.entry["expected_minimum"] = 30
    assert hub.harvest(2).status == "held"
    assert not hub.asked_for_changes()
    hub.entry["expected_minimum"] = 0
    assert hub.harvest(3).status == "ok"
    assert not hub.asked_for_changes(), "the run before was held"
    assert hub.harvest(4).slug == "not-modified"
    assert hub.harvest(11).slug == ""
    assert not hub.asked_for_changes(), "a week has passed since it was read"


def test_after_a_failure_the_document_is_read_again(hub: Hub) -> None:
    hub.harvest(0)
    good = hub._portal.document
    hub._portal.document = b"<html>"
    hub._portal.headers["ETag"] = '"an error page"'
    assert hub.harvest(1).status == "failed"
    hub._portal.document = good
    assert hub.harvest(2).unchanged == 20
    assert not hub.asked_for_changes()


def test_a_document_that_leaves_open_what_is_missing_is_read_every_time(hub: Hub) -> None:
    hub.publish(*NUMBERED, {"title": "No identifier"})
    hub.harvest(0)
    assert hub.harvest(1).slug == "missing-identifier"
    assert not hub.asked_for_changes()
