"""A moving window over a byte stream of any length: what the JSON reader looks through."""

import re
from collections.abc import Iterator

WHITESPACE = re.compile(rb"[ \t\r\n]*+")
"""JSON's own white space (RFC 8259, section 2); nothing else may stand between tokens."""


class Window:
    """Holds the bytes from `at` on; what lies before is forgotten when more is read.

    `data[at]` is the next byte to look at. A stream that breaks (a cut gzip, say) raises only after every
    byte received before the break was handed out.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.data = b""
        self.at = 0
        self._base = 0
        self._chunks = chunks
        self._ended = False
        self._failure: Exception | None = None

    @property
    def position(self) -> int:
        """Bytes of the stream before the next byte to look at."""
        return self._base + self.at

    def more(self) -> bool:
        """Append about as much as is held, so that growing to n bytes costs O(n); False at the end.

        Indexes into `data` that were taken before must be moved by the old `at`: afterwards `at` is 0.

        Raises:
            Exception: whatever broke the stream, once the bytes before the break are used up.
        """
        pieces = [self.data[self.at :]]
        wanted = max(1, len(pieces[0]))
        got = 0
        while got < wanted and not self._ended:
            chunk = self._pull()
            got += len(chunk)
            pieces.append(chunk)
        if not got and self._failure is not None:
            raise self._failure
        self._base += self.at
        self.at = 0
        self.data = b"".join(pieces)
        return got > 0

    def peek(self) -> int:
        """The next byte that is not white space, without taking it; -1 at the end of the stream."""
        while True:
            self.at = self.skip_space(self.at)
            if self.at < len(self.data):
                return self.data[self.at]
            if not self.more():
                return -1

    def skip_space(self, index: int) -> int:
        """The index of the first byte at or after `index` that is not white space."""
        found = WHITESPACE.match(self.data, index)
        return found.end() if found else index

    def take_rest(self) -> bytes:
        """Everything held; afterwards the window stands at its end."""
        rest = self.data[self.at :]
        self.at = len(self.data)
        return rest

    def _pull(self) -> bytes:
        try:
            chunk = next(self._chunks, None)
        except (OSError, ValueError) as failure:
            self._failure = failure
            chunk = None
        if chunk is None:
            self._ended = True
            return b""
        return chunk
