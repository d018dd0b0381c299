"""Show where the words of a query stand: in a title, and in the part of a description that has most of them.

Pieces are (text, is_match), so that each caller escapes and marks in its own way. Only words that may match
are looked at closely: their beginnings are searched for first, which C does for a whole description at once.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import MappingProxyType

from index.analysis import same_length, stands_alone, stem
from index.query.syntax import AnyOf, Clause, Phrase, Word

WIDTH = 200
"""Characters of a snippet: two lines of a result card."""

_LEAD = 40
"""Characters before the first match, to show what it belongs to."""

SCANNED = 8_192
"""Characters of a description that are looked at; beyond, its beginning stands for it."""

Piece = tuple[str, bool]
Span = tuple[int, int]

_WORD = re.compile(r"[^\W_]+")
_BREAKS = re.compile(r"\s+")
_IRREGULAR = MappingProxyType({"die": "d", "lie": "l", "tie": "t"})
"""Stems of dying, lying, tying."""


@dataclass(frozen=True, slots=True)
class Highlighter:
    """Marks the words of one query: any form with the stem of a word, a phrase's own words exactly."""

    stems: frozenset[str]
    exact: frozenset[str]
    beginnings: tuple[tuple[str, bool], ...]
    """What matching words start with, and whether that is a word by itself, in a script without spaces."""

    @classmethod
    def of(cls, clauses: Iterable[Clause]) -> "Highlighter":
        """The highlighter of the clauses of a query."""
        terms = list(_terms(clauses))
        stems = frozenset(stem(term.text) for term in terms if isinstance(term, Word))
        exact = frozenset(word for term in terms if isinstance(term, Phrase) for word in term.words)
        beginnings = {_beginning(found) for found in stems} | exact
        return cls(stems, exact, tuple((found, stands_alone(found)) for found in sorted(beginnings)))

    def marked(self, text: str) -> list[Piece]:
        """The whole text in pieces."""
        return _pieces(text, self.spans(text), 0, len(text))

    def snippet(self, text: str) -> list[Piece]:
        """The part of a text with most of the words, in pieces; its beginning where none is found."""
        looked_at = text[:SCANNED]
        spans = self.spans(looked_at)
        start, end = _window(looked_at, spans)
        pieces = _pieces(looked_at, spans, start, end)
        shown = looked_at[start:end]
        if "\n" in shown or "  " in shown or "\t" in shown:
            pieces = [(_BREAKS.sub(" ", part), match) for part, match in pieces]
        if start > 0:
            pieces.insert(0, ("… ", False))
        if end < len(text):
            pieces.append((" …", False))
        return pieces

    def spans(self, text: str) -> list[Span]:
        """Where the words stand, in order."""
        plain = same_length(text)
        found: list[Span] = []
        for beginning, alone in self.beginnings:
            at = plain.find(beginning)
            while at >= 0:
                if alone:
                    found.append((at, at + len(beginning)))
                elif not at or not plain[at - 1].isalnum():
                    word = _WORD.match(plain, at)
                    if word is not None and self._matches(word[0]):
                        found.append(word.span())
                at = plain.find(beginning, at + 1)
        return sorted(set(found)) if len(self.beginnings) > 1 else found

    def _matches(self, word: str) -> bool:
        return word in self.exact or stem(word) in self.stems


def _terms(clauses: Iterable[Clause]) -> Iterator[Word | Phrase]:
    for clause in clauses:
        yield from clause.options if isinstance(clause, AnyOf) else (clause,)


def _beginning(stemmed: str) -> str:
    """What every word with this stem starts with: Snowball turns a final y into i or puts an e back."""
    return _IRREGULAR.get(stemmed) or (stemmed[:-1] if len(stemmed) > 2 else stemmed[:1])


def _window(text: str, spans: list[Span]) -> Span:
    """The stretch of about `WIDTH` characters with most matches, the first of several, at word boundaries."""
    if len(text) <= WIDTH or not spans:
        return 0, _cut(text, WIDTH)
    most = start = end = 0
    for first, (left, _) in enumerate(spans):
        while end < len(spans) and spans[end][1] - left <= WIDTH - _LEAD:
            end += 1
        if end - first > most:
            most, start = end - first, left
    if start <= _LEAD:
        return 0, _cut(text, WIDTH)
    lead = text.find(" ", start - _LEAD, start) + 1 or start
    return lead, _cut(text, lead + WIDTH)


def _cut(text: str, end: int) -> int:
    """The end of the last whole word before `end`."""
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, end - 40), end)
    return space if space > 0 else end


def _pieces(text: str, spans: list[Span], start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    at = start
    for left, right in spans:
        if left < start or right > end:
            continue
        if left > at:
            pieces.append((text[at:left], False))
        pieces.append((text[left:right], True))
        at = right
    if at < end:
        pieces.append((text[at:end], False))
    return pieces
