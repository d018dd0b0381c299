"""`hubsearch harvest`, and the operator's answer to a held run: `approve`, `reject`."""

import sys

import click

from hubsearch.cli.output import json_option, print_json, say
from hubsearch.cli.progress import sentence, watcher
from hubsearch.decisions import approve_run, reject_run
from hubsearch.harvesting import harvest as harvest_portals
from hubsearch.harvesting import worst
from hubsearch.hub import open_hub
from hubsearch.portals import configured, find_portal
from hubsearch.settings import Settings


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]…")
@click.option(
    "--all", "everything", is_flag=True, help="Every portal of the portals file (also without any ID)."
)
@click.option("--full", is_flag=True, help="Read again also what the portal says has not changed.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Fetch, plan, map and print what would happen; store nothing, keep no spool.",
)
@click.option("--quiet", is_flag=True, help="No progress.")
@json_option
@click.pass_obj
def harvest(
    settings: Settings,
    ids: tuple[str, ...],
    *,
    everything: bool,
    full: bool,
    dry_run: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Fetch portals and land what they publish; with --dry-run only say what would become of it.

    Exit status: 3 a source failed or is incomplete, 4 a run is held (the worst wins).
    """
    portals = configured(settings)
    chosen = (
        portals
        if everything or not ids
        else [find_portal(portals, portal_id) for portal_id in dict.fromkeys(ids)]
    )
    if not chosen:
        raise click.UsageError(f"{settings.portals} holds no portal yet; hubsearch source add URL writes one")
    with open_hub(settings) as hub, watcher(quiet=quiet) as watching:
        runs = harvest_portals(hub, chosen, watching, dry_run=dry_run, full=full)
    if as_json:
        print_json({"runs": [run.as_json() for run in runs]})
    sys.exit(worst(runs))


@click.command()
@click.argument("run_id", metavar="RUN")
@json_option
@click.pass_obj
def approve(settings: Settings, run_id: str, as_json: bool) -> None:
    """Land a held run whole, with the removals it was held for."""
    with open_hub(settings) as hub:
        run = approve_run(hub, run_id, say)
    if as_json:
        print_json(run.as_json())
    else:
        say(sentence(run))


@click.command()
@click.argument("run_id", metavar="RUN")
@json_option
@click.pass_obj
def reject(settings: Settings, run_id: str, as_json: bool) -> None:
    """Drop a held run; the hub keeps what it had."""
    with open_hub(settings) as hub:
        run = reject_run(hub, run_id)
    if as_json:
        print_json(run.as_json())
    else:
        say(f"Run {run.id} of {run.source} is rejected; the hub keeps what it had.")
