"""Harvesting a portal by command: what lands, what is held, and the operator's answer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from harvesters.portal import Portal as PortalEntry
from hubsearch.cli.progress import Silence
from hubsearch.harvesting import harvest
from hubsearch.hub import open_hub
from hubsearch.settings import read_settings
from index.ingest import Run, ingest
from index.store import Source, Store
from index.store.errors import Fenced
from tests.conftest import Command
from tests.portals import feeds


class Portal(ThreadingHTTPServer):
    """A portal on loopback whose feed a test changes between two harvests."""

    body = b""
    status = 200

    def publish(self, *numbers: int) -> None:
        self.body = json.dumps({"dataset": [entry(number) for number in numbers]}).encode()


class Handler(BaseHTTPRequestHandler):
    server: Portal

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002


def entry(number: int) -> dict[str, Any]:
    return feeds.record("set", number) | {"title": f"Bridge inspections {number}"}


@contextmanager
def portal_on_loopback() -> Iterator[Portal]:
    server = Portal(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def portal(command: Command) -> Iterator[Portal]:
    with portal_on_loopback() as server:
        server.publish(*range(20))
        url = f"http://127.0.0.1:{server.server_address[1]}/data.json"
        added = command(
            "source", "add", url, "--id", "roads", "--type", "dcat-us", "--allow-private",
            "--option", "grace_days=0", "--level", "state", "--json",
        )  # fmt: skip
        assert added.status == 0, added.stderr
        yield server


def harvested(command: Command, status: int = 0, **environment: str) -> dict[str, Any]:
    done = command("harvest", "roads", "--json", **environment)
    assert done.status == status, done.stderr
    run: dict[str, Any] = done.json["runs"][0]
    return run


def titles(command: Command) -> int:
    total: int = command("search", "bridge", "--json").json["total"]
    return total


def test_a_run_has_the_fields_that_scripts_rely_on(command: Command, portal: Portal) -> None:
    run = harvested(command)
    names = (
        "run source status complete reason fetched added updated unchanged renamed missing deleted duplicate "
        "filtered quarantined issues requests bytes seconds"
    )
    assert set(names.split()) <= set(run)
    assert (run["status"], run["complete"], run["added"]) == ("ok", True, 20)
    assert run["bytes"] > 1_000
    assert run["requests"] >= 1


def test_an_emptied_feed_is_held_and_removes_nothing(command: Command, portal: Portal) -> None:
    harvested(command)
    portal.publish()
    run = harvested(command, status=4)
    assert (run["status"], run["deleted"]) == ("held", 0)
    assert titles(command) == 20


def test_a_held_run_lands_when_approved(command: Command, portal: Portal) -> None:
    harvested(command)
    portal.publish(*range(8))
    run = harvested(command, status=4)
    assert run["missing"] == 12
    approved = command("approve", run["run"], "--json").json
    assert approved["deleted"] == 12
    assert titles(command) == 8
    assert command("approve", run["run"]).status == 2


def test_a_rejected_run_leaves_everything_as_it_was(command: Command, portal: Portal) -> None:
    harvested(command)
    portal.publish(*range(8))
    run = harvested(command, status=4)
    assert command("reject", run["run"], "--json").status == 0
    assert titles(command) == 20
    assert command("approve", run["run"]).status == 2


def test_a_held_run_is_overtaken_by_one_that_passes(command: Command, portal: Portal, hub_home: Path) -> None:
    harvested(command)
    portal.publish()
    held = harvested(command, status=4)
    assert list((hub_home / "spool").rglob("*.spool"))
    portal.publish(*range(20))
    assert harvested(command)["unchanged"] == 20
    assert command("approve", held["run"]).status == 2
    assert not list((hub_home / "spool").rglob("*.spool"))


def test_a_few_missing_records_go_after_the_grace_period_only(command: Command, portal: Portal) -> None:
    harvested(command, HUBSEARCH_NOW="2026-03-01T00:00:00Z")
    portal.publish(*range(18))
    first = harvested(command, HUBSEARCH_NOW="2026-03-02T00:00:00Z")
    assert (first["status"], first["missing"], first["deleted"]) == ("ok", 2, 0)
    assert titles(command) == 20
    second = harvested(command, HUBSEARCH_NOW="2026-03-03T00:00:00Z")
    assert second["deleted"] == 2
    assert titles(command) == 18


def test_a_removed_record_comes_back_under_its_old_id(command: Command, portal: Portal) -> None:
    harvested(command)
    before = {r["identifier"]: r["id"] for r in command("record", "list", "--json").json}
    portal.publish(*range(18))
    harvested(command)
    harvested(command)
    portal.publish(*range(20))
    harvested(command)
    after = {r["identifier"]: r["id"] for r in command("record", "list", "--json").json if not r["deleted"]}
    assert after == before


@pytest.mark.parametrize(
    ("body", "status", "exit_status"),
    [
        (b"<html><title>Down for maintenance</title></html>", "failed", 3),
        (b"not json at all", "failed", 3),
        (b"", "incomplete", 3),
        (b'{"title": "no list here"}', "failed", 3),
        (b'{"dataset": [{"identifier": "a", "title": "A"}, {"identi', "incomplete", 3),
        (b'{"dataset": []}', "held", 4),
    ],
)
def test_a_bad_answer_is_said_and_keeps_what_was_there(
    command: Command, portal: Portal, body: bytes, status: str, exit_status: int
) -> None:
    harvested(command)
    portal.body = body
    run = harvested(command, status=exit_status)
    assert run["status"] == status
    assert len(run["reason"]) > 10
    assert run["deleted"] == 0
    assert titles(command) == 20


def test_a_server_error_fails_its_own_run_only(command: Command, portal: Portal) -> None:
    harvested(command)
    portal.status = 404
    run = harvested(command, status=3)
    assert run["status"] == "failed"
    assert "404" in run["reason"]
    assert titles(command) == 20


def test_one_records_trouble_never_touches_its_siblings(command: Command, portal: Portal) -> None:
    good = [entry(number) for number in range(3)]
    bad: list[Any] = [
        "a string",
        7,
        None,
        {"identifier": "no-title"},
        {"title": "No identifier"},
        entry(0) | {"title": "Other"},
    ]
    portal.body = json.dumps({"dataset": good + bad}).encode()
    run = harvested(command)
    assert (run["fetched"], run["added"], run["duplicate"], run["quarantined"]) == (9, 3, 1, 5)
    errors = command("runs", "show", run["run"], "--json").json["errors"]
    assert len(errors) == 6
    assert {"not-an-object", "missing-title", "missing-identifier"} <= {error["slug"] for error in errors}


def test_a_dry_run_prints_the_plan_and_writes_nothing(command: Command, portal: Portal) -> None:
    done = command("harvest", "roads", "--dry-run", "--json")
    assert done.json["runs"][0]["added"] == 20
    assert command("runs", "--json").json == []
    assert command("record", "list", "--json").json == []


def test_removing_a_source_says_first_what_it_would_do(command: Command, portal: Portal) -> None:
    harvested(command)
    assert command("source", "remove", "roads", "--json").json == {
        "source": "roads",
        "records": 20,
        "removed": False,
    }
    assert titles(command) == 20
    command("source", "remove", "roads", "--yes")
    assert titles(command) == 0
    assert command("source", "list", "--json").json == []


def test_an_index_can_be_built_anew_and_compared(command: Command, portal: Portal) -> None:
    harvested(command)
    assert command("index", "build", "--json").json == {"documents": 20}
    checked = command("index", "check", "--json")
    assert checked.status == 0
    assert (checked.json["store"], checked.json["index"]) == (20, 20)


def test_the_type_of_a_portal_is_found_out(command: Command, portal: Portal) -> None:
    url = f"http://127.0.0.1:{portal.server_address[1]}/data.json"
    added = command("source", "add", url, "--id", "again", "--allow-private", "--json").json
    assert added["detected"]["type"] == "dcat-us"
    assert added["detected"]["evidence"]


def test_a_feed_that_shrinks_by_itself_is_held_back_and_said(
    command: Command, portal: Portal, hub_home: Path
) -> None:
    harvested(command)
    published = hub_home / "feeds" / "data.json"
    assert published.read_bytes().count(b'"identifier"') == 20
    records = [entry(number) for number in range(20)]
    for record in records[:5]:
        del record["contactPoint"]  # still found and shown, but no longer what DCAT-US requires
    portal.body = json.dumps({"dataset": records}).encode()
    done = command("harvest", "roads")
    assert done.status == 0
    assert "export dcat-us-1.1 --publish" in done.stderr
    assert published.read_bytes().count(b'"identifier"') == 20
    assert command("export", "dcat-us-1.1", "--publish").status == 0
    assert published.read_bytes().count(b'"identifier"') == 15


def test_what_an_operator_approved_leaves_the_feed(command: Command, portal: Portal, hub_home: Path) -> None:
    harvested(command)
    portal.publish(*range(8))
    run = harvested(command, status=4)
    assert command("approve", run["run"]).status == 0
    assert (hub_home / "feeds" / "data.json").read_bytes().count(b'"identifier"') == 8


def test_a_portal_harvested_twice_at_once_fails_one_run_and_keeps_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another process took the portal over while this one landed; the next portal lands all the same."""
    home = tmp_path / "hub"
    portals = [
        PortalEntry(id=name, type="dcat-us", url="http://127.0.0.1:9/data.json") for name in ("a", "b")
    ]

    def fenced_once(store: Store, source: Source, *args: Any, **kwargs: Any) -> Run:
        if source.id == "a":
            raise Fenced("run 7 of a was taken over by run 8")
        return ingest(store, source, *args, **kwargs)

    monkeypatch.setattr("hubsearch.work.source_job.ingest", fenced_once)
    with open_hub(read_settings({"HUBSEARCH_HOME": str(home)})) as hub:
        runs = harvest(hub, portals, Silence())
    assert [(run.source, run.status) for run in runs] == [("a", "failed"), ("b", "failed")]
    assert "taken over" in runs[0].reason
    assert "taken over" not in runs[1].reason
