"""What a run says about itself."""

from dataclasses import replace
from pathlib import Path

import pytest

from index.store import RunError, Store
from index.store.schema import COUNTERS
from mappings.source_record import PageFailure, RunStatement
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import SOURCE, Feed, dump, many, numbers, record


def test_a_failed_run_writes_only_itself_and_names_the_pages(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(3)))
    before = dump(store)
    page = PageFailure("https://town.example/data.json", "not-json", "it is an HTML page")
    broken = RunStatement(False, "the answer is an HTML page", "not-json", failed=True, failures=[page])
    run = harvest(Feed([], broken), 1)
    assert (run.status, run.reason, numbers(run)) == ("failed", "the answer is an HTML page", {})
    assert dump(store) == before
    assert store.run_errors(run.id) == [
        RunError(None, "not-json", "https://town.example/data.json: it is an HTML page")
    ]


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(store: Store, harvest: Harvest) -> None:
    harvest(Feed(many(20)))
    before = dump(store)
    run = harvest(Feed([record("r0", "New"), record("n"), *many(20)[2:]]), 1, dry_run=True)
    assert (run.id, run.status) == ("", "ok")
    assert run.as_json()["run"] is None
    assert numbers(run) == {"fetched": 20, "added": 1, "updated": 1, "unchanged": 18, "missing": 1}
    assert harvest(Feed(), 1, dry_run=True).status == "held"
    assert harvest(Feed([], RunStatement(False, failed=True)), 1, dry_run=True).status == "failed"
    assert dump(store) == before
    assert len(store.runs()) == 1


def test_issues_are_counted_over_what_the_run_mapped(harvest: Harvest) -> None:
    first = harvest(Feed([record("a", issue="invalid-date"), record("b", issue="invalid-date"), record("c")]))
    assert first.issues == {"invalid-date": 2}
    assert harvest(Feed([record("a", issue="invalid-date"), record("b", issue="x"), record("c")])).issues == {
        "x": 1
    }


def test_a_run_says_how_it_went(store: Store, harvest: Harvest) -> None:
    statement = RunStatement(True, requests=4, bytes=5_000_000_000, seconds=2.5)
    run = harvest(Feed([record("a", issue="slug")], statement), spool_path=Path("/hub/spool/x"))
    document = run.as_json()
    assert document.keys() >= {"run", "source", "status", "complete", "reason", *COUNTERS, "issues"}
    assert document.keys() >= {"requests", "bytes", "seconds", "decision", "started", "finished", "spool"}
    assert document["run"] == "1"
    assert document["seconds"] >= 2.5
    assert (document["requests"], document["bytes"], document["issues"]) == (4, 5_000_000_000, {"slug": 1})
    assert (document["spool"], document["started"]) == (None, "2026-01-01T06:00:00+00:00")
    assert store.run("1") == run
    assert store.runs() == [run]


@pytest.mark.parametrize("run_id", ["", "2", "x", "1.0", "-1", "9" * 30, "١"])
def test_an_id_of_no_run_finds_none(store: Store, harvest: Harvest, run_id: str) -> None:
    harvest(Feed(many(1)))
    assert store.run(run_id) is None
    assert store.run_errors(run_id) == []


def test_runs_are_listed_newest_first_and_by_source(store: Store, harvest: Harvest) -> None:
    for source in ("town", "county", "town"):
        harvest(Feed(many(1)), source=replace(SOURCE, id=source))
    assert [run.id for run in store.runs()] == ["3", "2", "1"]
    assert [run.id for run in store.runs(source="town", limit=1)] == ["3"]
