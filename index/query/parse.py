"""Parse what a person typed. Any text gives a query or a BadRequest, never another error.

Limits (the hub is public): 512 characters, 32 words, 8 phrases; control characters are refused.
"""

import re
import unicodedata
from collections.abc import Iterable

from index.analysis import words
from index.query.lexer import Piece, pieces
from index.query.model import MAX_PHRASES, MAX_QUERY_CHARACTERS, MAX_TERMS, BadRequest
from index.query.syntax import AnyOf, Clause, ParsedQuery, Phrase, Word

OPEN_QUOTE = "A quotation mark was not closed, so everything after it was searched as one phrase."

_SCHEME = re.compile(r"\b(?:https?|ftp)://(?:www\.)?", re.IGNORECASE)
_APART = re.compile(r"[^\w\s.'’&+\-‐‑−–_]+")
"""What separates words inside one run of characters: slashes, commas, colons and the like. Hyphens, points,
apostrophes, ampersands and underscores join parts to one word instead (covid-19, data.gov, R&D)."""


def parse(text: str) -> ParsedQuery:
    """The query in a text. Raises BadRequest("q", …) when it is over a limit."""
    _refuse(text)
    found = list(pieces(_SCHEME.sub(" ", text)))
    if (count := _size(found)) > MAX_TERMS:
        raise BadRequest(
            "q", f"the query has {count} words, at most {MAX_TERMS} are searched; leave some out"
        )
    if (count := _phrases(found)) > MAX_PHRASES:
        raise BadRequest(
            "q",
            f"the query has {count} phrases (in quotation marks, or words of several parts like covid-19), "
            f"at most {MAX_PHRASES} are searched; leave some out",
        )
    return ParsedQuery(
        clauses=tuple(dict.fromkeys(_clauses(found))),
        excluded=tuple(dict.fromkeys(term for piece in found if piece.excluded for term in _terms(piece))),
        filters=_values(piece for piece in found if not piece.excluded),
        excluded_filters=_values(piece for piece in found if piece.excluded),
        hints=(OPEN_QUOTE,) if any(piece.open_quote for piece in found) else (),
    )


def _refuse(text: str) -> None:
    if len(text) > MAX_QUERY_CHARACTERS:
        raise BadRequest(
            "q", f"the query has {len(text)} characters, at most {MAX_QUERY_CHARACTERS} are searched"
        )
    for char in text:
        if char not in "\t\n\r" and unicodedata.category(char) in {"Cc", "Cs"}:
            raise BadRequest("q", f"the query holds a control character (U+{ord(char):04X}); remove it")


def _clauses(found: list[Piece]) -> list[Clause]:
    """The wanted clauses; an OR between two of them joins what stands next to it."""
    clauses: list[Clause] = []
    after_term = joining = False
    for piece in found:
        if piece.kind == "or":
            joining = after_term
            continue
        terms = [] if piece.excluded else _terms(piece)
        for term in terms:
            if joining:
                clauses[-1] = _joined(clauses[-1], term)
            else:
                clauses.append(term)
            joining = False
        after_term, joining = bool(terms), False
    return clauses


def _joined(clause: Clause, term: Word | Phrase) -> Clause:
    options = clause.options if isinstance(clause, AnyOf) else (clause,)
    return AnyOf((*options, term)) if term not in options else clause


def _terms(piece: Piece) -> list[Word | Phrase]:
    if piece.kind == "phrase":
        quoted = tuple(words(piece.text))
        return [Phrase(quoted)] if quoted else []
    if piece.kind != "term":
        return []
    parts = [tuple(words(part)) for part in _APART.split(piece.text)]
    return [Word(part[0]) if len(part) == 1 else Phrase(part) for part in parts if part]


def _values(found: Iterable[Piece]) -> dict[str, tuple[str, ...]]:
    values: dict[str, tuple[str, ...]] = {}
    for piece in found:
        value = piece.text.strip()
        if piece.kind == "value" and value:
            values[piece.facet] = tuple(dict.fromkeys((*values.get(piece.facet, ()), value)))
    return values


def _phrases(found: list[Piece]) -> int:
    """Different phrases of more than one word, those excluded counted."""
    terms = {term for piece in found for term in _terms(piece)}
    return sum(isinstance(term, Phrase) and len(term.words) > 1 for term in terms)


def _size(found: list[Piece]) -> int:
    """Words of the query: repeated ones, each part of a phrase, and each value count."""
    count = 0
    for piece in found:
        count += piece.kind == "value"
        count += sum(len(term.words) if isinstance(term, Phrase) else 1 for term in _terms(piece))
    return count
