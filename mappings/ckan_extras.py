"""CKAN's free fields: `extras`, and what a portal's own schema added to its packages.

Both name the same things in many ways; `ckan_fields.toml` says which key means what. A field that is not
asked for is kept as published.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from html import unescape
from typing import Any, TypeVar

from mappings import vocabulary
from mappings.consume import listed, says_something
from mappings.issue import IssueLog

Value = TypeVar("Value")

EXTRA_LIMIT = 1_000
"""Extras of one package that are read; data.gov's have forty."""
KEY_LIMIT = 100
_JSON_LIMIT = 100_000
_SIDES = {
    "west": "bbox west long",
    "south": "bbox south lat",
    "east": "bbox east long",
    "north": "bbox north lat",
}


class Extras:
    """The free fields of one package, each to be taken once. A repeated key keeps its different values."""

    __slots__ = ("_by_name", "_keys")

    def __init__(self, extras: Any, own: Mapping[str, Any]) -> None:
        """`extras` is a list of `{"key": …, "value": …}` (CKAN) or an object (its search index before 2014);
        `own` are fields of the package itself."""
        self._by_name: dict[str, list[Any]] = {}
        self._keys: dict[str, str] = {}
        pairs = list(extras.items()) if isinstance(extras, dict) else []
        for entry in extras if isinstance(extras, list) else []:
            if isinstance(entry, dict):
                pairs.append((str(entry.get("key")), entry.get("value")))
        for key, raw in [*pairs[:EXTRA_LIMIT], *own.items()]:
            value = unpacked(raw)
            if says_something(value):
                name = _name(key[:KEY_LIMIT])
                self._keys.setdefault(name, key[:KEY_LIMIT])
                values = self._by_name.setdefault(name, [])
                if value not in values:
                    values.append(value)

    def best(
        self,
        role: str,
        read: Callable[[Any, str, IssueLog], Value | None],
        log: IssueLog,
        good: Callable[[Value], bool] = lambda _: True,
    ) -> Value | None:
        """The first value of that role that can be read and is `good`; where none is, the most telling one is
        read for its issues, and stays to be kept as published if nothing comes of it."""
        candidates = [(name, value) for name in _roles()[role] for value in self._by_name.get(name, ())]
        for name, raw in candidates:
            quiet = IssueLog()
            if (value := read(raw, self._keys[name], quiet)) is not None and good(value):
                log.issues += quiet.issues
                self._drop(name, raw)
                return value
        if not candidates:
            return None
        name, raw = candidates[0]
        value = read(raw, self._keys[name], log)
        if value is not None:
            self._drop(name, raw)
        return value

    def raw(self, role: str) -> Any:
        """The most telling published value of that role, which stays for whoever takes it."""
        found = (value for name in _roles()[role] for value in self._by_name.get(name, ()))
        return next(found, None)

    def take(self, role: str) -> Any:
        """The most telling published value of that role."""
        value = self.raw(role)
        for name in _roles()[role]:
            if value is not None and value in self._by_name.get(name, ()):
                self._drop(name, value)
                break
        return value

    def box(self) -> dict[str, Any] | None:
        """The four sides that harvests of ISO records leave as `bbox-west-long` and so on."""
        if any(name not in self._by_name for name in _SIDES.values()):
            return None
        return {side: self._by_name.pop(name)[0] for side, name in _SIDES.items()}

    def documents(self) -> list[tuple[str, str | None, Any]]:
        """Fields that hold links to documents: key, title, value."""
        titles: dict[str, str] = vocabulary.load("ckan_fields")["documents"]
        return [
            (self._keys[name], title or None, value)
            for name, title in titles.items()
            for value in self._by_name.pop(name, ())
        ]

    def left(self) -> dict[str, Any]:
        """What nobody took, under its published key; the values of a repeated key in a list."""
        return {
            self._keys[name]: values[0] if len(values) == 1 else values
            for name, values in self._by_name.items()
        }

    def _drop(self, name: str, value: Any) -> None:
        rest = [other for other in self._by_name[name] if other != value]
        self._by_name[name] = rest
        if not rest:
            del self._by_name[name]


def unpacked(raw: Any) -> Any:
    """A value as it was before CKAN made a text of it: lists and objects are stored as JSON, and DKAN escapes
    that for HTML."""
    if not isinstance(raw, str) or len(raw) > _JSON_LIMIT or raw[:1] not in ("[", "{"):
        return raw
    for text in (raw, unescape(raw)):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, (list, dict)) else raw
    return raw


def is_known(key: str) -> bool:
    """Do we know what a field of this key means, though its value was not needed?"""
    name = _name(key)
    return name in _known() or name.startswith("category tag ")


def first_text(raw: Any) -> Any:
    """The first of several values, for fields that have one."""
    items = listed(raw)
    return items[0] if items else None


@cache
def _roles() -> dict[str, list[str]]:
    return dict(vocabulary.load("ckan_fields")["roles"])


@cache
def _known() -> frozenset[str]:
    table = vocabulary.load("ckan_fields")
    roles = (name for names in table["roles"].values() for name in names)
    return frozenset([*roles, *table["documents"], *table["words"]["bookkeeping"]])


@lru_cache(maxsize=4_096)
def _name(key: str) -> str:
    return vocabulary.folded(key)
