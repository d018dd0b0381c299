"""`harvest --dry-run` and `diff`: what a harvest would change, and that nothing of it does."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from index.store import Store
from index.store.schema import metadata
from tests.conftest import Command
from tests.hubsearch.test_harvest import Portal, entry, harvested, portal

__all__ = ["portal"]  # the fixture


REFUSED = ["refused", "untitled"]


def stored(home: Path) -> dict[str, Any]:
    """All the hub keeps; but the leases, which are taken and given back."""
    store = Store.open(f"sqlite:///{home / 'store.sqlite'}")
    with store.database.read() as connection:
        tables = [table for table in metadata.sorted_tables if table.name != "jobs"]
        rows = {table.name: connection.execute(select(table)).all() for table in tables}
    store.close()
    return rows


def spools(home: Path) -> list[Path]:
    return [path for path in (home / "spool").rglob("*") if not path.is_dir()]


def publish(portal: Portal, *records: dict[str, Any]) -> None:
    portal.body = json.dumps({"dataset": records}).encode()


def test_each_kind_of_difference_is_shown_with_its_fields(
    command: Command, portal: Portal, hub_home: Path
) -> None:
    harvested(command)
    publish(
        portal,
        *(entry(number) for number in range(2, 18)),
        entry(18) | {"title": "Bridges, renamed", "keyword": ["road"]},
        entry(19) | {"identifier": "set-nineteen"},
        entry(99),
        {"identifier": "untitled"},
    )
    before = stored(hub_home)
    done = command("diff", "roads", "--json")
    assert (done.status, stored(hub_home), spools(hub_home)) == (0, before, []), done.stderr
    found = done.json
    assert found["run"]["run"] is None
    assert [one["identifier"] for one in found["added"]] == ["set-99"]
    (updated,) = found["updated"]
    assert updated["identifier"] == "set-18"
    assert updated["fields"]["title"] == {"old": "Bridge inspections 18", "new": "Bridges, renamed"}
    assert updated["fields"]["keywords"]["new"] == ["road"]
    assert "modified" not in updated["fields"]
    (renamed,) = found["renamed"]
    assert (renamed["identifier"], renamed["former"]) == ("set-nineteen", "set-19")
    missing = [(one["identifier"], one["missing_since"], one["removed"]) for one in found["missing"]]
    assert sorted(missing) == [("set-0", None, False), ("set-1", None, False)]
    assert [(one["identifier"], one["slug"]) for one in found["refused"]] == [("untitled", "missing-title")]
    run = harvested(command)
    assert {name: len(found[name]) for name in ("added", "updated", "renamed", "missing")} == {
        name: run[name] for name in ("added", "updated", "renamed", "missing")
    }
    later = command("diff", "roads", "--json").json
    assert {one["identifier"]: one["removed"] for one in later["missing"]} == {"set-0": True, "set-1": True}
    table = command("diff", "roads", "--quiet", "--limit", "1")
    assert [line.split()[0] for line in table.stdout.splitlines() if line] == ["missing", "set-0", *REFUSED]
    assert "… and 1 more missing" in table.stderr


def test_without_a_difference_it_says_so(command: Command, portal: Portal) -> None:
    harvested(command)
    done = command("diff", "roads", "--quiet")
    assert (done.status, done.stdout, done.stderr.strip()) == (0, "", "Nothing would change.")


@pytest.mark.parametrize("words", [("harvest", "roads", "--dry-run"), ("diff", "roads")])
def test_what_would_be_held_is_said_with_its_guard(
    command: Command, portal: Portal, hub_home: Path, words: tuple[str, ...]
) -> None:
    harvested(command)
    portal.publish(*range(10))
    before = stored(hub_home)
    done = command(*words, "--json")
    run = done.json["run"] if words[0] == "diff" else done.json["runs"][0]
    assert (done.status, run["status"], run["slug"]) == (4, "held", "too-many-missing")
    assert (run["missing"], run["deleted"], run["run"]) == (10, 0, None)
    assert "would be held for this (too-many-missing)" in done.stderr
    assert (stored(hub_home), spools(hub_home)) == (before, [])
    if words[0] == "diff":
        assert len(done.json["missing"]) == 10


def test_a_portal_that_fails_leaves_nothing_either(command: Command, portal: Portal, hub_home: Path) -> None:
    harvested(command)
    portal.status = 500
    before = stored(hub_home)
    for words in (("harvest", "roads", "--dry-run"), ("diff", "roads")):
        assert command(*words, "--json").status == 3
    assert (stored(hub_home), spools(hub_home)) == (before, [])


def test_of_a_portal_never_harvested_all_is_new(command: Command, portal: Portal, hub_home: Path) -> None:
    done = command("diff", "roads", "--json")
    assert len(done.json["added"]) == 20
    assert stored(hub_home)["sources"] == []
    assert command("diff", "nowhere").status == 2
