"""What data.gov accepts in one field, compiled from its own schema.

The writer asks before it emits a value, so a published value that is valid goes out as it came in and an
invalid one never does. Compiled rules answer in a microsecond or two; a test holds them to what jsonschema
says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from jsonschema import FormatChecker

from dcat.errors import FeedError
from dcat.schema_files import dataset_schema

Rule = Callable[[object], bool]

_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "array": list,
    "object": dict,
    "boolean": bool,
    "null": type(None),
    "number": (int, float),
}
_SILENT = {"title", "description", "$schema", "$id"}


@cache
def rules() -> Mapping[str, Rule]:
    """Rules by field: `modified`, and for parts `contactPoint.hasEmail`, `distribution.mediaType`,
    `publisher.name`.

    null is no value to emit, so no rule accepts it.
    """
    schema = dataset_schema()
    parts = {"contactPoint": "vcard", "distribution": "distribution", "publisher": "organization"}
    found: dict[str, Rule] = dict(_compiled(schema["properties"], ""))
    for part, definition in parts.items():
        found.update(_compiled(schema["$defs"][definition]["properties"], f"{part}."))
    return MappingProxyType(found)


def fits(field: str, value: object) -> bool:
    """Would data.gov accept this value in this field? null is no value to send."""
    return value is not None and rules()[field](value)


def first_fit(field: str, *candidates: Any) -> Any:
    """The first candidate that `fits`, None when none does. White space around a string is dropped: Python's
    `$` and the schema's own date pattern let a line feed through that other validators refuse."""
    for candidate in candidates:
        value = candidate.strip() if isinstance(candidate, str) else candidate
        if fits(field, value):
            return value
    return None


def first_text(field: str, *candidates: str | None) -> str | None:
    """The first candidate that `fits`, to the letter: for titles, names and descriptions."""
    return next((text for text in candidates if text is not None and fits(field, text)), None)


def _compiled(properties: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Rule]]:
    for name, schema in properties.items():
        if "$ref" not in schema and name != "distribution":
            yield prefix + name, _rule(schema)


def _rule(schema: Mapping[str, Any]) -> Rule:
    return _every([_KEYWORDS[keyword](value) for keyword, value in schema.items() if keyword not in _SILENT])


def _every(checks: list[Rule]) -> Rule:
    first, *rest = checks
    if not rest:
        return first
    others = _every(rest)
    return lambda value: first(value) and others(value)


def _type(name: str) -> Rule:
    expected = _TYPES[name]
    if name == "number":
        return lambda value: isinstance(value, expected) and not isinstance(value, bool)
    return lambda value: isinstance(value, expected)


def _pattern(pattern: str) -> Rule:
    search = re.compile(pattern).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _format(name: str) -> Rule:
    found = FormatChecker.checkers.get(name)
    if found is None:
        raise FeedError(f"the format {name!r} cannot be checked here; install jsonschema's checker for it")
    check = found[0]
    return lambda value: bool(check(value))


def _any_of(schemas: list[Mapping[str, Any]]) -> Rule:
    first, *rest = schemas
    rule = _rule(first)
    if not rest:
        return rule
    others = _any_of(rest)
    return lambda value: rule(value) or others(value)


def _items(schema: Mapping[str, Any]) -> Rule:
    rule = _rule(schema)
    return lambda value: not isinstance(value, list) or all(rule(item) for item in value)


def _unique(wanted: bool) -> Rule:
    return lambda value: (
        not (wanted and isinstance(value, list))
        or all(value.index(item) == place for place, item in enumerate(value))
    )


def _properties(schemas: Mapping[str, Any]) -> Rule:
    known = {name: _rule(schema) for name, schema in schemas.items()}
    return lambda value: (
        not isinstance(value, dict) or all(rule(value[name]) for name, rule in known.items() if name in value)
    )


def _at_least(length: int, kind: type) -> Rule:
    return lambda value: not isinstance(value, kind) or len(value) >= length  # type: ignore[arg-type]


def _at_most(length: int, kind: type) -> Rule:
    return lambda value: not isinstance(value, kind) or len(value) <= length  # type: ignore[arg-type]


_KEYWORDS: dict[str, Callable[[Any], Rule]] = {
    "type": _type,
    "const": lambda wanted: lambda value: bool(value == wanted),
    "enum": lambda options: lambda value: value in options,
    "pattern": _pattern,
    "format": _format,
    "anyOf": _any_of,
    "items": _items,
    "properties": _properties,
    "uniqueItems": _unique,
    "minLength": lambda length: _at_least(length, str),
    "maxLength": lambda length: _at_most(length, str),
    "minItems": lambda length: _at_least(length, list),
    "maxItems": lambda length: _at_most(length, list),
}
"""The keywords the schema uses; another one in a later edition stops the program at the first feed, not
silently."""
