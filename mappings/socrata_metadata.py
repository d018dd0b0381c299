"""Socrata's custom fields ("domain metadata"): which of them mean what, on portals nobody has set rules for.

Every portal invents its own: `Details_Update-Frequency`, `Refresh-Frequency_Frequency`. The names in
`socrata_fields.toml` decide; a field that is not asked for is kept as published.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

from mappings import vocabulary
from mappings.consume import says_something
from mappings.issue import IssueLog

Value = TypeVar("Value")

FIELD_LIMIT = 500
"""Custom fields of one dataset that are read; New York's datasets have four, Colorado's forty."""
KEY_LIMIT = 100

_ASIDE = re.compile(r"---.*|\(.*", re.DOTALL)


class DomainMetadata:
    """The custom fields of one dataset, each to be taken once."""

    __slots__ = ("_fields",)

    def __init__(self, raw: Any) -> None:
        """`raw` is Discovery's list of `{"key": …, "value": …}`; blank values count as absent."""
        self._fields: list[tuple[str, str, Any]] = []
        for entry in raw[:FIELD_LIMIT] if isinstance(raw, list) else []:
            if isinstance(entry, dict) and says_something(entry.get("value")):
                key = str(entry.get("key"))
                self._fields.append((_name(key), key[:KEY_LIMIT], entry["value"]))

    def __bool__(self) -> bool:
        return bool(self._fields)

    def best(
        self,
        role: str,
        read: Callable[[Any, str, IssueLog], Value | None],
        log: IssueLog,
        good: Callable[[Value], bool] = lambda _: True,
    ) -> Value | None:
        """The value of the first field of that role that can be read and is `good`.

        Where none is, the most telling one is read for its issues ("Other (please describe below)"). One that
        cannot be read at all stays, to be kept as published.
        """
        candidates = self._candidates(role)
        for candidate in candidates:
            if (value := read(candidate[2], candidate[1], IssueLog())) is not None and good(value):
                self._fields.remove(candidate)
                return read(candidate[2], candidate[1], log)
        if not candidates:
            return None
        value = read(candidates[0][2], candidates[0][1], log)
        if value is not None:
            self._fields.remove(candidates[0])
        return value

    def take(self, role: str) -> Any:
        """The most telling published value of that role."""
        candidates = self._candidates(role)
        if not candidates:
            return None
        self._fields.remove(candidates[0])
        return candidates[0][2]

    def documents(self) -> Iterator[tuple[str, str, Any]]:
        """Fields that may hold links: key, title, value. They stay until `drop`ped."""
        titles = _titles()
        return iter([(key, titles[name], value) for name, key, value in self._fields if name in titles])

    def drop(self, key: str) -> None:
        """Count all fields of this key as taken."""
        self._fields = [field for field in self._fields if field[1] != key]

    def left(self) -> dict[str, Any]:
        """What nobody took; the values of a repeated key in a list."""
        left: dict[str, Any] = {}
        for _, key, value in self._fields:
            if key in left:
                left[key] = [*(left[key] if isinstance(left[key], list) else [left[key]]), value]
            else:
                left[key] = value
        return left

    def _candidates(self, role: str) -> list[tuple[str, str, Any]]:
        ranks = _ranks(role)
        found = [field for field in self._fields if field[0] in ranks]
        return sorted(found, key=lambda field: ranks[field[0]]) if len(found) > 1 else found


def is_place(text: str) -> bool:
    """Is this more than a kind of area ("Statewide")?"""
    return vocabulary.folded(text) not in _not_places()


def is_known(key: str) -> bool:
    """Do we know what a field of this key means, though its value was not needed?"""
    return _name(key) in _known()


@cache
def _known() -> frozenset[str]:
    table = vocabulary.load("socrata_fields")
    roles = (name for names in table["roles"].values() for name in names)
    return frozenset([*roles, *table["documents"], *table["words"]["bookkeeping"]])


@cache
def _not_places() -> frozenset[str]:
    return frozenset(map(vocabulary.folded, vocabulary.load("socrata_fields")["words"]["not_places"]))


@cache
def _ranks(role: str) -> dict[str, int]:
    names = vocabulary.load("socrata_fields")["roles"][role]
    return {name: rank for rank, name in enumerate(names)}


@cache
def _titles() -> dict[str, str]:
    return dict(vocabulary.load("socrata_fields")["documents"])


def _name(key: str) -> str:
    name = _ASIDE.sub("", key.split("_", 1)[-1])
    return vocabulary.folded(name).rstrip(" ?")
