"""Run the web application over an open hub."""

import uvicorn

from hubsearch.hub import Hub
from search_api.app import create_app
from search_api.hub import Hub as WebHub


def serve_hub(hub: Hub, *, host: str, port: int) -> None:
    """Serve until stopped. One process: it only reads store and index, so harvests go on beside it."""
    web = WebHub(
        store=hub.store,
        engine=hub.engine,
        search=hub.search,
        base_url=hub.settings.base_url,
        feeds_dir=hub.settings.feeds,
        now=hub.settings.now,
        title=hub.settings.title,
    )
    uvicorn.run(
        create_app(web), host=host, port=port, log_level="warning", server_header=False, date_header=True
    )
