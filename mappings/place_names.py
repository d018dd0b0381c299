"""Names of places as published, looked up in the gazetteer: `Boston, MA`, `Massachusetts--Boston`, `Cambridge
(Mass.)`.

A name that several places have is only read where something says which: its own state, the record's other
places, its box, the portal. Else it stays a name.
"""

import re
from functools import cache

from mappings import vocabulary
from mappings.gazetteer import (
    NATION,
    Entry,
    counties_called,
    county,
    entry,
    key_of,
    state_code,
    states,
    town,
    towns_called,
)
from mappings.place_clues import Clues

NAME_LIMIT = 120
"""Characters of a name that is looked up; longer texts are sentences."""

_BETWEEN = re.compile(r"[,;()/]|--|::| > | - ")
_TOWN_OF = re.compile(
    r"(?:the )?(?:city and county|city|town|village|borough|township) of (.+)", re.IGNORECASE
)
_COUNTY_OF = re.compile(r"county of (.+)", re.IGNORECASE)
_WHOLE_STATE = frozenset({"statewide", "state", "entire state", "state wide", "all counties", "counties"})


def resolve(name: str, clues: Clues) -> Entry | None:
    """The place a published name means; None where that would be a guess."""
    if len(name) > NAME_LIMIT:
        return None
    if key_of(name) in _nation():
        return NATION
    parts = [part for text in _BETWEEN.split(name) if (part := text.strip()) and not _says_nothing(part)]
    if not parts:
        return None
    if whole := _state(name, clues) or (_state(parts[0], clues) if len(parts) == 1 else None):
        return whole
    return _local(parts[0], clues) if len(parts) == 1 else _with_state(parts, clues)


def _with_state(parts: list[str], clues: Clues) -> Entry | None:
    """A place with its state, which stands last, or first."""
    for named, rest in ((parts[-1], parts[:-1]), (parts[0], parts[1:])):
        if code := state_code(named):
            return _in_state(rest, code, clues)
    return None


def _says_nothing(part: str) -> bool:
    """Whether a part of a name only says that it is American, or the whole state."""
    return (key := key_of(part)) in _nation() or key in _WHOLE_STATE


def _in_state(parts: list[str], code: str, clues: Clues) -> Entry | None:
    """The narrowest of some names in a named state."""
    found = [place for part in parts if (place := _named(part, code)) and clues.admit(place)]
    return min(found, key=lambda place: place.kind != "town", default=None)


def _state(name: str, clues: Clues) -> Entry | None:
    code = state_code(name)
    if code is None:
        return None
    if clues.own is not None and key_of(name) == key_of(clues.own.name):
        return clues.own
    plain = len(name) > 2 and "state" not in name.casefold()
    if plain and code in vocabulary.load("places")["states_and_more"] and clues.state != code:
        return states()[code] if code == "GA" and clues.national else None
    return states()[code]


def _named(name: str, code: str) -> Entry | None:
    """A town or county by its name in a state."""
    if found := _TOWN_OF.fullmatch(name):
        return town(key_of(found[1]), code)
    if found := _COUNTY_OF.fullmatch(name):
        return county(key_of(found[1]), code)
    key = key_of(name)
    if _says_county(key):
        return county(key, code) or town(key, code)
    return town(key, code) or county(key, code)


def _local(name: str, clues: Clues) -> Entry | None:
    if clues.state is not None:
        found = _named(name, clues.state)
        if found is not None and clues.admit(found):
            return found
    bare = _TOWN_OF.fullmatch(name)
    key = key_of(bare[1] if bare else name)
    counties = () if bare else counties_called(key)
    if _says_county(key) and len(counties) == 1:
        return entry(counties[0]) if clues.admit(entry(counties[0])) else None
    if not clues.is_local:
        return None
    for rows in (towns_called(key), counties):
        fitting = [place for place in map(entry, rows) if clues.admit(place)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _says_county(key: str) -> bool:
    return key.endswith(_county_endings())


@cache
def _county_endings() -> tuple[str, ...]:
    return tuple(f" {kind}" for kind in vocabulary.load("places")["county_kinds"])


@cache
def _nation() -> frozenset[str]:
    return frozenset(key_of(text) for text in vocabulary.load("places")["nation"])
