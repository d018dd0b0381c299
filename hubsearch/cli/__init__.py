"""The command line: `hubsearch …`. One module per family of commands; names as in docs/commands.md."""

from hubsearch.cli.main import main

__all__ = ["main"]
