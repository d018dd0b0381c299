"""The feed an agency only wants to make known, from a row in a register to what visitors find."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Command
from tests.portals import RegisterPortal
from tests.portals.register_portal import write_table

FEED = "https://feeds.dot.example.gov/traffic/incidents.xml"
ROW = {
    "Title": "Traffic Incidents",
    "Description": "Crashes, closures and disabled vehicles on state highways, in real time",
    "URL": FEED,
}


@contextmanager
def published(way: str, home: Path) -> Iterator[str]:
    """What `source add` takes: the address of the register, or its path beside the portals file."""
    if way == "disk":
        home.mkdir()
        (home / "feeds.csv").write_bytes(write_table([ROW]))
        yield "feeds.csv"
        return
    with RegisterPortal([ROW]) as portal:
        yield f"{portal.url}register.csv"


@pytest.mark.parametrize("way", ["address", "disk"])
def test_a_row_of_title_description_and_address_is_a_dataset_with_an_interface(
    command: Command, hub_home: Path, way: str
) -> None:
    with published(way, hub_home) as words:
        added = command(
            "source", "add", words, "--id", "ct-dot", "--allow-private", "--level", "state", "--json"
        )
        assert added.status == 0, added.stderr
        harvested = command("harvest", "ct-dot", "--json")
    assert harvested.status == 0, harvested.stderr
    [run] = json.loads(harvested.stdout)["runs"]
    assert (run["complete"], run["added"], run["quarantined"]) == (True, 1, 0)
    for words in ("traffic incidents", "closures highways"):
        found = json.loads(command("search", words, "--json").stdout)
        assert [result["title"] for result in found["results"]] == ["Traffic Incidents"]
    shown = command("record", "show", found["results"][0]["id"], "--json")
    assert shown.status == 0, shown.stderr
    record = json.loads(shown.stdout)
    assert record["description"] == ROW["Description"]
    [feed] = record["distributions"]
    assert (feed["url"], feed["kind"], feed["format"]) == (FEED, "api", "XML")
