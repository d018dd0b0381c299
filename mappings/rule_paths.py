"""Where a portal keeps something in its records: a path from the record inwards, as an operator writes it.

publisher.name                                        keys of objects
extras.agency                                         a list of {"key": …, "value": …}: CKAN's extras,
classification.domain_metadata["Department_Agency"]   Socrata's custom fields
tags.display_name                                     a list of objects: of each
resources[0].license                                  one of a list
identificationInfo.MD_DataIdentification.purpose      elements of an XML record, by local name
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from mappings import xml_path
from mappings.ckan_extras import unpacked
from mappings.consume import says_something
from mappings.xml_record import local

PATH_LIMIT = 300
VALUES = 100
"""Values of one path that are read."""
ITEMS = 10_000
"""Things looked at to find them."""

_STEP = re.compile(r"\.?([^.\[\]\"']{1,300})|\[\"([^\"]{1,300})\"\]|\['([^']{1,300})'\]|\[(\d{1,4})\]")


@dataclass(frozen=True, slots=True)
class Path:
    """A path as written, and its steps: keys, and places in a list."""

    text: str
    steps: tuple[str | int, ...]

    def values(self, record: dict[str, Any]) -> list[Any]:
        """What the record holds there, without what says nothing."""
        found: list[Any] = [record]
        for step in self.steps:
            found = [hit for value in found for hit in _hits(value, step)][:ITEMS]
        leaves = (xml_path.value(value) if isinstance(value, Element) else value for value in found)
        return [value for value in leaves if says_something(value)][:VALUES]

    def texts(self, record: dict[str, Any]) -> Iterator[str]:
        """The same as texts, members of lists one by one."""
        for value in self.values(record):
            for part in value[:VALUES] if isinstance(value, list) else [value]:
                if isinstance(part, bool):
                    yield str(part).lower()
                elif isinstance(part, (str, int, float)):
                    yield str(part)


def read_path(text: str) -> Path | None:
    """The path that is written so; None for what is none."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        found = _STEP.match(text, at)
        if found is None or (at == 0 and text[0] == "."):
            return None
        name, double, single, number = found.groups()
        steps.append(int(number) if number else (name or double or single).strip())
        at = found.end()
        if at < len(text) and text[at] not in ".[":
            return None
    return Path(text, tuple(steps)) if steps and len(text) <= PATH_LIMIT and steps[0] != 0 else None


def _hits(value: Any, step: str | int) -> Iterator[Any]:
    if isinstance(value, str):  # CKAN keeps lists and objects as JSON in a text
        value = unpacked(value)
    if isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield value[step]
    elif isinstance(value, dict):
        yield from _of_object(value, step)
    elif isinstance(value, Element):
        name = step.rpartition(":")[2].lower()
        yield from (child for child in value if local(child) == name)
    elif isinstance(value, list):
        objects = [item for item in value[:ITEMS] if isinstance(item, dict)]
        pairs = [item["value"] for item in objects if "value" in item and item.get("key") == step]
        yield from pairs or (item[step] for item in objects if step in item)


def _of_object(value: dict[str, Any], step: str) -> Iterator[Any]:
    root = value.get("root")
    if step in value:
        yield value[step]
    elif isinstance(root, Element):  # an XML record keeps its tree there
        yield from _hits(root, step)
