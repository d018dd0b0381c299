"""`hubsearch migrate` and `hubsearch migrate-store`, as an operator types them."""

import json
from pathlib import Path

from sqlalchemy import make_url

from index.store.schema import REVISION
from tests.conftest import Command, run_command


def test_the_demo_hub_moves_to_postgresql_and_back_and_nothing_is_new_there(
    demo_home: Path, tmp_path: Path, postgres_url: str
) -> None:
    there = run_command(demo_home, "migrate-store", postgres_url, "--json")
    assert there.status == 0, there.stderr
    moved = there.json["tables"]
    assert moved["records"]["rows"] == moved["contents"]["rows"] > 1500
    assert moved["runs"]["rows"] > 0

    hub = tmp_path / "hub"
    back = run_command(
        hub, "migrate-store", f"sqlite:///{tmp_path}/back.sqlite", "--json", HUBSEARCH_STORE=postgres_url
    )
    assert back.status == 0, back.stderr
    kept_in_the_home = {"feeds", "feed_parts"}
    assert {name for name, table in back.json["tables"].items() if table != moved[name]} == kept_in_the_home
    assert there.json["feed"] > 1000
    assert (
        make_url(postgres_url).password or "?"
    ) not in there.stdout + back.stdout + there.stderr + back.stderr

    before = run_command(demo_home, "record", "list", "--json").json
    again = run_command(hub, "demo", "--no-serve", HUBSEARCH_STORE=postgres_url)
    assert again.status == 0, again.stderr
    runs = run_command(hub, "runs", "--json", HUBSEARCH_STORE=postgres_url).json
    newest = runs[: len(runs) // 2]
    assert {(run["added"], run["updated"], run["deleted"]) for run in newest} == {(0, 0, 0)}
    assert sum(run["unchanged"] for run in newest) == moved["records"]["rows"]
    assert run_command(hub, "record", "list", "--json", HUBSEARCH_STORE=postgres_url).json == before
    words = ("search", "medicare", "--json", "--facets")
    found = run_command(hub, *words, HUBSEARCH_STORE=postgres_url).json
    assert found == run_command(demo_home, *words).json
    assert found["total"] > 0


def test_a_place_that_holds_something_is_refused_and_left_alone(command: Command, tmp_path: Path) -> None:
    command("migrate")
    first = command("migrate-store", f"sqlite:///{tmp_path}/new.sqlite")
    assert first.status == 0
    assert "Set HUBSEARCH_STORE to it" in first.stderr
    command("source", "list")
    same = command("migrate-store", f"sqlite:///{tmp_path}/hub/store.sqlite")
    assert same.status == 2
    assert "this hub's store already" in same.stderr


def test_a_place_that_cannot_be_reached_is_explained_without_its_password(command: Command) -> None:
    done = command("migrate-store", "postgresql://hub:sesame@127.0.0.1:1/hub")
    assert done.status == 2
    assert "no PostgreSQL server answers there" in done.stderr
    assert "sesame" not in done.stderr


def test_migrate_makes_the_tables_and_says_so(command: Command, postgres_url: str) -> None:
    first = command("migrate", "--json", HUBSEARCH_STORE=postgres_url)
    assert first.status == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["found"], told["revision"]) == (None, REVISION)
    assert ":***@" in told["store"]
    again = command("migrate", HUBSEARCH_STORE=postgres_url)
    assert f"at revision {REVISION} already" in again.stderr
