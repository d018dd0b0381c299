"""`hubsearch remap`: what is stored as received, mapped anew by this version."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from harvesters.portals_file import read_portals
from hubsearch.cli.output import json_option, print_json, print_table, say
from hubsearch.hub import open_hub
from hubsearch.portals import find_portal
from hubsearch.settings import Settings
from hubsearch.work.remapping import remap_in_turn
from index.ingest import Mapper
from index.ingest.remap import Remapped

COUNTS = ("records", "current", "remapped", "changed", "failed", "filtered")


@click.command()
@click.option("--source", "source_id", help="Only the records of this portal.")
@click.option("--full", is_flag=True, help="Also the records that this version has mapped before.")
@click.option("--quiet", is_flag=True, help="No progress.")
@json_option
@click.pass_obj
def remap(settings: Settings, source_id: str | None, *, full: bool, quiet: bool, as_json: bool) -> None:
    """Apply this version's mappings and vocabularies to the stored records, without a new harvest.

    Exit status: 1 some records cannot be mapped any more; they stay as they were.
    """
    portals = read_portals(settings.portals) if settings.portals.exists() else []
    with open_hub(settings) as hub:
        ids = [source.id for source in hub.store.sources()]
        if source_id is not None:
            ids = [source_id] if source_id in ids else [find_portal(portals, source_id).id]
        entries = {portal.id: portal for portal in portals}
        done = remap_in_turn(hub, ids, entries, again=full, said=_nobody if quiet else say)
    if as_json:
        print_json(_document(done))
    else:
        print_table(
            ("source", *COUNTS, "seconds"),
            [(one.source, *(getattr(one, name) for name in COUNTS), f"{one.seconds:.1f}") for one in done],
            empty="No record is stored yet. Harvest first: hubsearch harvest --all",
        )
        for error in _errors(done):
            say(f"{error['source']}: {error['identifier']}: {error['slug']}: {error['message']}")
    sys.exit(1 if any(one.failed for one in done) else 0)


def _nobody(message: str) -> None: ...


def _document(done: Sequence[Remapped]) -> dict[str, Any]:
    return {
        "version": Mapper.standard().version,
        **{name: sum(getattr(one, name) for one in done) for name in COUNTS},
        "sources": [
            {"source": one.source, **{name: getattr(one, name) for name in COUNTS}}
            | {"seconds": round(one.seconds, 3)}
            for one in done
        ],
        "errors": _errors(done),
    }


def _errors(done: Sequence[Remapped]) -> list[dict[str, Any]]:
    return [
        {
            "source": one.source,
            "identifier": error.identifier,
            "slug": error.slug,
            "message": error.message,
        }
        for one in done
        for error in one.failures
    ]
