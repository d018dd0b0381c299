"""`hubsearch serve`: the web server."""

import click

from hubsearch.cli.output import say
from hubsearch.hub import open_hub
from hubsearch.serving import serve_hub
from hubsearch.settings import Settings


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.pass_obj
def serve(settings: Settings, host: str, port: int) -> None:
    """Serve the search page, the API and the feeds until stopped."""
    with open_hub(settings) as hub:
        say(f"Serving {settings.home} at http://{host}:{port} (Ctrl-C stops)")
        serve_hub(hub, host=host, port=port)
