"""Records of the shared feeds, found and mapped; used by the tests of the crosswalks."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import cache
from typing import Any

from mappings.schemas import Mapped, describe, map_record
from tests.shared_data import SHARED, load, load_lines


def mapped(record: dict[str, Any], schema: str = "dcat-us-1.1") -> Mapped:
    """A record written in the test, through the front door."""
    return map_record(schema, json.dumps(record).encode())


def slugs(result: Mapped, field: str | None = None) -> set[str]:
    """The slugs of a record's issues, of one published field or of all."""
    return {issue.slug for issue in result.issues if field in (None, issue.field)}


@cache
def records(relative: str) -> list[tuple[str, dict[str, Any]]]:
    """Schema and record of everything in a shared file (`.gz` may be left out)."""
    if ".jsonl" in relative:
        return [("socrata-discovery", record) for record in load_lines(relative)]
    catalogue = load(relative)
    if isinstance(catalogue, list):
        return [("dcat-us-1.0", record) for record in catalogue]
    return [("dcat-us-1.1", record) for record in catalogue.get("dataset", [])]


def find(relative: str, identifier: str) -> tuple[str, dict[str, Any]]:
    """Schema and record of that identifier (its repetitions, if any, must be equal)."""
    found = [
        (schema, record)
        for schema, record in records(relative)
        if describe(schema, record).identifier == identifier
    ]
    assert found, f"no record of {relative} is called {identifier}"
    assert all(other == found[0] for other in found), f"{relative} has different records of {identifier}"
    return found[0]


def value_at(result: Mapped, path: str) -> Any:
    """A value of the dataset by its path (`distributions.0.url`); None where the path ends early."""
    value: Any = asdict(result.dataset)
    for key in path.split("."):
        if isinstance(value, list):
            value = len(value) if key == "count" else value[int(key)] if int(key) < len(value) else None
        elif isinstance(value, dict):
            value = value[key]
    return value


def feeds(*patterns: str) -> Iterator[str]:
    """Relative names of shared files."""
    for pattern in patterns:
        yield from sorted(str(path.relative_to(SHARED)) for path in SHARED.glob(pattern))
