"""What commands print: data on stdout (alone, when JSON), messages and progress on stderr."""

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import click
import msgspec
from rich.console import Console
from rich.table import Table

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(command: Command) -> Command:
    """Gives a command `--json`: one JSON document on stdout and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def print_json(document: object) -> None:
    """One UTF-8 JSON document, indented, ended by a newline."""
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
    sys.stdout.buffer.flush()


def say(message: str) -> None:
    """A sentence for the person at the keyboard."""
    click.echo(message, err=True)


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
        table.add_row(*row)
    console.print(table)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
