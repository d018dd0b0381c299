"""The entries of a register, whichever of its three kinds the file is: a table, YAML or TOML."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import chain, islice
from typing import Any

from harvesters.fetch_error import FetchError
from harvesters.not_json import page_title
from harvesters.register_table import find_layout, table_rows
from harvesters.text_lines import text_lines
from harvesters.yaml_entries import DEPTH, yaml_entries

_BEGINNING = 100
_BEGINNING_CHARACTERS = 64 * 1024
"""Lines, and characters of them, by which the kind is told."""
_TOML_BYTES = 4 * 1024**2
"""Of a TOML file, which is read as a whole."""
_TOML = re.compile(r"\A(?:\[{1,2}\s*[\w.\"-]+\s*\]{1,2}\s*(?:#.*)?$|[\w.\"-]+\s*=)")
_YAML = re.compile(r"---|%YAML|-(?:\s|$)|[\[{]|(?:[\w .-]{1,80}|\"[^\"]{1,80}\"|'[^']{1,80}'):(?:\s|$)")
_BINARY = re.compile(r"[\x00-\x08\x0e-\x1f]")
_MARKUP = re.compile(r"<[!?a-z]", re.IGNORECASE)


def kind_of(beginning: list[str]) -> str:
    """`table`, `toml` or `yaml`, by what stands there, never by the file's name.

    Raises FetchError `empty`, `not-json-html` and `not-a-register`.
    """
    first = next((line.strip() for line in beginning if line.strip() and line.lstrip()[:1] != "#"), None)
    if first is None:
        raise FetchError("empty", "the answer has no lines")
    if _BINARY.search(first):
        raise FetchError(
            "not-a-register", "the answer is no text (an archive or a spreadsheet?); save it as CSV"
        )
    if _MARKUP.match(first):
        title = page_title("".join(beginning).encode())
        if title or "<html" in "".join(beginning).lower():
            raise FetchError("not-json-html", f"the answer is a web page titled “{title}”, not a register")
        raise FetchError(
            "not-a-register", f"the answer is XML, not a register; it begins with {first[:60]!r}"
        )
    if find_layout(beginning) is not None:
        return "table"
    if _TOML.match(first):
        return "toml"
    if _YAML.match(first):
        return "yaml"
    raise FetchError(
        "not-a-register", f"no row of headers names a title and a URL; it begins with {first[:60]!r}"
    )


def entries(chunks: Iterable[bytes], shared: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every entry as published; what the file says of all of them goes into `shared`.

    Raises FetchError: as `kind_of`, and what the reader of the kind raises, after the entries before it.
    """
    lines = text_lines(chunks)
    beginning = _first(lines)
    kind = kind_of(beginning)
    if kind == "table":
        layout = find_layout(beginning)
        assert layout is not None
        yield from table_rows(layout, beginning, lines)
    elif kind == "toml":
        yield from _toml(chain(beginning, lines), shared)
    else:
        yield from yaml_entries(LineFile(chain(beginning, lines)), shared)


class LineFile:
    """Lines as the file PyYAML reads from."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._rest = b""

    def read(self, size: int = 65_536, /) -> bytes:
        """At most so many bytes; none at the end."""
        while len(self._rest) < size:
            line = next(self._lines, None)
            if line is None:
                break
            self._rest += line.encode()
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def _first(lines: Iterator[str]) -> list[str]:
    found, size = [], 0
    for line in islice(lines, _BEGINNING):
        found.append(line)
        size += len(line)
        if size > _BEGINNING_CHARACTERS:
            break
    return found


def _toml(lines: Iterable[str], shared: dict[str, Any]) -> Iterator[dict[str, Any]]:
    text, size = [], 0
    for line in lines:
        text.append(line)
        size += len(line)
        if size > _TOML_BYTES:
            raise FetchError("too-complex", f"a TOML file of more than {_TOML_BYTES // 1024**2} MB")
    try:
        document = tomllib.loads("".join(text).replace("\r\n", "\n"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise FetchError("broken-frame", f"the TOML cannot be read: {str(error)[:200]}") from None
    shared |= {key: value for key, value in document.items() if isinstance(value, (str, int, float))}
    lists = [value for value in document.values() if isinstance(value, list)]
    if not lists:
        raise FetchError("not-a-register", "the TOML holds no list of entries such as [[dataset]]")
    for value in lists:
        if value:
            yield from (_plain(item) if isinstance(item, dict) else {"entry": str(item)} for item in value)


def _plain(value: Any, depth: int = 0) -> Any:
    """TOML's dates and times as the text they were."""
    if depth > DEPTH:
        raise FetchError("too-complex", f"the TOML nests more than {DEPTH} levels deep")
    if isinstance(value, dict):
        return {key: _plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item, depth + 1) for item in value]
    return value.isoformat() if isinstance(value, (datetime, date, time)) else value
