"""`hubsearch runs`: every harvest run, and everything one of them could not take."""

from collections import Counter

import click

from hubsearch.cli.output import json_option, print_json, print_table, say
from hubsearch.cli.progress import sentence
from hubsearch.hub import open_hub
from hubsearch.settings import Settings
from index.ingest.errors import IngestError


@click.group(invoke_without_command=True)
@click.option("--source", "source_id", help="Only the runs of this portal.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Newest runs first.")
@json_option
@click.pass_context
def runs(context: click.Context, source_id: str | None, limit: int, as_json: bool) -> None:
    """Harvest runs, newest first; `runs show RUN` tells all about one."""
    if context.invoked_subcommand is not None:
        return
    with open_hub(context.obj) as hub:
        found = hub.store.runs(source=source_id, limit=limit)
    if as_json:
        print_json([run.as_json() for run in found])
        return
    print_table(
        (
            "run",
            "source",
            "status",
            "decision",
            "fetched",
            "added",
            "updated",
            "missing",
            "deleted",
            "quarantined",
            "started",
        ),
        [
            (
                r.id,
                r.source,
                r.status,
                r.decision,
                r.fetched,
                r.added,
                r.updated,
                r.missing,
                r.deleted,
                r.quarantined,
                r.started,
            )
            for r in found
        ],
        empty="No run yet. Start one: hubsearch harvest --all",
    )


@runs.command("show")
@click.argument("run_id", metavar="RUN")
@json_option
@click.pass_obj
def show(settings: Settings, run_id: str, as_json: bool) -> None:
    """One run: its counts, its reason, and every record it quarantined or found twice."""
    with open_hub(settings) as hub:
        run = hub.store.run(run_id)
        if run is None:
            raise IngestError(f"there is no run {run_id}; `hubsearch runs` lists them")
        errors = [
            {"identifier": error.identifier, "slug": error.slug, "message": error.message}
            for error in hub.store.run_errors(run_id)
        ]
    if as_json:
        print_json(run.as_json() | {"errors": errors})
        return
    say(sentence(run))
    print_table(("issue", "records"), Counter(run.issues).most_common(), empty="No issues.")
    print_table(
        ("identifier", "slug", "message"), [tuple(error.values()) for error in errors], empty="No errors."
    )
