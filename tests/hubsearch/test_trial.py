"""`source test`: a few records, fetched and mapped for real, stored nowhere."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvesters.portal_entry import portal_from_entry
from hubsearch.settings import read_settings
from hubsearch.trial import Trial, try_out
from tests.chaos.players import PLAYERS, Player
from tests.conftest import Command
from tests.harvesters.fetching import fetching_children
from tests.hubsearch.test_harvest import Portal, entry, portal
from tests.shared_data import needs_shared

__all__ = ["portal"]  # the fixture


def tried(player: Player, home: Path, number: int) -> Trial:
    with player.build(player.records()) as server:
        keys = {"id": "p", "type": player.type, "url": server.url, "allow_private": True}
        portal = portal_from_entry(keys | dict(player.entry), "a test")
        settings = read_settings({"HUBSEARCH_HOME": str(home)})
        return try_out(settings, portal, number, lambda records, received: None)


@needs_shared
@pytest.mark.parametrize("player", PLAYERS, ids=lambda player: player.type)
def test_of_every_type_a_few_records_come_and_then_it_stops(player: Player, tmp_path: Path) -> None:
    trial = tried(player, tmp_path / "hub", 3)
    assert (trial.status, trial.reason, len(trial.tried)) == ("ok", "", 3)
    names = {player.identifier(record) for record in player.records()}
    assert {one.job.identifier for one in trial.tried} <= names
    for document in trial.as_json()["records"]:
        assert document["error"] is None
        assert document["title"]
        assert document["distributions"] or document["landing_page"]
    assert not fetching_children()


@needs_shared
def test_a_small_portal_is_whole(tmp_path: Path) -> None:
    player = next(player for player in PLAYERS if player.type == "dcat-us")
    trial = tried(player, tmp_path / "hub", 1_000)
    assert (trial.status, trial.statement.complete) == ("ok", True)
    assert len(trial.tried) == len(player.records())


@pytest.fixture
def temporary(tmp_path: Path) -> Iterator[dict[str, str]]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    yield {"TMPDIR": str(folder)}
    left = [path for path in folder.iterdir() if not path.name.startswith("pymp-")]
    assert left == [], "what was fetched is gone"


def test_records_are_shown_as_they_would_be_stored(
    command: Command, portal: Portal, hub_home: Path, temporary: dict[str, str]
) -> None:
    done = command("source", "test", "roads", "--json", **temporary)
    assert done.status == 0, done.stderr
    told: dict[str, Any] = done.json
    assert (told["source"], told["type"], told["status"], told["fetched"]) == ("roads", "dcat-us", "ok", 5)
    assert not (hub_home / "store.sqlite").exists()
    assert not (hub_home / "spool").exists()
    assert command("harvest", "roads").status == 0
    listed = {one["identifier"]: one["id"] for one in command("record", "list", "--json").json}
    for one in told["records"]:
        stored = command("record", "show", listed[one["identifier"]], "--json").json
        apart = {"id", "cluster", "provenance"}
        assert {key: value for key, value in one.items() if key not in apart | {"identifier", "error"}} == {
            key: value for key, value in stored.items() if key not in apart
        }
    table = command("source", "test", "roads", "--limit", "1", "--quiet", **temporary)
    assert "Bridge inspections 0" in table.stdout
    assert table.stdout.count("field ") == 1
    assert "1 records" in table.stderr
    assert "nothing was stored" in table.stderr


def test_records_that_cannot_be_taken_are_a_finding(
    command: Command, portal: Portal, temporary: dict[str, str]
) -> None:
    portal.body = json.dumps({"dataset": [entry(0), {"identifier": "untitled"}, "text"]}).encode()
    done = command("source", "test", "roads", "--json", **temporary)
    assert (done.status, done.json["refused"]) == (1, 2)
    errors = [one["error"] and one["error"]["slug"] for one in done.json["records"]]
    assert errors == [None, "missing-title", "not-an-object"]
    assert done.json["records"][1]["raw"] == {"identifier": "untitled"}
    assert "missing-title" in command("source", "test", "roads").stdout


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"<html><title>Sign in</title>", 200, "not-json-html"),
        (b'{"dataset": []}', 200, "no-records"),
        (b"{}", 500, "http-status"),
        (b'{"dataset": [{"identifier": "a", "title": "A"}, {"ident', 200, "cut"),
    ],
)
def test_a_portal_that_fails_is_no_success(
    command: Command, portal: Portal, temporary: dict[str, str], body: bytes, status: int, slug: str
) -> None:
    portal.body, portal.status = body, status
    done = command("source", "test", "roads", "--json", **temporary)
    assert (done.status, done.json["slug"]) == (3, slug)
    assert len(done.json["reason"]) > 10
    assert command("source", "test", "nowhere").status == 2


def test_it_needs_no_turn_at_a_portal_that_is_being_harvested(command: Command, portal: Portal) -> None:
    """It stores nothing, so nobody is in its way; only requests to the host go one at a time."""
    assert command("harvest", "roads").status == 0
    before = command("record", "list", "--json").json
    portal.publish(*range(5))
    assert command("source", "test", "roads").status == 0
    assert command("record", "list", "--json").json == before
    assert len(command("runs", "--json").json) == 1
