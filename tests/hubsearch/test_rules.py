"""A portal's rules by command: from the entry through the harvest to the record, and back."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harvesters.portal_entry import PortalsFileError, portal_from_entry
from harvesters.portal_rules import rules_text
from hubsearch.portals import new_portal
from mappings.rules import of_text
from tests.conftest import Command
from tests.portals import SocrataPortal

DOCS = Path(__file__).resolve().parents[2] / "docs"


def asset(number: int, title: str = "", kind: str = "dataset", **custom: str) -> dict[str, Any]:
    fields = {"Department_Agency": "Forestry Division", "Meta_How-often": "each fiscal quarter"} | custom
    return {
        "resource": {
            "id": f"aaaa-{number:04}",
            "name": title or f"Street trees of ward {number}",
            "type": kind,
            "attribution": "Somebody",
            "description": "Every tree along the streets of one ward.",
            "updatedAt": "2024-05-01T00:00:00Z",
        },
        "classification": {
            "domain_tags": ["trees"],
            "domain_metadata": [{"key": key, "value": value} for key, value in fields.items()],
        },
        "metadata": {"domain": "data.city.example", "license": "City terms"},
        "permalink": f"https://data.city.example/d/aaaa-{number:04}",
    }


@pytest.fixture
def portal() -> Iterator[SocrataPortal]:
    assets = [asset(number) for number in range(12)]
    assets += [asset(20, "Test of trees"), asset(21, kind="chart"), asset(22, "Trees (draft)", kind="chart")]
    with SocrataPortal(assets) as server:
        yield server


RULES = (
    "rules.fields.agency=[\"classification.domain_metadata['Department_Agency']\"]",
    'rules.fields.frequency=classification.domain_metadata["Meta_How-often"]',
    'rules.values.frequency."each fiscal quarter"=quarterly',
    "rules.values.license.'City terms'=CC-BY-4.0",
    'rules.filters.title=["test *", "*(draft)"]',
    'rules.filters.fields."resource.type"=chart',
)


def add(command: Command, portal: SocrataPortal, *rules: str) -> None:
    options = [word for rule in ("domain=data.city.example", *rules) for word in ("--option", rule)]
    added = command(
        "source", "add", portal.url, "--id", "city", "--type", "socrata", "--allow-private", *options
    )
    assert added.status == 0, added.stderr


def harvested(command: Command, *words: str) -> dict[str, Any]:
    done = command("harvest", "city", *words, "--json")
    assert done.status == 0, done.stderr + done.stdout
    run: dict[str, Any] = done.json["runs"][0]
    return {key: value for key, value in run.items() if value and key in COUNTED}


COUNTED = ("fetched", "added", "updated", "unchanged", "filtered", "quarantined", "deleted", "missing")


def dataset(command: Command, title: str) -> dict[str, Any]:
    found = command("record", "list", "--json").json
    (id_,) = [record["id"] for record in found if record["title"] == title]
    shown: dict[str, Any] = command("record", "show", id_, "--json").json
    return shown


def test_a_harvest_goes_by_the_rules_of_the_entry(command: Command, portal: SocrataPortal) -> None:
    add(command, portal, *RULES)
    assert harvested(command) == {"fetched": 15, "added": 12, "filtered": 3}
    shown = dataset(command, "Street trees of ward 3")
    assert shown["publisher"]["as_published"] == "Forestry Division"
    assert (shown["frequency"]["value"], shown["frequency"]["as_published"]) == (
        "R/P3M",
        "each fiscal quarter",
    )
    assert (shown["license"]["id"], shown["license"]["as_published"]) == ("CC-BY-4.0", "City terms")
    assert command("search", "trees", "--json").json["total"] == 12
    assert harvested(command) == {"fetched": 15, "unchanged": 12, "filtered": 3}


def test_rules_that_come_later_are_applied_to_what_is_stored(
    command: Command, portal: SocrataPortal, hub_home: Path
) -> None:
    add(command, portal)
    assert harvested(command) == {"fetched": 15, "added": 15}
    file = hub_home / "portals.toml"
    plain = file.read_text()
    licences = '[portal.rules.values.license]\n"City terms" = "CC0-1.0"\n'
    file.write_text(f'{plain}\n[portal.rules.filters]\ntitle = "test *"\n{licences}')
    told = {"fetched": 15, "updated": 14, "filtered": 1}
    assert harvested(command, "--dry-run") == told | {"deleted": 1}
    assert command("search", "trees", "--json").json["total"] == 15
    assert harvested(command) == told | {"deleted": 1}
    assert command("search", "trees", "--json").json["total"] == 14
    assert command("search", "trees", "--filter", "license=cc0-1.0", "--json").json["total"] == 14
    file.write_text(plain)
    assert harvested(command) == {"fetched": 15, "added": 1, "updated": 14}
    assert command("search", "trees", "--json").json["total"] == 15


def test_the_portals_contact_stands_where_a_record_names_none(
    command: Command, portal: SocrataPortal
) -> None:
    add(command, portal, "contact_email=data@city.example", "rules.defaults.contact_name=Data desk")
    harvested(command)
    shown = dataset(command, "Street trees of ward 3")
    assert shown["contact"] == {"name": "Data desk", "email": "data@city.example"}
    assert "default-of-the-portal" in {issue["slug"] for issue in shown["issues"]}


def test_source_show_prints_each_rule_as_the_option_it_is(command: Command, portal: SocrataPortal) -> None:
    add(command, portal, *RULES)
    assert command("source", "show", "city", "--json").json["rules"]["filters"] == {
        "title": ["test *", "*(draft)"],
        "fields": {"resource.type": "chart"},
    }
    shown = command("source", "show", "city").stdout
    assert re.search(r"rules\.filters\.title +test \*, \*\(draft\)", shown)
    assert re.search(r'rules\.values\.license\."City terms" +CC-BY-4\.0', shown)


def test_a_mistake_in_the_rules_stops_the_command_with_one_sentence(
    command: Command, portal: SocrataPortal, hub_home: Path
) -> None:
    add(command, portal)
    file = hub_home / "portals.toml"
    file.write_text(file.read_text() + '[portal.rules.filters]\nname = "x"\n')
    done = command("harvest", "city")
    assert done.status == 2
    assert str(file) in done.stderr
    assert "(id 'city'): rules.filters.name = 'x': the keys of filters are title, keyword" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "option",
    ["rules.filters.title", "=x", "rules.values.license.City terms=x", "rules.filters.x=y", "id.x=1"],
)
def test_an_option_that_cannot_be_is_refused(option: str) -> None:
    with pytest.raises(PortalsFileError):
        new_portal("https://x.gov", "dcat-us", portal_id="x", options=[option])


def examples() -> list[dict[str, Any]]:
    text = (DOCS / "operators.md").read_text(encoding="utf-8").partition("### Rules of a portal")[2]
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    return [tomllib.loads(block)["portal"][0] for block in blocks]


@pytest.mark.parametrize("entry", examples(), ids=lambda entry: str(entry["id"]))
def test_the_examples_of_the_documentation_are_rules(entry: dict[str, Any]) -> None:
    rules = of_text(rules_text(portal_from_entry(entry, "docs")))
    assert rules.filters
    assert rules.fields or rules.defaults
