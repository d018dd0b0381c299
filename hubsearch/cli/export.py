"""`hubsearch export`: a feed of the hub's datasets, to a file or to stdout, checked if asked."""

import sys
from pathlib import Path

import click

from hubsearch.cli.output import json_option, print_json, say
from hubsearch.cli.search import parse_filters
from hubsearch.exporting import FEEDS, export_feed, publish_feed
from hubsearch.hub import open_hub
from hubsearch.settings import Settings

SHOWN = 20
"""Left-out records and problems told one by one; `--json` tells all."""


@click.command()
@click.argument("feed", type=click.Choice(FEEDS))
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write; stdout without it."
)
@click.option(
    "--filter", "filters", multiple=True, metavar="FACET=VALUE", help="Narrow the feed; may be repeated."
)
@click.option("--check", is_flag=True, help="Validate it as data.gov does, format checks included.")
@click.option(
    "--publish", is_flag=True, help="Publish it as the hub's own feed, also where it shrinks; no other file."
)
@json_option
@click.pass_obj
def export(
    settings: Settings,
    *,
    feed: str,
    out: Path | None,
    filters: tuple[str, ...],
    check: bool,
    publish: bool,
    as_json: bool,
) -> None:
    """Write a feed and say what was left out and why. Exit status 1 when --check finds errors."""
    if publish and (out or filters or check):
        raise click.UsageError("--publish is of the whole feed alone: leave out --out, --filter and --check")
    with open_hub(settings) as hub:
        if publish:
            report = publish_feed(hub)
        else:
            to_stdout = out is None and not as_json
            report = export_feed(hub, feed, out, parse_filters(filters), check=check, to_stdout=to_stdout)
    if as_json:
        print_json(report.as_json())
    else:
        say(f"{report.datasets:,} datasets; {len(report.left_out):,} left out; {len(report.errors):,} errors")
        for left in report.left_out[:SHOWN]:
            say(f"  left out {left.id}: {left.reason}")
        for error in report.errors[:SHOWN]:
            say(f"  error {error}")
    sys.exit(1 if report.errors else 0)
