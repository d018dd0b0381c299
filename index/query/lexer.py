"""Cut a query into its pieces: terms, quoted phrases, field:value pairs, OR.

White space and parentheses separate. A minus sign in front excludes. Quotation marks may be straight or
curly; one that is never closed quotes all that follows. Nothing here knows which words matter.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from index.fields import FACETS_BY_NAME

QUOTES = frozenset('"“”„‟«»＂')
SEPARATORS = frozenset("()（）")
MINUS = frozenset("-−")


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a query. `text` is as typed, without its marks; `facet` is set for `field:value`.
    `open_quote` says that its quotation mark was never closed."""

    kind: Literal["term", "phrase", "value", "or"]
    text: str
    facet: str = ""
    excluded: bool = False
    open_quote: bool = False


def pieces(text: str) -> Iterator[Piece]:
    """The pieces of a query, in order."""
    at = 0
    while at < len(text):
        char = text[at]
        if _separates(char):
            at += 1
        elif char in QUOTES:
            piece, at = _quoted(text, at, excluded=False)
            yield piece
        else:
            piece, at = _bare(text, at)
            yield piece


def _separates(char: str) -> bool:
    return char.isspace() or char in SEPARATORS


def _quoted(text: str, at: int, *, excluded: bool, facet: str = "") -> tuple[Piece, int]:
    """The piece between the quotation mark at `at` and the next one, or the end."""
    end = at + 1
    while end < len(text) and text[end] not in QUOTES:
        end += 1
    kind: Literal["phrase", "value"] = "value" if facet else "phrase"
    return Piece(kind, text[at + 1 : end], facet, excluded, end == len(text)), end + 1


def _bare(text: str, at: int) -> tuple[Piece, int]:
    """The piece that runs to the next separator or quotation mark."""
    start = at
    while at < len(text) and text[at] in MINUS:
        at += 1
    excluded = at > start
    if excluded and at < len(text) and text[at] in QUOTES:
        return _quoted(text, at, excluded=True)
    end = at
    while end < len(text) and not _separates(text[end]) and text[end] not in QUOTES:
        end += 1
    name, colon, value = text[at:end].partition(":")
    facet = name.lower() if colon and name.lower() in FACETS_BY_NAME else ""
    if facet and value:
        return Piece("value", value, facet, excluded), end
    if facet and end < len(text) and text[end] in QUOTES:
        return _quoted(text, end, excluded=excluded, facet=facet)
    if text[start:end] == "OR":
        return Piece("or", "OR"), end
    return Piece("term", text[at:end], excluded=excluded), end
