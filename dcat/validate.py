"""Validate a DCAT-US 1.1 feed as data.gov does: its own schemas, format checks on, entry by entry.

Needs rfc3986-validator for `uri`; `active_formats` is how a test sees that no format of the schemas goes
unchecked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import ijson  # type: ignore[import-untyped]
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from dcat.errors import FeedError
from dcat.schema_files import catalog_schema, dataset_schema

MESSAGE_LIMIT = 300


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: in which entry (its identifier, or its place), at which path, what."""

    identifier: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.identifier}: {self.path}: {self.message}"


def validate_dcat_us_1_1(feed: Path | BinaryIO) -> Iterator[Problem]:
    """Every problem of a feed, in its order, read as a stream: memory does not grow with the feed.

    Raises FeedError for what is not JSON.
    """
    if isinstance(feed, Path):
        with feed.open("rb") as file:
            yield from validate_dcat_us_1_1(file)
        return
    seen: set[int] = set()
    frame: dict[str, Any] = {}
    try:
        for place, value in _parts(feed, frame):
            yield from _entry_problems(place, value, seen)
    except ijson.JSONError as error:
        raise FeedError(f"the feed is not JSON: {error}") from error
    yield from _frame_problems(frame)


@cache
def entry_validator() -> Draft202012Validator:
    """data.gov's validator of one entry, compiled once."""
    schema = dataset_schema()
    # Crawled here, or each reference inside would crawl the whole schema again for each entry.
    known = Registry().with_resource(schema["$id"], DRAFT202012.create_resource(schema)).crawl()
    return Draft202012Validator(schema, registry=known, format_checker=FormatChecker())


def active_formats() -> frozenset[str]:
    """The formats that are really checked here: each has a checker installed."""
    return frozenset(FormatChecker().checkers)


def _parts(feed: BinaryIO, frame: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """(place, entry) of each entry; what stands around the entries goes into `frame`."""
    place = 0
    name = ""
    builder: ijson.ObjectBuilder | None = None
    depth = 0
    for prefix, event, value in ijson.parse(feed, use_float=True):
        if builder is None and prefix == "" and event == "map_key":
            name = value
        elif builder is None and _begins_value(prefix, name, event):
            builder, depth = ijson.ObjectBuilder(), 0
        if builder is None:
            if prefix == "dataset" and event == "start_array":
                frame["dataset"] = []
            continue
        builder.event(event, value)
        depth += {"start_map": 1, "start_array": 1, "end_map": -1, "end_array": -1}.get(event, 0)
        if depth == 0:
            if prefix == "dataset.item":
                yield place, builder.value
                place += 1
            else:
                frame[name] = builder.value
            builder = None


def _begins_value(prefix: str, name: str, event: str) -> bool:
    if prefix == "dataset":
        return event not in {"start_array", "end_array"}
    return prefix == "dataset.item" or (prefix == name and prefix != "")


def _entry_problems(place: int, entry: Any, seen: set[int]) -> Iterator[Problem]:
    identifier = entry.get("identifier") if isinstance(entry, dict) else None
    name = identifier if isinstance(identifier, str) and identifier else f"dataset[{place}]"
    for error in entry_validator().iter_errors(entry):
        yield Problem(name, error.json_path, _short(error.message))
    if isinstance(identifier, str):
        if hash(identifier) in seen:
            yield Problem(
                name, "$.identifier", "another entry has the same identifier; data.gov keeps one of them"
            )
        seen.add(hash(identifier))


def _frame_problems(frame: dict[str, Any]) -> Iterator[Problem]:
    # The entries were validated one by one; the frame's schema is asked about everything else.
    schema = catalog_schema()
    rest = {**schema, "properties": {**schema["properties"], "dataset": {"type": "array"}}}
    for error in Draft202012Validator(rest, format_checker=FormatChecker()).iter_errors(frame):
        yield Problem("catalog", error.json_path, _short(error.message))


def _short(message: str) -> str:
    return message if len(message) <= MESSAGE_LIMIT else f"{message[:MESSAGE_LIMIT]}…"
