"""The gazetteer: states, counties and towns of the United States with codes and boxes, read when first
needed.

`gazetteer.csv.gz` is made by `tools/build_gazetteer.py`, which names the sources. States and counties are
called by their FIPS code (`fips-25`, `fips-25017`), towns by state and name (`us-ma-cambridge`), as the
sources have no code of theirs. A town's box is a square around its point where no outline is known.
"""

import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from mappings import vocabulary
from mappings.signature import folded

Box = tuple[float, float, float, float]
Row = str
"""A line of the file, split only when its place is asked for: as tuples they would take 20 MB more."""

_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHE = re.compile("['’]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of the gazetteer. `kind` is nation, state, county or town; `state` a USPS code, empty for the
    nation; `counties` are the FIPS codes of a town's."""

    kind: str
    id: str
    name: str
    state: str
    counties: tuple[str, ...]
    box: Box | None

    @property
    def label(self) -> str:
        """The name with its state: `Cambridge, Massachusetts`."""
        if self.kind in ("nation", "state"):
            return self.name
        return f"{self.name}, {states()[self.state].name}"


NATION = Entry("nation", "us", "United States", "", (), None)
"""Without a box: with Alaska and the islands it would go round half the Earth and tell nothing."""


@dataclass(frozen=True, slots=True)
class _Tables:
    states: Mapping[str, Entry]
    first: Mapping[str, int]
    towns: Mapping[str, Sequence[Row]]
    counties: Mapping[str, Sequence[Row]]


def states() -> Mapping[str, Entry]:
    """States, the District of Columbia and territories by USPS code."""
    return _tables().states


def towns_called(name: str) -> Sequence[Row]:
    """Rows of the towns with a name as `key_of` writes it; `entry` reads them."""
    return _tables().towns.get(name, ())


def counties_called(name: str) -> Sequence[Row]:
    """Rows of the counties with a name, with or without "County", as `key_of` writes it."""
    return _tables().counties.get(name, ())


def first_words() -> Mapping[str, int]:
    """The words that names of places begin with, and how many words the longest of those has; most words of a
    text begin none."""
    return _tables().first


def town(name: str, state: str) -> Entry | None:
    """The town of that name, or of another of its names, in a state."""
    name, only = vocabulary.load("places")["other_names"].get(name, (name, state))
    return _in_state(towns_called(name), state) if only == state else None


def county(name: str, state: str) -> Entry | None:
    """The county of that name in a state."""
    return _in_state(counties_called(name), state)


def _in_state(rows: Sequence[Row], state: str) -> Entry | None:
    within = f",{state},"
    return next((entry(row) for row in rows if within in row), None)


@lru_cache(maxsize=4096)
def entry(row: Row) -> Entry:
    """A row of the file, read."""
    kind, id_, name, state, counties, *sides = row.split(",")
    west, south, east, north = map(float, sides)
    return Entry(kind, id_, name, state, tuple(counties.split()), (west, south, east, north))


def key_of(text: str) -> str:
    """A name as it is looked up: no case, accents or punctuation; "Saint" is "st", "Mount" "mt", "Fort"
    "ft"."""
    short = vocabulary.load("places")["short"]
    words = _WORD.findall(_APOSTROPHE.sub("", folded(text)))
    return " ".join([short.get(word, word) for word in words])


@cache
def state_names() -> Mapping[str, str]:
    """USPS codes by name and old abbreviation ("mass", "calif"), as `key_of` writes them; codes are no
    names."""
    named = {key_of(state.name): code for code, state in states().items()}
    old: dict[str, str] = vocabulary.load("places")["abbreviations"]
    return {**{key_of(text): code for text, code in old.items()}, **named}


def state_code(text: str) -> str | None:
    """The USPS code of a state by name, abbreviation or code; codes count in capitals only: "in" is none."""
    bare = text.strip(" .")
    dotless = bare.replace(".", "")
    if len(dotless) == 2:
        return dotless if dotless.isupper() and dotless in states() else None
    name = key_of(bare)
    for lead in ("state of ", "commonwealth of "):
        name = name.removeprefix(lead)
    return state_names().get(name) or state_names().get(name.removesuffix(" state"))


@cache
def _tables() -> _Tables:
    raw = resources.files("mappings").joinpath("gazetteer.csv.gz").read_bytes()
    found: dict[str, Entry] = {}
    towns: dict[str, list[Row]] = {}
    counties: dict[str, list[Row]] = {}
    kinds = vocabulary.load("places")["county_kinds"]
    for row in gzip.decompress(raw).decode().splitlines():
        kind, _, name, state, _ = row.split(",", 4)
        if kind == "state":
            found[state] = entry(row)
            continue
        key = key_of(name)
        if kind == "town":
            towns.setdefault(key, []).append(row)
            continue
        counties.setdefault(key, []).append(row)
        bare = next((key.removesuffix(f" {kind}") for kind in kinds if key.endswith(f" {kind}")), key)
        if bare != key:
            counties.setdefault(bare, []).append(row)
    first: dict[str, int] = {}
    others = vocabulary.load("places")["other_names"]
    for name in (*towns, *counties, *others, *(key_of(state.name) for state in found.values())):
        begin = name.partition(" ")[0]
        first[begin] = max(first.get(begin, 0), name.count(" ") + 1)
    return _Tables(found, first, towns, counties)
