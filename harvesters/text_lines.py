"""An answer's text line by line, whatever encoding and line ends it has.

A table on Windows may be in Windows-1252, or half in it after two people have edited it, so each line is
decoded alone: UTF-8 where it is, Windows-1252 where it cannot be.
"""

from collections.abc import Iterable, Iterator

from harvesters.fetch_error import FetchError

LINE = 16 * 1024**2
"""Bytes of a line that are read. The longest cell a portal of ours has sent had 10 MB, on purpose."""


def text_lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """The lines with their ends, which may be those of Unix, Windows or the old Macintosh.

    Raises FetchError `too-large` for a line that never ends, after the lines before it.
    """
    for line in _lines(chunks):
        yield _decoded(line)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        lines = chunk.splitlines(keepends=True)
        if not lines:
            continue
        if waiting and waiting[-1].endswith(b"\r") and not lines[0].startswith(b"\n"):
            yield b"".join(waiting)
            waiting, size = [], 0
        *whole, last = lines
        for line in whole:
            yield b"".join((*waiting, line))
            waiting, size = [], 0
        if last.endswith(b"\n"):
            yield b"".join((*waiting, last))
            waiting, size = [], 0
        else:
            waiting.append(last)
            size += len(last)
        if size > LINE:
            raise FetchError("too-large", f"a line of more than {LINE // 1024**2} MB; no table has that")
    if waiting:
        yield b"".join(waiting)


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")
