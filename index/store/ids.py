"""Public ids: short, stable, made from what the source called the record when it was first seen."""

from collections.abc import Callable
from hashlib import blake2b

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32 in lower case: no i, l, o, u, which people misread."""

LENGTH = 12
"""Characters of an id: 60 bits, so that among a million records two collide once in two million hubs."""

LONGEST = 48
"""Characters of a whole digest (240 bits), the longest prefix there is."""


def public_id(source: str, identifier: str, length: int = LENGTH) -> str:
    """The first `length` characters of the digest of source and identifier.

    Nothing else enters, so a hub rebuilt from nothing gets the same ids.
    """
    digest = blake2b(f"{source}\0{identifier}".encode(), digest_size=LONGEST * 5 // 8).digest()
    bits = int.from_bytes(digest, "big") >> (LONGEST - length) * 5
    return "".join([ALPHABET[(bits >> shift) & 31] for shift in range((length - 1) * 5, -1, -5)])


def longer_id(source: str, identifier: str, taken: Callable[[str], bool]) -> str:
    """The shortest free id that is longer than usual, for when another record has the usual one already."""
    candidates = (public_id(source, identifier, length) for length in range(LENGTH + 1, LONGEST + 1))
    return next(candidate for candidate in candidates if not taken(candidate))


def own_cluster(record_id: str) -> str:
    """The cluster a record starts in: nobody's but its own, and called like it."""
    return record_id
