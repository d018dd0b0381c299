"""Registers on disk through the real command, and the feed that an agency only wants to make known."""

import json
from pathlib import Path

import pytest

from tests.conftest import Command

TABLE = "title,description,url\n" + "".join(
    f"Bridge inspections {n},What was found,https://files.example.gov/{n}.csv\n" for n in range(30)
)


@pytest.fixture
def file(hub_home: Path) -> Path:
    """A register beside the portals file."""
    path = hub_home / "data/register.csv"
    path.parent.mkdir(parents=True)
    path.write_text(TABLE)
    return path


@pytest.mark.parametrize("words", [[], ["--type", "register"]], ids=["found out", "given"])
def test_a_register_on_disk_is_added_tested_and_harvested(
    command: Command, file: Path, words: list[str]
) -> None:
    added = command("source", "add", "data/register.csv", "--id", "bridges", *words, "--json")
    assert added.status == 0, added.stderr
    assert json.loads(added.stdout)["detected"]["type"] == "register"
    assert 'url = "data/register.csv"' in (file.parents[1] / "portals.toml").read_text()
    tested = command("source", "test", "bridges", "--json")
    assert tested.status == 0, tested.stderr
    assert json.loads(tested.stdout)["records"][0]["title"].startswith("Bridge inspections")
    [run] = json.loads(command("harvest", "bridges", "--json").stdout)["runs"]
    assert (run["status"], run["complete"], run["added"], run["requests"]) == ("ok", True, 30, 0)
    file.write_text(TABLE.replace("inspections 7,", "inspections seven,"))
    [run] = json.loads(command("harvest", "bridges", "--json").stdout)["runs"]
    assert (run["updated"], run["unchanged"]) == (1, 29)
    file.unlink()
    failed = command("harvest", "bridges", "--json")
    assert (failed.status, json.loads(failed.stdout)["runs"][0]["status"]) == (3, "failed")
    found = json.loads(command("search", "seven", "--json").stdout)
    assert found["total"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["data/gone.csv", "--type", "register"], "https://"),
        (["../register.csv"], "below the folder of the portals file"),
        (["/etc/passwd"], "below the folder of the portals file"),
        (["data/register.csv", "--type", "ckan"], "only the types jkan and register"),
        (["data"], "no known type"),
    ],
)
def test_a_path_that_cannot_be_is_refused_and_not_written(
    command: Command, file: Path, words: list[str], said: str
) -> None:
    added = command("source", "add", *words)
    assert added.status != 0
    assert said in added.stderr
    assert not (file.parents[1] / "portals.toml").exists()
