"""portals.toml: read, checked, and written without touching what the operator wrote."""

from pathlib import Path

import pytest

from harvesters.portal import Portal
from harvesters.portals_file import (
    PortalsFileError,
    add_portal,
    portal_from_entry,
    read_portals,
    remove_portal,
)

FILE = """\
# Our state's portals.

# The city of Boston asked to be called weekly.
[[portal]]
id = "boston"
type = "dcat-us"
url = "https://data.boston.gov/data.json"   # the document
level = "city"
schedule = "weekly"
max_delete = 0.2

# Connecticut
[[portal]]
id = "ct"
type = "socrata"
url = "https://data.ct.gov"
domain = "data.ct.gov"
page_size = 500
[portal.rules]
filters = {title = ["test *"]}

# the end
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "portals.toml"
    path.write_text(FILE)
    return path


def test_known_keys_fill_the_portal_and_others_become_options(file: Path) -> None:
    boston, connecticut = read_portals(file)
    assert boston == Portal(
        "boston",
        "dcat-us",
        "https://data.boston.gov/data.json",
        level="city",
        schedule="weekly",
        max_delete=0.2,
    )
    assert connecticut.options == {"domain": "data.ct.gov", "page_size": 500}
    assert connecticut.rules == {"filters": {"title": ["test *"]}}


@pytest.mark.parametrize(
    ("line", "key", "advice"),
    [
        ('id = "Boston"', "id", "lower-case"),
        ('id = "a_b"', "id", "lower-case"),
        (f'id = "{"a" * 65}"', "id", "1 to 64"),
        ("id = 7", "id", "lower-case"),
        ('type = "gopher"', "type", "the types are arcgis-hub, ckan"),
        ('url = "data.boston.gov"', "url", "https://"),
        ('url = "file:///etc/passwd"', "url", "https://"),
        ('url = "https://me:secret@data.boston.gov"', "url", "auth"),
        ('url = "http://[::1"', "url", "https://"),
        ('level = "town"', "level", "state, county, city, federal, other"),
        ('robots = "ignore"', "robots", "api, obey"),
        ('allow_private = "yes"', "allow_private", "true or false"),
        ("title = 5", "title", "quotes"),
        ("expected_minimum = -1", "expected_minimum", "whole number"),
        ("expected_minimum = true", "expected_minimum", "whole number"),
        ("max_delete = 10", "max_delete", "from 0 to 1"),
        ('grace_days = "7"', "grace_days", "number"),
        ("request_timeout = 0", "request_timeout", "above 0"),
        ("run_budget = nan", "run_budget", "above 0"),
        ("max_bytes = 0", "max_bytes", "whole number from 1"),
        ("rules = 1", "rules", "table"),
        ('rules = {filter = {title = "x"}}', "rules.filter", "fields, values, filters and defaults"),
        ('rules = {fields = {agencie = "x"}}', "rules.fields.agencie", "publisher, contact_name"),
        ("rules = {pages = {}}", "rules.pages", "landing-pages"),
        ('contact_email = "nobody"', "contact_email", "data@example.gov"),
        ('auth = {header = "X"}', "auth", "password_env"),
        ("auth = {user = 1, password_env = 2}", "auth", "password_env"),
    ],
)
def test_a_wrong_value_is_named_with_its_file_entry_and_key(
    tmp_path: Path, line: str, key: str, advice: str
) -> None:
    good = {"id": 'id = "boston"', "type": 'type = "dcat-us"', "url": 'url = "https://data.boston.gov"'}
    good[key] = line
    path = tmp_path / "portals.toml"
    path.write_text(
        '[[portal]]\nid = "first"\ntype = "socrata"\nurl = "https://x.gov"\n[[portal]]\n'
        + "\n".join(good.values())
    )
    with pytest.raises(PortalsFileError) as caught:
        read_portals(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: [[portal]] number 2")
    assert f"{key} = " in message
    assert advice in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[portal]]\nid = 'a'\ntype = 'socrata'\n", "url is missing"),
        ("[portal]\nid = 'a'\n", "two brackets"),
        ("portal = 3", "two brackets"),
        ("[[portal", "not valid TOML"),
        ("[[portal]]\nid='a'\ntype='socrata'\nurl='https://a.gov'\n" * 2, "taken"),
    ],
)
def test_a_broken_file_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "portals.toml"
    path.write_text(text)
    with pytest.raises(PortalsFileError, match=said):
        read_portals(path)


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(PortalsFileError, match="source add"):
        read_portals(tmp_path / "portals.toml")


def test_a_portal_is_added_below_what_stands_there(file: Path) -> None:
    portal = Portal(
        "dol",
        "dcat-us",
        "https://dol.gov/",
        title='The "Department" of Labor',
        level="federal",
        grace_days=0,
        allow_private=True,
        auth={"header": "X-App-Token", "env": "TOKEN"},
        rules={"filters": {"title": ["x"]}, "values": {"license": {"City terms": "MIT"}}},
        options={"domain": "x.gov", "only": ["dataset", "map"]},
    )
    add_portal(file, portal)
    assert file.read_text().startswith(FILE.rstrip())
    assert read_portals(file)[2] == portal


def test_the_first_portal_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "hub" / "portals.toml"
    portal = Portal("dol", "dcat-us", "https://dol.gov/")
    add_portal(path, portal)
    assert read_portals(path) == [portal]
    assert path.read_text().startswith("#")


def test_an_id_is_never_given_twice(file: Path) -> None:
    with pytest.raises(PortalsFileError, match="taken"):
        add_portal(file, Portal("ct", "socrata", "https://other.gov"))
    assert file.read_text() == FILE


def test_an_unusable_portal_is_not_written(file: Path) -> None:
    with pytest.raises(PortalsFileError, match="level"):
        add_portal(file, Portal("new", "socrata", "https://other.gov", level="town"))
    assert file.read_text() == FILE


@pytest.mark.parametrize("gone", ["boston", "ct"])
def test_removing_a_portal_leaves_every_comment(file: Path, gone: str) -> None:
    kept = [portal for portal in read_portals(file) if portal.id != gone]
    remove_portal(file, gone)
    assert read_portals(file) == kept
    comments = [line for line in FILE.splitlines() if line.startswith("#")]
    assert [line for line in file.read_text().splitlines() if line.startswith("#")] == comments


def test_what_was_added_can_be_removed_again(file: Path) -> None:
    add_portal(file, Portal("dol", "dcat-us", "https://dol.gov/"))
    remove_portal(file, "dol")
    assert file.read_text() == FILE


def test_removing_an_unknown_portal_names_the_known_ones(file: Path) -> None:
    with pytest.raises(PortalsFileError, match="boston, ct"):
        remove_portal(file, "dol")


def test_an_entry_from_the_command_line_is_checked_alike() -> None:
    with pytest.raises(PortalsFileError, match=r"^source add \(id 'x'\): level"):
        portal_from_entry(
            {"id": "x", "type": "socrata", "url": "https://x.gov", "level": "town"}, "source add"
        )
