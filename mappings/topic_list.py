"""The vocabulary of topics: which words and categories mean which subject, found by looking words up.

Nothing is matched by similarity. A phrase counts before the words in it, so that a fire hydrant is a utility
and no fire; a phrase of `not_meant` counts as nothing at all.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from mappings import vocabulary
from mappings.signature import folded

LONGEST = 4
"""Words of the longest phrases that are looked up."""

_WORD = re.compile(r"[a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_PLURAL = ("ss", "us", "is", "ews")

Topics = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Topics by phrase; `first` are the words that phrases begin with, which most words of a text are not."""

    topics: Mapping[str, Topics]
    first: frozenset[str]


@cache
def labels() -> Mapping[str, str]:
    """The label of each topic by its id."""
    return {name: topic["label"] for name, topic in _rows()}


@cache
def words() -> Phrases:
    """What means a topic in a title or keyword."""
    return _phrases("words")


@cache
def categories() -> Phrases:
    """What means a topic in a category or theme: the words too."""
    return _phrases("words", "themes", "iso", "categories")


@cache
def silent_categories() -> frozenset[str]:
    """Categories that name no subject."""
    return frozenset(_key(text) for text in vocabulary.load("topics")["no_topic"])


def key_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are compared: without case, accents, plural endings and "and"."""
    return tuple([_singular(word) for word in _WORD.findall(folded(text)) if word != "and"])


def category_words(label: str) -> tuple[str, ...]:
    """The words of a category, also of one written as a code (`planningCadastre`)."""
    return key_of(label if " " in label else _HUMP.sub(" ", label))


def found_in(text: tuple[str, ...], phrases: Phrases) -> Iterator[str]:
    """The topics of the phrases in a text, from left to right, the longest phrase at each word."""
    at, end = 0, len(text)
    while at < end:
        step = 1
        if text[at] in phrases.first:
            for size in range(min(LONGEST, end - at), 0, -1):
                topics = phrases.topics.get(" ".join(text[at : at + size]))
                if topics is not None:
                    yield from topics
                    step = size
                    break
        at += step


def _phrases(*kinds: str) -> Phrases:
    table: dict[str, dict[str, None]] = {_key(text): {} for text in vocabulary.load("topics")["not_meant"]}
    for name, topic in _rows():
        for kind in kinds:
            for text in topic.get(kind, ()):
                table.setdefault(_key(text), {})[name] = None
    return Phrases(
        {phrase: tuple(topics) for phrase, topics in table.items()},
        frozenset(phrase.split(" ")[0] for phrase in table),
    )


def _rows() -> Iterator[tuple[str, dict[str, str]]]:
    return ((name, row) for name, row in vocabulary.load("topics").items() if isinstance(row, dict))


def _key(text: str) -> str:
    return " ".join(category_words(text))


def _singular(word: str) -> str:
    if len(word) < 4 or word[-1] != "s" or word.endswith(_NO_PLURAL):
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]
