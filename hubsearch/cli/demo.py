"""`hubsearch demo`: harvest the bundled sample and serve it, without any network."""

import socket
import sys
from dataclasses import replace

import click

from hubsearch.cli.output import say
from hubsearch.cli.progress import watcher
from hubsearch.demo.portals import sample_portals
from hubsearch.harvesting import harvest, worst
from hubsearch.hub import Hub, open_hub
from hubsearch.serving import serve_hub
from hubsearch.settings import Settings, SettingsError

TRY = """
{records:,} datasets of {sources} portals are searchable.

  open   {url}/
         {url}/search?q=medicare
         {url}/data.json          the hub's own DCAT-US feed
         {url}/docs               the API

  try    .venv/bin/hubsearch search 'restaurant OR food' --filter level=city
         .venv/bin/hubsearch search hospital --facets --json
         .venv/bin/hubsearch runs
         .venv/bin/hubsearch export dcat-us-1.1 --check --out data.json
"""


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--serve/--no-serve", "serving", default=True, help="Stop after the harvest instead of serving."
)
@click.option("--quiet", is_flag=True, help="No progress.")
@click.pass_obj
def demo(settings: Settings, *, port: int, serving: bool, quiet: bool) -> None:
    """Harvest the bundled sample, a state in small, and serve it (offline)."""
    if serving:
        port = _free_port(port)
        settings = replace(settings, base_url=_base_url(settings, port))
    say(f"Harvesting the bundled sample into {settings.home} …")
    with open_hub(settings) as hub:
        with sample_portals() as portals, watcher(quiet=quiet) as watching:
            runs = harvest(hub, portals, watching)
        _tell(hub)
        if serving:
            say("Serving until Ctrl-C.")
            serve_hub(hub, host="127.0.0.1", port=port)
    sys.exit(worst(runs))


def _tell(hub: Hub) -> None:
    counts = hub.store.record_counts()
    say(TRY.format(records=sum(counts.values()), sources=len(counts), url=hub.settings.base_url))


def _base_url(settings: Settings, port: int) -> str:
    """The address the demo serves at, unless the operator stated another."""
    default = settings.base_url == "http://127.0.0.1:8000"
    return f"http://127.0.0.1:{port}" if default else settings.base_url


def _free_port(port: int) -> int:
    """The port itself, known to be free (0 picks one). Raises SettingsError before any work is done."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SettingsError(
                f"port {port} cannot be used ({error}); say make demo PORT=… or --port …"
            ) from error
        return int(probe.getsockname()[1])
