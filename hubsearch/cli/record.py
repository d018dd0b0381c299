"""`hubsearch record`: the datasets the hub holds, one by one."""

import itertools

import click

from hubsearch.cli.output import json_option, print_json, print_table, say
from hubsearch.hub import open_hub
from hubsearch.settings import Settings
from index.present import present
from index.store import Source
from index.store.errors import StoreError


@click.group()
def record() -> None:
    """The datasets the hub holds."""


@record.command("list")
@click.option("--source", "source_id", help="Only those of this portal.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many; all without it.")
@json_option
@click.pass_obj
def list_(settings: Settings, source_id: str | None, limit: int | None, as_json: bool) -> None:
    """Id, title, source and identifier of each record, removed ones included."""
    with open_hub(settings) as hub:
        heads = list(itertools.islice(hub.store.heads(source=source_id), limit))
    if as_json:
        print_json(
            [
                {name: getattr(h, name) for name in ("id", "title", "source", "identifier", "deleted")}
                for h in heads
            ]
        )
        return
    print_table(
        ("id", "title", "source", "identifier", "removed"),
        [(h.id, h.title, h.source, h.identifier, "yes" if h.deleted else "") for h in heads],
        empty="No record yet. Fetch some: hubsearch harvest --all",
    )


@record.command("show")
@click.argument("record_id", metavar="ID")
@json_option
@click.pass_obj
def show(settings: Settings, record_id: str, as_json: bool) -> None:
    """One dataset as the hub knows it, with the record as received."""
    with open_hub(settings) as hub:
        found = hub.store.record(record_id)
        if found is None:
            raise StoreError(f"there is no record {record_id}; `hubsearch record list` lists them")
        source = hub.store.source(found.source) or Source(found.source, "", "")
        document = present(found, source, raw=hub.store.raw(record_id))
    if as_json:
        print_json(document)
        return
    raw = document.pop("raw")
    print_table(
        ("field", "value"),
        [(key, value) for key, value in document.items() if value not in (None, [], {})],
        empty="",
    )
    say(f"As received: {len(str(raw)):,} characters; --json shows it whole.")
