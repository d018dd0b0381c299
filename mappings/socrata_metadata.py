"""Socrata's custom fields ("domain metadata"): which of them mean what, on portals nobody has set rules for.

Every portal invents its own: `Details_Update-Frequency`, `Refresh-Frequency_Frequency`. The names in
`socrata_fields.toml` decide, and for names that are not there the last word (`Rate of Publishing Frequency`,
`NLM Organization`); a field that is not asked for is kept as published.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from mappings import vocabulary
from mappings.consume import listed, says_something
from mappings.frequencies import read_frequency
from mappings.issue import IssueLog

Value = TypeVar("Value")

FIELD_LIMIT = 500
"""Custom fields of one dataset that are read; New York's datasets have four, Colorado's forty."""
KEY_LIMIT = 100
CANDIDATES = 10
"""Fields of one role that are read until one says something; the others are kept as published."""

NAME_LIMIT = 120
"""Characters of a value that may be an agency's name."""

_NO_NAME = re.compile(r"://|@|^[\d\W]+$|^(?:yes|no|true|false)$", re.IGNORECASE)
_ASIDE = re.compile(r"---.*|\(.*", re.DOTALL)


@dataclass(slots=True)
class _Field:
    """A custom field: its name as roles know it, its key and value as published."""

    name: str
    key: str
    value: Any


class DomainMetadata:
    """The custom fields of one dataset, each to be taken once."""

    __slots__ = ("_by_role", "_left")

    def __init__(self, raw: Any) -> None:
        """`raw` is Discovery's list of `{"key": …, "value": …}`; blank values count as absent."""
        self._left: list[_Field] = []
        self._by_role: dict[str, list[tuple[int, _Field]]] = {}
        roles = _roles()
        for entry in raw[:FIELD_LIMIT] if isinstance(raw, list) else []:
            if isinstance(entry, dict) and says_something(entry.get("value")):
                key = str(entry.get("key"))[:KEY_LIMIT]
                field = _Field(_name(key), key, entry["value"])
                self._left.append(field)
                if place := roles.get(field.name) or _by_last_word(field.name, field.value):
                    self._by_role.setdefault(place[0], []).append((place[1], field))

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
        if role not in self._by_role:
            return None
        candidates = self._candidates(role)
        for field in candidates:
            quiet = IssueLog()
            if (value := read(field.value, field.key, quiet)) is not None and good(value):
                log.issues += quiet.issues
                self._left.remove(field)
                return value
        value = read(candidates[0].value, candidates[0].key, log)
        if value is not None:
            self._left.remove(candidates[0])
        return value

    def take(self, role: str) -> Any:
        """The most telling published value of that role."""
        for field in self._candidates(role):
            self._left.remove(field)
            return field.value
        return None

    def documents(self) -> list[tuple[str, str, Any]]:
        """Fields that may hold links: key, title, value. They stay until `drop`ped."""
        titles = _titles()
        return [(field.key, titles[field.name], field.value) for field in self._left if field.name in titles]

    def drop(self, key: str) -> None:
        """Count all fields of this key as taken."""
        self._left = [field for field in self._left if field.key != key]

    def left(self) -> dict[str, Any]:
        """What nobody took; the values of a repeated key in a list."""
        left: dict[str, Any] = {}
        for field in self._left:
            if field.key in left:
                left[field.key] = [*listed(left[field.key]), field.value]
            else:
                left[field.key] = field.value
        return left

    def _candidates(self, role: str) -> list[_Field]:
        ranked = sorted(self._by_role.pop(role, ()), key=itemgetter(0))
        return [field for _, field in ranked[:CANDIDATES]]


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
def _roles() -> dict[str, tuple[str, int]]:
    """Role and rank of each name; a name has one role."""
    table = vocabulary.load("socrata_fields")["roles"]
    return {name: (role, rank) for role, names in table.items() for rank, name in enumerate(names)}


@lru_cache(maxsize=4_096)
def _role_of_last_word(name: str) -> tuple[str, int] | None:
    """Role of a name that no portal we know has: by its last word, unless another says it is of something
    else (`Agency Website`, `Sampling Frequency`). It ranks below all names we know."""
    table = vocabulary.load("socrata_fields")
    words = re.findall(r"[^\W_]+", name)
    if not words or not frozenset(words).isdisjoint(table["last_words"]["not_beside"]):
        return None
    roles = ("frequency", "publisher")
    found = (role for role in roles if words[-1] in table["last_words"][role])
    role = next(found, None)
    return (role, len(table["roles"][role])) if role else None


def _by_last_word(name: str, value: Any) -> tuple[str, int] | None:
    place = _role_of_last_word(name)
    if place is None or not isinstance(value, str):
        return None
    if place[0] == "publisher":
        return place if len(value) <= NAME_LIMIT and not _NO_NAME.search(value) else None
    return place if (read := read_frequency(value, name, IssueLog())) and read.value else None


@cache
def _titles() -> dict[str, str]:
    return dict(vocabulary.load("socrata_fields")["documents"])


@lru_cache(maxsize=4_096)
def _name(key: str) -> str:
    name = _ASIDE.sub("", key.split("_", 1)[-1])
    return vocabulary.folded(name).rstrip(" ?")
