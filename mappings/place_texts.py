"""Places named in titles and descriptions, by the words that name them and with how sure that is.

A place with its state is nearly sure; a bare name is only read where the portal or the publisher says the
state, and never where the words beside it make it something else (Ohio River, Lincoln Street, Lake Michigan).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from mappings import vocabulary
from mappings.gazetteer import (
    Entry,
    counties_called,
    county,
    entry,
    first_words,
    key_of,
    state_code,
    states,
    town,
)
from mappings.place_clues import Clues

DESCRIPTION_READ = 400
"""Characters of a description: where the data is about is said at its beginning, or not at all."""
PLACES_LIMIT = 5
"""Places read from one text; a text with more is a list of examples."""
_LONGEST = 4

_WORDS = re.compile(r"([^\W_]+(?:['’][^\W_]+)?)")
_CAPITAL = re.compile(r"[A-Z]\w+")
_AROUND = 50
"""Characters beside a hint that are read."""
_INNER = frozenset({" ", ". ", "-", ".", "  "})
_TOWN_KINDS = frozenset({"city", "town", "village", "borough", "township"})
_COUNTY_KINDS = frozenset({"county", "parish", "borough"})
_BEFORE_STATES = frozenset({"in", "for", "throughout", "across", "within", "state", "commonwealth"})


@dataclass(frozen=True, slots=True)
class Found:
    """A place, the words that name it, and how sure that is, 0 to 1."""

    place: Entry
    evidence: str
    confidence: float


@dataclass(slots=True)
class _Text:
    """A text cut into words; `parts` are the words with what stands between them, `keys` the words as
    compared."""

    parts: list[str]
    words: list[str]
    keys: list[str]

    def said(self, first: int, last: int) -> str:
        """The text from one word to another."""
        return "".join(self.parts[2 * first + 1 : 2 * last + 2])

    def gap(self, i: int) -> str:
        """What stands before a word."""
        return self.parts[2 * i]

    def key(self, i: int) -> str:
        """A word as compared; empty beyond the ends."""
        return self.keys[i] if 0 <= i < len(self.keys) else ""


def places_in(title: str, description: str | None, clues: Clues) -> list[Found]:
    """The places a title names, else those of the description's beginning, where they are named in full."""
    found = _narrowest(_read(title, clues, in_title=True), clues)
    if not found and description and (told := _told(description)):
        found = _narrowest(_read(told, clues, in_title=False), clues)
        if len({one.place.state for one in found}) > 1:
            found = []
    return found if len(found) <= PLACES_LIMIT else []


def _told(description: str) -> str:
    """The stretch of a description's beginning that may name places, whole words; mostly there is none."""
    text = description[:DESCRIPTION_READ]
    known = _hints()
    hints = [match for match in _CAPITAL.finditer(text) if match[0] in known]
    if not hints:
        return ""
    first, last = hints[0].start() - _AROUND, hints[-1].end() + _AROUND
    return text[text.find(" ", first) if first > 0 else 0 : last]


def _narrowest(found: Iterator[Found], clues: Clues) -> list[Found]:
    """Each place once and where it can be, without the states and counties around others."""
    once: dict[str, Found] = {}
    for one in found:
        if clues.admit(one.place):
            known = once.get(one.place.id)
            if known is None or known.confidence < one.confidence:
                once[one.place.id] = one
    states_within = {one.place.state for one in once.values() if one.place.kind != "state"}
    return [one for one in once.values() if one.place.kind != "state" or one.place.state not in states_within]


def _read(text: str, clues: Clues, *, in_title: bool) -> Iterator[Found]:
    cut, beginnings, after = _cut(text), first_words(), 0
    for at in [i for i, key in enumerate(cut.keys) if key in beginnings]:
        if at < after or not cut.words[at][0].isupper():
            continue
        longest = min(beginnings[cut.keys[at]], _LONGEST, len(cut.words) - at)
        for size in range(longest, 0, -1):
            if size > 1 and any(cut.gap(i) not in _INNER for i in range(at + 1, at + size)):
                continue
            if found := _at(cut, at, size, clues, in_title=in_title):
                yield found[0]
                after = at + found[1]
                break


