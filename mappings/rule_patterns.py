"""What an operator writes to name values: literal words, with `*` for any characters.

No regular expressions: a text is compared piece by piece, so that no pattern can make a harvest hang.
"""

from dataclasses import dataclass

PATTERN_LIMIT = 200
TEXT_LIMIT = 10_000
"""Characters of a published text that are looked at; a licence that is a disclaimer has 3,000."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """`text` as the operator wrote it, `pieces` what stands between its asterisks. Case and spacing do not
    count."""

    text: str
    pieces: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Pattern":
        """The pattern that an operator wrote."""
        return cls(text, tuple(plain(text).split("*")))

    @property
    def is_literal(self) -> bool:
        """Whether it names one text."""
        return len(self.pieces) == 1

    @property
    def takes_all(self) -> bool:
        """Whether every text there is matches."""
        return len(self.pieces) > 1 and not any(self.pieces)

    def matches(self, text: str) -> bool:
        """Whether the whole text is what the pattern names."""
        return self.matches_plain(plain(text))

    def matches_plain(self, text: str) -> bool:
        """The same of a text that is `plain` already."""
        if self.is_literal:
            return text == self.pieces[0]
        first, *middle, last = self.pieces
        start, end = len(first), len(text) - len(last)
        if end < start or not text.startswith(first) or not text.endswith(last):
            return False
        for piece in middle:
            found = text.find(piece, start, end)
            if found < 0:
                return False
            start = found + len(piece)
        return True


def plain(text: str) -> str:
    """How texts are compared: without case, every run of blanks one space."""
    return " ".join(text[:TEXT_LIMIT].casefold().split())
