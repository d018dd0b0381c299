"""What can be wrong with a JSON document as a whole, and telling a cut one from a mistyped one."""

import re

import msgspec

_SPLIT_IN_STRING = re.compile(rb"\}\s*+,\s*+\{")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_BYTE = re.compile(r"\(byte (\d+)\)")
"""Where msgspec places a mistake; a truncated value has no such place."""
_NEAR_THE_END = 2
"""Bytes: a number cut behind its sign, point or exponent reads as a mistake there."""


class JsonStreamError(ValueError):
    """The document is not whole, not JSON, or no catalogue; `slug` is one of `harvesters.run_slugs`.

    `position` counts bytes from the start of the (decoded) document.
    """

    def __init__(self, slug: str, message: str, position: int) -> None:
        super().__init__(f"{message} (at byte {position:,})")
        self.slug = slug
        self.message = str(self)
        self.position = position


def is_merely_cut(held: bytes) -> bool:
    """Whether `held`, the rest of a document, is the beginning of a JSON value and nothing worse.

    The stream ended inside this value: either the document was cut there, or a stray quote turned strings
    inside out and hid every bracket after it. Only the latter breaks the grammar before the end. Nothing is
    built to find out, so that 16 MB of held bytes stay 16 MB.
    """
    try:
        msgspec.json.decode(held, type=msgspec.Raw)
    except msgspec.DecodeError as error:
        place = _BYTE.search(str(error))
        return place is None or int(place[1]) >= len(held) - _NEAR_THE_END
    except RecursionError:
        return True
    return True


def swallows_another(raw: bytes) -> bool:
    """Whether a malformed element may hide the start of another one.

    Two stray quotes in two records turn everything between them inside out: the boundary `}, {` then
    stands in what looks like a string. (In a sound record it can, too: this is asked of malformed ones.)
    """
    return any(_SPLIT_IN_STRING.search(found[0]) for found in _STRING.finditer(raw))
