"""The `hubsearch` group, and the one place where errors become a message and an exit status."""

import os
import sys

import click

from dcat.errors import FeedError
from harvesters.detect import DetectionError
from harvesters.portal_entry import PortalsFileError
from hubsearch.backup_manifest import BackupError
from hubsearch.cli.lazy import LazyGroup
from hubsearch.settings import SettingsError, read_settings
from hubsearch.work.errors import WorkerRefused
from index.engines.protocol import EngineError
from index.ingest.errors import IngestError
from index.query.model import BadRequest
from index.store.errors import StoreError

USAGE = 2
"""Exit status of a command that was asked for something it cannot do as asked."""

EXPECTED = (
    SettingsError,
    PortalsFileError,
    DetectionError,
    StoreError,
    IngestError,
    EngineError,
    FeedError,
    WorkerRefused,
    BackupError,
)

COMMANDS = {
    "demo": "hubsearch.cli.demo:demo",
    "source": "hubsearch.cli.source:source",
    "harvest": "hubsearch.cli.harvest:harvest",
    "diff": "hubsearch.cli.diff:diff",
    "runs": "hubsearch.cli.runs:runs",
    "approve": "hubsearch.cli.harvest:approve",
    "reject": "hubsearch.cli.harvest:reject",
    "record": "hubsearch.cli.record:record",
    "search": "hubsearch.cli.search:search",
    "export": "hubsearch.cli.export:export",
    "index": "hubsearch.cli.index:index",
    "remap": "hubsearch.cli.remap:remap",
    "serve": "hubsearch.cli.serve:serve",
    "worker": "hubsearch.cli.worker:worker",
    "jobs": "hubsearch.cli.worker:jobs",
    "backup": "hubsearch.cli.backup:backup",
    "restore": "hubsearch.cli.backup:restore",
    "doctor": "hubsearch.cli.doctor:doctor",
    "migrate": "hubsearch.cli.migrate:migrate",
    "migrate-store": "hubsearch.cli.migrate:migrate_store",
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="hubsearch")
@click.pass_context
def cli(context: click.Context) -> None:
    """One search over the public-data catalogues of a state, its cities, its agencies and data.gov."""
    context.obj = read_settings(os.environ)


def main() -> None:
    """Run the command line; an expected error is one message on stderr, never a traceback."""
    try:
        cli(prog_name="hubsearch")
    except EXPECTED as error:
        click.echo(f"hubsearch: {error}", err=True)
        sys.exit(USAGE)
    except BadRequest as error:
        click.echo(f"hubsearch: {error.parameter}: {error.message}", err=True)
        sys.exit(USAGE)
