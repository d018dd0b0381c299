"""`hubsearch source test`: a few records of a portal, mapped, before anything of it is stored."""

import sys
from collections.abc import Iterator
from typing import Any

import click

from hubsearch.cli.output import json_option, print_json, print_table, say
from hubsearch.cli.progress import watcher
from hubsearch.portals import configured, find_portal
from hubsearch.settings import Settings
from hubsearch.trial import Trial, Tried, try_out
from hubsearch.units import size
from mappings.dataset import Dataset

LINKS = 3
"""Links shown of one record."""


@click.command("test")
@click.argument("portal_id", metavar="ID")
@click.option(
    "--limit",
    type=click.IntRange(1, 1_000),
    default=5,
    show_default=True,
    help="Records to fetch; then it stops.",
)
@click.option("--quiet", is_flag=True, help="No progress.")
@json_option
@click.pass_obj
def test(settings: Settings, portal_id: str, *, limit: int, quiet: bool, as_json: bool) -> None:
    """Fetch a few records as a harvest would, show them mapped, store nothing.

    Exit status: 3 the portal failed or sent fewer than it has, 1 some of the records cannot be taken.
    """
    portal = find_portal(configured(settings), portal_id)
    with watcher(quiet=quiet) as watching:
        trial = try_out(
            settings,
            portal,
            limit,
            lambda records, received: watching.fetching(portal.id, records, received),
        )
        watching.fetched(portal.id)
    if as_json:
        print_json(trial.as_json())
    else:
        _show(trial)
    if trial.status != "ok":
        sys.exit(3)
    sys.exit(1 if any(one.error for one in trial.tried) else 0)


def _show(trial: Trial) -> None:
    for one in trial.tried:
        print_table(("field", "value"), list(_rows(one)), empty="")
        click.echo()
    statement = trial.statement
    say(
        f"{trial.portal.id}: {trial.status}, {len(trial.tried):,} records in {statement.requests:,} requests "
        f"and {size(statement.bytes)}; nothing was stored"
    )
    if trial.reason:
        say(f"  {trial.reason}")


def _rows(one: Tried) -> Iterator[tuple[str, Any]]:
    """What a person looks at first: whether the portal is read as it is meant."""
    yield "identifier", one.job.identifier
    if one.error:
        yield "refused", ": ".join(one.error)
    if one.record is not None:
        yield from _dataset_rows(one.record.dataset)
        for issue in one.record.issues:
            yield "issue", f"{issue.slug}: {issue.message}"


def _dataset_rows(dataset: Dataset) -> Iterator[tuple[str, Any]]:
    yield "title", dataset.title
    yield "type", dataset.type
    yield "publisher", dataset.publisher.name if dataset.publisher else None
    yield "issued", dataset.issued
    yield "modified", dataset.modified
    if dataset.license:
        yield "licence", dataset.license.id or dataset.license.as_published
    else:
        yield "licence", None
    yield "landing page", dataset.landing_page
    for link in dataset.distributions[:LINKS]:
        yield f"link ({link.format or link.kind})", link.url
    if len(dataset.distributions) > LINKS:
        yield "more links", len(dataset.distributions) - LINKS
