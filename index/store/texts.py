"""Texts as every database can hold them."""

from typing import overload


@overload
def storable(text: str) -> str: ...
@overload
def storable(text: None) -> None: ...
def storable(text: str | None) -> str | None:
    """The text without NUL, which PostgreSQL does not know and no reader misses."""
    return text.replace("\0", "") if text is not None and "\0" in text else text
