"""`hubsearch serve`: the web server."""

import click

from hubsearch.cli.output import say
from hubsearch.hub import open_hub
from hubsearch.serving import serve as serve_processes
from hubsearch.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that answer; each takes up to one core.",
)
@click.pass_obj
def serve(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve the search page, the API and the feeds until stopped."""
    many = "" if workers == 1 else f" with {workers} processes"
    with open_hub(settings):  # what cannot be opened is said once; the tables are brought up to date
        say(f"Serving {settings.home} at http://{host}:{port}{many} (Ctrl-C stops)")
    serve_processes(settings, host=host, port=port, workers=workers)
