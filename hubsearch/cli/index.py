"""`hubsearch index`: the derived state, rebuilt or compared with the store."""

import sys

import click

from hubsearch.cli.output import json_option, print_json, say
from hubsearch.hub import open_hub
from hubsearch.settings import Settings
from hubsearch.work.upkeep import build_in_turn, repair_in_turn
from index.follow import check as check_index


@click.group()
def index() -> None:
    """The search index: rebuilt from the store, or compared with it."""


@index.command("build")
@json_option
@click.pass_obj
def build(settings: Settings, as_json: bool) -> None:
    """Build a new index aside and swap it in; searches go on meanwhile."""
    with open_hub(settings) as hub:
        documents = build_in_turn(hub, say)
    if as_json:
        print_json({"documents": documents})
    else:
        say(f"Built an index of {documents:,} documents and swapped it in.")


@index.command("check")
@click.option("--repair", is_flag=True, help="Bring the index back to what the store says.")
@json_option
@click.pass_obj
def check(settings: Settings, repair: bool, as_json: bool) -> None:
    """Compare index and store. Exit status 1 when they differ."""
    with open_hub(settings) as hub:
        report = repair_in_turn(hub, say) if repair else check_index(hub.store, hub.engine)
    differs = any(report[key] for key in ("missing", "extra", "stale"))
    if as_json:
        print_json(report)
    else:
        say(
            ", ".join(
                f"{key} {value if isinstance(value, int) else len(value):,}" for key, value in report.items()
            )
        )
    sys.exit(1 if differs and not repair else 0)
