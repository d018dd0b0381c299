"""The query language as a tree: words, "phrases", -exclude, field:value, OR between words.

`index.query.parse` makes it from what a person typed, engines build their own queries from it. All words in
it are words of `index.analysis` (lower case, no accents), so no engine ever parses what somebody typed.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Word:
    """One word; it matches by its stem, and counts more where it stands exactly."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that must stand next to each other, in this order, in exactly these forms.

    Made by quotation marks, and by one word that has several parts (covid-19, 水質): one of those is not
    found in texts that hold its parts far from each other.
    """

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Alternatives joined by OR; one of them is enough."""

    options: tuple["Word | Phrase", ...]


Clause = Word | Phrase | AnyOf


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The clauses wanted, those excluded, and the facets named in the text.

    `filters` and `excluded_filters` map a facet's name to its values, as typed when the query has just been
    parsed, as the index holds them once `index.query.selection` has looked them up. `hints` are sentences
    for the person who asked.
    """

    clauses: tuple[Clause, ...] = ()
    excluded: tuple[Word | Phrase, ...] = ()
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    excluded_filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