def _at(cut: _Text, at: int, size: int, clues: Clues, *, in_title: bool) -> tuple[Found, int] | None:
    """A place named by `size` words, and how many words that takes with its state."""
    name, last = " ".join(cut.keys[at : at + size]), at + size - 1
    code, used = _state_after(cut, last + 1)
    says_county = size > 1 and cut.keys[last] in _COUNTY_KINDS
    if code and (place := county(name, code) if says_county else town(name, code)):
        return Found(place, cut.said(at, last + used), 0.95), size + used
    if says_county:
        return _county(cut, at, size, name, clues)
    before, after = cut.key(at - 1), cut.key(last + 1)
    if before == "of" and cut.key(at - 2) in _TOWN_KINDS and clues.state:
        own = town(name, clues.state)
        return (Found(own, cut.said(at - 2, last), 0.85), size) if own else None
    joined = last + 1 < len(cut.words) and cut.gap(last + 1) in _INNER
    whose = f"{cut.key(at - 2)} of" if before == "of" else before
    if (joined and after in _words("makes_other")) or whose in _words("made_other_by"):
        return None
    if code := _state_names().get(name):
        return _state(cut, at, size, code, clues, in_title=in_title)
    return _bare(cut, at, size, name, clues) if in_title else None


def _county(cut: _Text, at: int, size: int, name: str, clues: Clues) -> tuple[Found, int] | None:
    words = cut.said(at, at + size - 1)
    if clues.state and (place := county(name, clues.state)):
        return Found(place, words, 0.85), size
    rows = counties_called(name)
    return (Found(entry(rows[0]), words, 0.7), size) if len(rows) == 1 else None


def _state(
    cut: _Text, at: int, size: int, code: str, clues: Clues, *, in_title: bool
) -> tuple[Found, int] | None:
    last = at + size - 1
    if code in _words("states_and_more") and clues.state != code and cut.key(last + 1) != "state":
        return None
    before = cut.key(at - 1)
    if before == "of":
        before = cut.key(at - 2)
    if not in_title and (clues.national or before not in _BEFORE_STATES):
        return None
    return Found(states()[code], cut.said(at, last), 0.8 if in_title else 0.5), size


def _bare(cut: _Text, at: int, size: int, name: str, clues: Clues) -> tuple[Found, int] | None:
    if clues.state is None or len(name) < 4:
        return None
    place = town(name, clues.state)
    if place is None:
        return None
    if place == clues.own:
        return Found(place, cut.said(at, at + size - 1), 0.8), size
    if (
        name in _words("ordinary")
        or cut.words[at].isupper()
        or (clues.own is not None and clues.own.kind == "town")
    ):
        return None
    return Found(place, cut.said(at, at + size - 1), 0.6), size


def _state_after(cut: _Text, at: int) -> tuple[str | None, int]:
    """The state named right after a word, and the words it takes: `, MA`, ` MA`, `, New Hampshire`."""
    if at >= len(cut.words):
        return None, 0
    gap = cut.gap(at).strip()
    if gap not in ("", ",", "(", ", ("):
        return None, 0
    two = f"{cut.keys[at]} {cut.key(at + 1)}"
    if gap and two in _state_names() and cut.gap(at + 1) == " ":
        return _state_names()[two], 2
    word = cut.words[at]
    if len(word) == 2 and word.isupper() and (gap or cut.words[at - 1] != cut.words[at - 1].upper()):
        return state_code(word), 1
    if gap and (code := state_code(word)):
        return code, 1
    return None, 0


def _cut(text: str) -> _Text:
    parts = _WORDS.split(text)
    words = parts[1::2]
    keys = [word.lower() for word in words]
    if not text.isascii() or not vocabulary.load("places")["short"].keys().isdisjoint(keys):
        keys = [key_of(word) for word in words]
    return _Text(parts, words, keys)


@cache
def _hints() -> frozenset[str]:
    """Words of which one stands in or beside every place that a description is read for."""
    kinds = [word for kind in (*_TOWN_KINDS, *_COUNTY_KINDS) for word in (kind.title(), kind.upper())]
    names = [*(state.name for state in states().values()), *vocabulary.load("places")["abbreviations"]]
    return frozenset({*kinds, *states(), *(name.replace(".", " ").split(" ")[0] for name in names)})


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(vocabulary.load("places")[kind])


@cache
def _state_names() -> dict[str, str]:
    return {key_of(state.name): code for code, state in states().items()}
