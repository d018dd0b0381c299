"""The text of an element, in one line or with its paragraphs, and never more of it than is asked for."""

from bs4 import NavigableString, Tag

_PARTS = 2_000
"""Pieces of one element that are looked at: elements inside each other are asked one after the other."""
_BREAKS = frozenset({"p", "br", "li", "div", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "section"})


def text_of(element: Tag, limit: int = 2_000, *, lines: bool = False) -> str:
    """At most `limit` characters; with `lines`, paragraphs are kept apart."""
    pieces: list[str] = []
    size = 0
    for number, part in enumerate(element.descendants):
        if size > limit or number > _PARTS:
            break
        if isinstance(part, NavigableString):
            pieces.append(part[: limit + 1])
            size += len(pieces[-1])
        elif isinstance(part, Tag) and part.name in _BREAKS:
            pieces.append("\n" if lines else " ")
    text = "".join(pieces)
    if not lines:
        return " ".join(text.split())[:limit]
    return "\n".join(line for part in text.split("\n") if (line := " ".join(part.split())))[:limit]
