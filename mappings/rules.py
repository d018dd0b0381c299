"""The rules of one portal, as its entry states them: where it keeps a value, what a value means, what to
leave out, what holds where a record says nothing.

They travel with the source as a text (`written`), so that whoever maps a record of it has them, and a record
knows under which it was mapped.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from mappings.dataset import RESOURCE_TYPES, Dataset
from mappings.emails import read_email
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog
from mappings.licences import is_known, read_licence
from mappings.rule_paths import Path, read_path
from mappings.rule_patterns import PATTERN_LIMIT, Pattern, plain

FIELDS = (
    *("publisher", "contact_name", "contact_email", "frequency", "spatial", "temporal"),
    *("temporal_start", "temporal_end", "license", "topics", "issued", "modified"),
)
VALUES = ("publisher", "frequency", "spatial", "license", "topics")
FILTERS = ("title", "keyword", "type", "fields")
DEFAULTS = ("publisher", "contact_name", "contact_email", "license")
ALIASES: Mapping[str, str] = {
    "agency": "publisher",
    "licence": "license",
    "place": "spatial",
    "period": "temporal",
    "period_start": "temporal_start",
    "period_end": "temporal_end",
    "topic": "topics",
}
"""Everyday words for what the shared schema calls otherwise."""

_TABLES = ("fields", "values", "filters", "defaults")
_MOST = 1_000
"""Lines in one table: of a longer one a mistake is more likely than a use."""
_TEXT_LIMIT = 1_000


class RuleError(ValueError):
    """A rule that cannot be: `key` from the entry inwards, `value` as written, and what is allowed."""

    def __init__(self, key: str, value: object, allowed: str) -> None:
        super().__init__(f"{key} = {value!r}: {allowed}")
        self.key, self.value, self.allowed = key, value, allowed


class LeftOut(Exception):
    """The rules leave this record out; `rule` says which of them, in words."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Filters:
    """What is left out: a record that any of the patterns names."""

    types: tuple[str, ...] = ()
    titles: tuple[Pattern, ...] = ()
    keywords: tuple[Pattern, ...] = ()
    fields: tuple[tuple[Path, tuple[Pattern, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.types or self.titles or self.keywords or self.fields)

    def of_record(self, record: dict[str, Any]) -> str | None:
        """The rule that leaves the record as published out, in words."""
        for path, patterns in self.fields:
            for text in path.texts(record):
                if found := _first(patterns, text):
                    return f"{path.text} = {found}"
        return None

    def of_dataset(self, dataset: Dataset) -> str | None:
        """The rule that leaves out what became of it, in words."""
        if dataset.type in self.types:
            return f"type = {dataset.type}"
        if found := _first(self.titles, dataset.title):
            return f"title = {found}"
        for keyword in dataset.keywords if self.keywords else ():
            if found := _first(self.keywords, keyword):
                return f"keyword = {found}"
        return None


@dataclass(frozen=True, slots=True)
class Rules:
    """Checked rules. `values` holds of each field the words and what they stand for, the surest first."""

    fields: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    values: Mapping[str, tuple[tuple[Pattern, str], ...]] = field(default_factory=dict)
    filters: Filters = Filters()
    defaults: Mapping[str, str] = field(default_factory=dict)

    def meant(self, name: str, published: str) -> str | None:
        """What a published value of this field stands for, by the entry's `values`."""
        text = plain(published)
        return next((to for pattern, to in self.values.get(name, ()) if pattern.matches_plain(text)), None)


def read_rules(table: Mapping[str, Any]) -> Rules:
    """The rules of an entry's `rules`. Raises RuleError for the first that cannot be."""
    for key, value in table.items():
        if key not in _TABLES:
            raise RuleError(f"rules.{key}", value, f"rules hold {_listed(_TABLES)}")
        if not isinstance(value, Mapping) or len(value) > _MOST:
            raise RuleError(f"rules.{key}", value, f"write it as a table of at most {_MOST:,} lines")
    return Rules(
        {name: _paths(key, value) for name, key, value in _lines(table, "fields", FIELDS)},
        {name: _meanings(name, key, value) for name, key, value in _lines(table, "values", VALUES)},
        _filters(table),
        {name: _default(name, key, value) for name, key, value in _lines(table, "defaults", DEFAULTS)},
    )


def written(table: Mapping[str, Any]) -> str:
    """The text a source keeps its rules as: the same for the same rules, empty where there are none."""
    told = {name: table[name] for name in _TABLES if table.get(name)}
    return json.dumps(told, sort_keys=True, ensure_ascii=False) if told else ""


@lru_cache(maxsize=64)
def of_text(text: str) -> Rules:
    """The rules that a source keeps. Raises RuleError and ValueError for what `written` did not write."""
    return read_rules(json.loads(text)) if text else Rules()


def _lines(table: Mapping[str, Any], name: str, allowed: tuple[str, ...]) -> list[tuple[str, str, Any]]:
    """(the shared schema's field, key from the entry inwards, value) of one table."""
    found: dict[str, tuple[str, str, Any]] = {}
    for key, value in table.get(name, {}).items():
        role = ALIASES.get(key, key)
        if role not in allowed:
            raise RuleError(f"rules.{name}.{key}", value, f"the keys of {name} are {_listed(allowed)}")
        if role in found:
            allowed_once = f"it is another word for {role}; write one of them"
            raise RuleError(f"rules.{name}.{key}", value, allowed_once)
        found[role] = (role, f"rules.{name}.{key}", value)
    return list(found.values())


def _paths(key: str, value: Any) -> tuple[Path, ...]:
    return tuple(_path(key, text) for text in _texts(key, value))


def _path(key: str, text: str) -> Path:
    if (path := read_path(text)) is None:
        raise RuleError(
            key,
            text,
            'write a path such as publisher.name, extras["agency"] or '
            'classification.domain_metadata["Department_Agency"]',
        )
    return path


def _meanings(name: str, key: str, value: Any) -> tuple[tuple[Pattern, str], ...]:
    if not isinstance(value, Mapping) or len(value) > _MOST:
        raise RuleError(key, value, f'write a table of at most {_MOST:,} lines, "as published" = "as meant"')
    pairs = []
    for words, meaning in value.items():
        place = f'{key}."{words}"'
        pattern = _pattern(place, words)
        pairs.append((pattern, _said(name, place, meaning)))
    return tuple(sorted(pairs, key=_sureness))


def _sureness(pair: tuple[Pattern, str]) -> tuple[bool, int, str]:
    """Of several patterns that name a text a literal one is meant, else the longest, wherever they stand."""
    return not pair[0].is_literal, -len(pair[0].text), pair[0].text


def _said(name: str, key: str, value: Any) -> str:
    """A value that the vocabularies know. Raises RuleError."""
    text = _text(key, value)
    if name == "license":
        licence = read_licence(text, key, IssueLog())
        if licence is None or not is_known(licence):
            raise RuleError(key, value, "write a licence we know, by its SPDX id or URL, such as CC-BY-4.0")
    elif name == "frequency":
        frequency = read_frequency(text, key, IssueLog())
        if frequency is None or frequency.value is None:
            raise RuleError(key, value, "write a frequency such as monthly, irregular or R/P1M")
    return text


def _default(name: str, key: str, value: Any) -> str:
    text = _said(name, key, value)
    if name == "contact_email" and read_email(text, key, IssueLog()) is None:
        raise RuleError(key, value, "write an e-mail address such as data@example.gov")
    return text


def _filters(table: Mapping[str, Any]) -> Filters:
    given = table.get("filters", {})
    for key, value in given.items():
        if key not in FILTERS:
            raise RuleError(f"rules.filters.{key}", value, f"the keys of filters are {_listed(FILTERS)}")
    types = _texts("rules.filters.type", given["type"]) if "type" in given else ()
    for name in types:
        if name not in RESOURCE_TYPES:
            allowed = f"the types are {_listed(RESOURCE_TYPES)}; a portal's own ones stand in filters.fields"
            raise RuleError("rules.filters.type", name, allowed)
    fields = given.get("fields", {})
    if not isinstance(fields, Mapping) or len(fields) > _MOST:
        allowed = f'write a table of at most {_MOST:,} lines, "path" = ["pattern"]'
        raise RuleError("rules.filters.fields", fields, allowed)
    return Filters(
        types,
        _patterns("rules.filters.title", given.get("title")),
        _patterns("rules.filters.keyword", given.get("keyword")),
        tuple(_field_filter(path, value) for path, value in fields.items()),
    )


def _field_filter(path: str, value: Any) -> tuple[Path, tuple[Pattern, ...]]:
    """`*` names all records that have the field at all."""
    key = f'rules.filters.fields."{path}"'
    return _path(key, path), tuple(_pattern(key, text, any_text=True) for text in _texts(key, value))


def _patterns(key: str, value: Any) -> tuple[Pattern, ...]:
    return () if value is None else tuple(_pattern(key, text) for text in _texts(key, value))


def _pattern(key: str, text: str, *, any_text: bool = False) -> Pattern:
    pattern = Pattern.of(text)
    if pattern.takes_all and not any_text:
        raise RuleError(key, text, "that names everything; write the words that it is about")
    if not text.strip() or len(text) > PATTERN_LIMIT:
        raise RuleError(key, text, f"write up to {PATTERN_LIMIT} characters, * for any")
    return pattern


def _texts(key: str, value: Any) -> tuple[str, ...]:
    items: list[Any] = value if isinstance(value, list) else [value]
    if not items or len(items) > _MOST:
        raise RuleError(key, value, f"write a text in quotes, or a list of up to {_MOST:,} of them")
    return tuple(_text(key, item) for item in items)


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _TEXT_LIMIT:
        raise RuleError(key, value, f"write it as text in quotes, up to {_TEXT_LIMIT:,} characters")
    return value.strip()


def _first(patterns: tuple[Pattern, ...], published: str) -> str | None:
    text = plain(published)
    return next((pattern.text for pattern in patterns if pattern.matches_plain(text)), None)


def _listed(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
