"""`hubsearch doctor`: is everything well, and if not, what to do."""

import sys

import click

from hubsearch.cli.output import json_option, print_json
from hubsearch.doctor import PARTS, Check, examine, well
from hubsearch.settings import Settings

MARKS = {"ok": ("ok", "green"), "note": ("note", "yellow"), "finding": ("FINDING", "red")}


@click.command()
@click.option(
    "--only", multiple=True, type=click.Choice(PARTS), help="Look at this part alone; may be repeated."
)
@json_option
@click.pass_obj
def doctor(settings: Settings, only: tuple[str, ...], as_json: bool) -> None:
    """Look at every part of the hub, change nothing. Exit status 1 when something has to be mended."""
    checks = examine(settings, only or PARTS)
    if as_json:
        print_json({"ok": well(checks), "checks": [check.as_json() for check in checks]})
    else:
        for check in checks:
            _tell(check)
    sys.exit(0 if well(checks) else 1)


def _tell(check: Check) -> None:
    mark, colour = MARKS[check.level]
    click.echo(f"{click.style(f'{mark:<8}', fg=colour)} {check.part:<9} {check.says}")
    if check.advice:
        click.echo(f"{'':<19}→ {check.advice}")
