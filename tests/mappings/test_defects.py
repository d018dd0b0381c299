"""A defect without a test row is not lived with.

`defects/*.toml` holds a case for every kind of feed and every defect that the survey of real feeds counted
there (the table in the README of the sample data): the record, and what becomes of its field. A last test
reads the survey's table itself and looks for each of its cells.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mappings.schemas import describe, map_record
from tests.mappings.crosswalk import find, value_at
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
    lines = readme().split("| defect |", 1)[1].splitlines()
    columns = [cell.strip() for cell in lines[0].strip("| ").split("|")]
    for line in lines[2:]:
        if not line.startswith("|"):
            return
        defect, *counts = [cell.strip() for cell in line.strip("| ").split("|")]
        if not defect.startswith("**"):
            for column, count in zip(columns, counts, strict=True):
                if count != "–":
                    yield plain(defect), column


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
