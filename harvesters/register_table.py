"""Rows of a table in CSV and its relatives, by the headers that say what stands in them."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from harvesters.fetch_error import FetchError
from harvesters.text_lines import LINE
from mappings.register_fields import LINKS, fields_of

DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 20
"""Rows among which the headers are looked for: agencies put a title and a date above their tables."""
_CELLS = 1_000
_SHOWN = 65_536
"""Characters of a line in which headers are looked for."""
_CELL = 262_144
"""Characters of a cell that are kept, four times what any field reads: the reader needs a cell tenfold."""
_ENDLESS = re.compile(rf'[^",;\t|\r\n]{{{_CELL},}}')


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table is laid out: its delimiter, its headers, and how many rows stand above and with them."""

    delimiter: str
    headers: tuple[str, ...]
    rows: int


def find_layout(beginning: list[str]) -> Layout | None:
    """The layout whose headers name the most columns we know, a title and a link among them."""
    best, most = None, 0
    for delimiter in DELIMITERS:
        for number, row in enumerate(_rows((line[:_SHOWN] for line in beginning), delimiter), start=1):
            if number > HEADER_WITHIN:
                break
            found = fields_of(row)
            if "title" in found and not found.isdisjoint(LINKS) and len(found) > most:
                best, most = Layout(delimiter, _unlike(row), number), len(found)
    return best


def table_rows(layout: Layout, beginning: list[str], rest: Iterable[str]) -> Iterator[dict[str, str]]:
    """Every row that says something, under its headers; cells beyond them under the column's number.

    Raises FetchError `cut` when the last row has no end, `broken-frame` for what is no table.
    """
    watched = _Watched(chain(beginning, rest))
    top: tuple[str, ...] = ()
    for number, row in enumerate(_rows(watched, layout.delimiter), start=1):
        cells, quotes, watched.quotes = len(row), watched.quotes, 0
        if number == layout.rows:
            top = tuple(row)
        if number <= layout.rows or not any(cell.strip() for cell in row):
            continue
        if watched.ended and (quotes % 2 or (cells < len(layout.headers) and not watched.last_ends)):
            raise FetchError("cut", f"the table ends in the middle of row {number:,}")
        if tuple(row) == top:
            raise FetchError("broken-frame", f"the headers come again as row {number:,}: a second table")
        more = [f"column {place}" for place in range(len(layout.headers) + 1, cells + 1)]
        yield dict(zip((*layout.headers, *more), row, strict=False))


class _Watched:
    """Lines on their way to the reader of rows: the quotes in them since somebody looked, and the end."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._ahead = next(lines, None)
        self.quotes = 0
        self.ended = self._ahead is None
        self.last_ends = True

    def __iter__(self) -> "_Watched":
        return self

    def __next__(self) -> str:
        if self._ahead is None:
            raise StopIteration
        line, self._ahead = self._ahead, next(self._lines, None)
        if len(line) > _CELL:
            line = _ENDLESS.sub(lambda run: run[0][:_CELL], line)
        self.quotes += line.count('"')
        self.ended = self._ahead is None
        self.last_ends = line.endswith(("\n", "\r"))
        return line


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LINE)
    try:
        for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True):
            yield row[:_CELLS]
    except csv.Error as error:
        raise FetchError("broken-frame", f"the table cannot be read on: {error}") from None


def _unlike(row: list[str]) -> tuple[str, ...]:
    """Headers that differ: a second "URL" is called "URL (2)", one without a name by its place."""
    seen: dict[str, int] = {}
    headers = []
    for place, cell in enumerate(row, start=1):
        name = " ".join(cell.split())[:200] or f"column {place}"
        seen[name] = seen.get(name, 0) + 1
        headers.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(headers)
