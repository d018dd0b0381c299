"""What stands between two records of one document, learned while reading it.

Writers lay every record out alike, so the bytes between two records (`\\n    },\\n    {`) recur. They serve
twice: as a guess where a record ends, proved by parsing it (a JSON value that parses is exactly that value),
and as the place to go on when a mistyped record has hidden its own end.
"""

import re

_BOUNDARY = re.compile(
    rb'\}(?P<before>\s*+),(?P<after>\s*+)\{(?P<inside>\s*+)"(?:[^"\\]++|\\.)*+"(?:\s*+:\s*+"dcat:Dataset")?',
    re.DOTALL,
)
_START = re.compile(rb'\{(?P<inside>\s*+)"(?:[^"\\]++|\\.)*+"(?P<typed>\s*+:\s*+"dcat:Dataset")?', re.DOTALL)
_PATIENCE = 16
"""Wrong guesses in a row before guessing stops: a document whose records begin differently."""


class Boundary:
    """The separator of a document. Nothing is known until two records were read, or one was begun."""

    def __init__(self) -> None:
        self._guess = b""
        self._certain: re.Pattern[bytes] | None = None
        self._misses = 0

    def begin(self, space: bytes, data: bytes, at: int) -> None:
        """Learn from the first record's first bytes: `space` is the white space before it."""
        found = _START.match(data, at)
        if found is None:
            return
        inside = found["inside"]
        if b"\n" in space and inside != space:
            # Indentation tells depth: no inner list has this one.
            self._certain = re.compile(rb"," + re.escape(space) + rb"\{" + re.escape(inside) + rb'"')
        elif found["typed"] is not None:
            self._certain = re.compile(rb",\s*+" + re.escape(found[0]))

    def learn(self, data: bytes, end: int) -> None:
        """Learn from what follows a record that was scanned to `end`."""
        if self._misses >= _PATIENCE:
            return
        found = _BOUNDARY.match(data, end - 1)
        if found is None:
            return
        if b"\n" in found["after"] and found["after"] != found["inside"]:
            self._guess = data[found.start() : found.end("inside")]
        else:
            self._guess = found[0]

    def guess_end(self, data: bytes, at: int) -> int:
        """Where the record at `at` probably ends; -1 when nothing suggests it."""
        if not self._guess or self._misses >= _PATIENCE:
            return -1
        found = data.find(self._guess, at)
        return found + 1 if found >= 0 else -1

    def guessed(self, right: bool) -> None:
        """Say whether the last guess was proved."""
        self._misses = 0 if right else self._misses + 1

    def next_certain(self, data: bytes, start: int) -> int:
        """The index of the next comma that layout alone proves to stand between two records, or -1.

        Compact documents without `@type` have none: there a record and a distribution may look alike. A
        string cannot hide one, as every sign contains a bare quote.
        """
        found = self._certain.search(data, start) if self._certain else None
        return found.start() if found else -1
