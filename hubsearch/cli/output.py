"""What commands print: data on stdout (alone, when JSON), messages and progress on stderr."""

import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

_OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_ABOVE_ASCII = re.compile(rb"\x7f|\xc2[\x80-\x9f]")

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Gives a command `--json`: one JSON document on stdout and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def print_json(document: object) -> None:
    """One UTF-8 JSON document, indented, ended by a newline. JSON escapes the control characters below
    U+0020 by itself; those above U+007E are escaped here, since a terminal may obey them, too."""
    text = msgspec.json.format(msgspec.json.encode(document), indent=2)
    sys.stdout.buffer.write(_ABOVE_ASCII.sub(_escaped, text) + b"\n")
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """A sentence for the person at the keyboard, whatever a portal's words in it hold."""
    click.echo(harmless(message), err=True)


def harmless(text: str) -> str:
    """The text without what a terminal would obey or what makes it read otherwise than it is: control
    characters but line feeds and tabs, and marks of direction, each shown as `�`."""
    return _OBEYED.sub("\ufffd", text)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """Rows for a person; `empty` is the sentence in place of an empty table. Whole values, never cut
    when the output is not a terminal, so that it can be piped."""
    filled = [[_cell(value) for value in row] for row in rows]
    if not filled:
        say(empty)
        return
    console = Console(width=None if sys.stdout.isatty() else 10_000, highlight=False)
    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in filled:
        table.add_row(*map(Text, row))  # as they are: a title may hold what rich takes for markup
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return harmless(str(value))


def _escaped(found: re.Match[bytes]) -> bytes:
    return b"\\u%04x" % ord(found[0].decode())
