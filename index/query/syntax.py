"""The query language: words, "phrases", -exclude, field:value, OR between words.

Stub of shapes; the parser is `parse`.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Word:
    """One word as typed, lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must stand next to each other, in this order, unstemmed order kept."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Alternatives joined by OR; one of them is enough."""

    options: tuple["Word | Phrase", ...]


Clause = Word | Phrase | AnyOf


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The clauses wanted, those excluded, and the facets named in the text."""

    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Word | Phrase, ...] = ()
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
