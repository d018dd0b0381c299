"""`hubsearch diff`: what a harvest of one portal would change."""

import sys
from collections.abc import Sequence
from typing import Any

import click
import msgspec

from hubsearch.cli.output import json_option, print_json, print_table, say
from hubsearch.cli.progress import watcher
from hubsearch.differences import Changed, Differences
from hubsearch.harvesting import harvest, worst
from hubsearch.hub import open_hub
from hubsearch.portals import configured, find_portal
from hubsearch.settings import Settings

SHOWN = 60
"""Characters of a value in a table."""


@click.command()
@click.argument("source_id", metavar="SOURCE")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Records shown of each kind; --json has all.",
)
@click.option("--quiet", is_flag=True, help="No progress.")
@json_option
@click.pass_obj
def diff(settings: Settings, source_id: str, *, limit: int, quiet: bool, as_json: bool) -> None:
    """Fetch a portal and show what a harvest would change, record by record; nothing is stored.

    Exit status as of harvest: 3 the portal failed or is incomplete, 4 a harvest would be held.
    """
    portal = find_portal(configured(settings), source_id)
    with open_hub(settings) as hub, watcher(quiet=quiet) as watching:
        found = Differences(hub.store)
        runs = harvest(hub, [portal], watching, dry_run=True, full=True, onlooker=found)
    if as_json:
        print_json({"run": runs[0].as_json(), **found.as_json()})
    else:
        _show(found, limit)
    sys.exit(worst(runs))


def _show(found: Differences, limit: int) -> None:
    """A table for each kind that there is something of, named by its first column."""
    tables: list[tuple[tuple[str, ...], list[tuple[Any, ...]]]] = [
        (("added", "title"), [(one.identifier, one.title) for one in found.added[:limit]]),
        (("updated", "title", "field", "old", "new"), _fields(found.updated[:limit])),
        (
            ("renamed", "former", "title"),
            [(one.identifier, one.former, one.title) for one in found.renamed[:limit]],
        ),
        (
            ("missing", "title", "since", "to be removed"),
            [
                (m.identifier, m.title, m.missing_since or "now", "yes" if m.removed else None)
                for m in found.missing[:limit]
            ],
        ),
        (
            ("refused", "finding", "message"),
            [(r.identifier, r.slug, r.message) for r in found.refused[:limit]],
        ),
        (("filtered", "rule"), [(one.identifier, one.rule) for one in found.filtered[:limit]]),
    ]
    for columns, rows in tables:
        if rows:
            print_table(columns, [tuple(map(_short, row)) for row in rows], empty="")
            click.echo()
        if (more := len(getattr(found, columns[0])) - limit) > 0:
            say(f"… and {more:,} more {columns[0]} (--limit, or --json for all)")
    if not any(rows for columns, rows in tables if columns[0] != "filtered"):
        say("Nothing would change.")


def _fields(changed: Sequence[Changed]) -> list[tuple[Any, ...]]:
    return [
        (one.identifier, one.title, name, values["old"], values["new"])
        for one in changed
        for name, values in (one.fields or {"(nothing that is mapped)": {"old": None, "new": None}}).items()
    ]


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) or value is None else msgspec.json.encode(value).decode()
    return text if text is None or len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"
