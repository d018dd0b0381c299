"""A defect without a test row is not lived with.

`defects/*.toml` holds a case for every kind of feed and every defect that the survey of real feeds counted
there (the table in the README of the sample data): the record, and what becomes of its field. A last test
reads the survey's table itself and looks for each of its cells.
"""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mappings.schemas import describe, map_record
from tests.mappings.crosswalk import feeds, find, records, value_at
from tests.shared_data import SHARED, needs_shared

FOLDER = Path(__file__).parent / "defects"
ROOT = Path(__file__).resolve().parents[2]

Cell = tuple[str, str]


def cases(*, elsewhere: bool = False) -> list[Any]:
    """The rows of all tables, each under a readable id."""
    return [
        pytest.param(case, id=f"{case['column']}: {case['defect']}")
        for path in sorted(FOLDER.glob("*.toml"))
        if (path.stem == "elsewhere") is elsewhere
        for case in tomllib.loads(path.read_text())["case"]
    ]


@needs_shared
@pytest.mark.parametrize("case", cases())
def test_the_defect_is_lived_with(case: dict[str, Any]) -> None:
    schema, record = find(case["file"], case["identifier"])
    result = map_record(schema, json.dumps(record).encode())
    light = describe(schema, record)
    found = light.identifier if case["field"] == "identifier" else value_at(result, case["field"])
    if "starts" in case:
        assert isinstance(found, str)
        assert found.startswith(case["starts"])
    else:
        assert found == case.get("value")
    if case["slug"]:
        assert case["slug"] in {issue.slug for issue in result.issues}


@pytest.mark.parametrize("case", cases(elsewhere=True))
def test_what_no_single_record_shows_has_a_test_elsewhere(case: dict[str, Any]) -> None:
    path, name = case["test"].split("::")
    assert f"\ndef {name}(" in (ROOT / path).read_text()


@needs_shared
def test_every_cell_of_the_survey_has_a_case() -> None:
    covered = {
        (plain(param.values[0]["defect"]), param.values[0]["column"])
        for param in [*cases(), *cases(elsewhere=True)]
    }
    surveyed = set(cells_of_data_json()) | set(cells_of_discovery())
    assert len(surveyed) > 140
    assert surveyed - covered == set()
    assert covered - surveyed == set()


def readme() -> str:
    return (SHARED / "README.md").read_text()


def cells_of_data_json() -> Iterator[Cell]:
    """Defect and kind of feed of every counted cell of the first table."""
    return ((defect, column) for defect, column, _ in counts_of_data_json())


def counts_of_data_json() -> Iterator[tuple[str, str, int]]:
    """The cells of the first table with their counts."""
    lines = readme().split("| defect |", 1)[1].splitlines()
    columns = [cell.strip() for cell in lines[0].strip("| ").split("|")]
    for line in lines[2:]:
        if not line.startswith("|"):
            return
        defect, *counts = [cell.strip() for cell in line.strip("| ").split("|")]
        if not defect.startswith("**"):
            for column, count in zip(columns, counts, strict=True):
                if count != "–":
                    yield plain(defect), column, int(count.replace(",", ""))


def cells_of_discovery() -> Iterator[Cell]:
    """The defects of the second table's rows about Discovery; one row names several."""
    rows = readme().split("| elsewhere | count |", 1)[1].splitlines()[2:]
    for row in rows:
        text = row.strip("| ").rsplit("|", 1)[0].strip()
        if not text.startswith(("Discovery", "–")):
            return
        text = re.sub(r"^(?:Discovery API \([^)]*\): |– )", "", text)
        text = re.sub(r" \(.*\)$", "", text)
        for defect in re.split(r" / |; ", text):
            yield plain(defect), "Discovery API"


def plain(defect: str) -> str:
    """A defect's name without its example."""
    return re.sub(r" \(`.*`\)$", "", defect)


FEEDS = {
    "federal 2025": ["dcat-us/federal-2025/*.data.json*"],
    "Socrata 2013": ["socrata-datajson/2013/*"],
    "Socrata 2019–20": [
        f"socrata-datajson/2019-2020/{name}.data.json*"
        for name in (
            "baltimore-city-md_20200722",
            "cook-county-il_20190426",
            "detroit-mi_20200414",
            "howard-county-md_20200722",
            "macoupin-county-il_20200722",
        )
    ],
    "other": ["dcat-us/federal-misc/*", "dcat-us/regional/*", "dcat-us/argentina/*"],
}
"""The newest state of each feed, as the survey counted them."""

COUNTED = {
    "title is a table or file name": "title-is-file-name",
    "title over 200 characters": "long-title",
    "identifier is not a URL": "identifier-not-url",
    "identifier with spaces": "identifier-with-spaces",
    "null modified": "missing-modified",
    "modified date-time without zone": "date-without-zone",
    "modified is a year or month only": "date-imprecise",
    "modified is a repeating interval (R/P1Y)": "modified-is-interval",
    "missing publisher": "missing-publisher",
    "publisher without name": "publisher-without-name",
    "missing contactPoint": "missing-contact",
    "contactPoint without e-mail": "contact-without-email",
    "missing accessLevel": "missing-access-level",
    "accessLevel outside the list": "access-level-not-in-list",
    "missing license": "missing-license",
    "missing spatial": "missing-spatial",
    "spatial bbox wider than 300° (antimeridian)": "bbox-crosses-antimeridian",
    "mojibake (UTF-8 read as Latin-1)": "mojibake-repaired",
    "U+FFFD replacement character": "replacement-character",
    "downloadURL without mediaType": "download-without-media-type",
    "accrualPeriodicity not R/P...": "frequency-not-iso",
}
"""Rows that the survey and our findings define alike, so that their counts must agree."""


@needs_shared
@pytest.mark.parametrize("column", FEEDS)
def test_the_counts_of_the_survey_are_found_again(column: str) -> None:
    found: Counter[str] = Counter()
    for feed in feeds(*FEEDS[column]):
        for schema, record in records.__wrapped__(feed):
            issues = map_record(schema, json.dumps(record).encode()).issues
            found.update({issue.slug for issue in issues})
    surveyed = {
        defect: count for defect, cell, count in counts_of_data_json() if cell == column and defect in COUNTED
    }
    assert surveyed
    assert {defect: found[COUNTED[defect]] for defect in surveyed} == surveyed
