"""The level that the words of an unknown publisher's name show: `Villanova University`, `Baldwin Borough`."""

import re
from functools import cache

from mappings import vocabulary
from mappings.agency_names import state_prefix

_LIMIT = 100
"""Characters; a longer text is a sentence about the source."""


def certain_level(name: str) -> str | None:
    """The level where the words leave no doubt, whoever's portal it is; "other" is of no one government:
    a university, a firm, a school district, an authority of several towns."""
    text = f" {' '.join(name.split()).casefold()} "
    if len(text) > _LIMIT:
        return None
    if text.startswith((" u.s. ", " united states ")):
        return "federal"
    bare = _not_kinds().sub(" ", text)
    level = next((level for level, pattern in _patterns("certain") if pattern.search(bare)), None)
    if level == "other" and "authority" in bare and state_prefix(name.strip()) is not None:
        return None  # a state's own, such as Maryland's Transportation Authority
    return level


def likely_level(name: str) -> str | None:
    """The level that a word shows where no address says more."""
    text = f" {' '.join(name.split()).casefold()} "
    if len(text) > _LIMIT:
        return None
    return next((level for level, pattern in _patterns("likely") if pattern.search(text)), None)


@cache
def _patterns(kind: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    table: dict[str, dict[str, list[str]]] = vocabulary.load("agency_kinds")
    return tuple((level, _any_of(words)) for level, words in table[kind].items())


@cache
def _not_kinds() -> re.Pattern[str]:
    return _any_of(vocabulary.load("agency_kinds")["not_kinds"])


def _any_of(words: list[str]) -> re.Pattern[str]:
    """Whole words; `…` at an end stands for any letters, `^` and `$` for the ends of the name."""
    return re.compile("|".join(map(_pattern, words)))


def _pattern(word: str) -> str:
    start = r"\A " if word.startswith("^") else r"\w*" if word.startswith("…") else r"(?<!\w)"
    end = r" \Z" if word.endswith("$") else "" if word.endswith("…") else r"(?!\w)"
    return start + re.escape(word.strip("^$…")) + end
