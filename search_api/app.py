"""The web application: routers, headers, compression, error answers. Only reads; any number of them may
run."""

from threading import Event

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Lifespan

from search_api.bounds import Bounds
from search_api.deadline import Deadline
from search_api.errors import add_error_answers
from search_api.hub import Hub
from search_api.parameters import LIMITS
from search_api.probes import disk_probe, engine_probe, store_probe
from search_api.rendered_records import RenderedRecords
from search_api.routers import api, dataset, docs, feeds, health, pages, search
from search_api.security import SecurityHeaders
from search_api.threads import FEEDS, SEARCHES, OpenFeeds, add_lines

COMPRESSED_FROM = 1_000
"""Bytes; below that a compressed answer is hardly shorter."""


def create_app(hub: Hub, *, lifespan: Lifespan[FastAPI] | None = None) -> FastAPI:
    """An application over an open hub, which the caller closes after it.

    `lifespan` surrounds its serving. `app.state.draining` is to be set when the process is about to stop.
    """
    app = FastAPI(
        title=hub.title,
        version="1",
        description=f"Public data of many portals in one search. No key needed. {LIMITS}",
        servers=[{"url": hub.base_url}],
        # FastAPI's own pages load scripts from elsewhere; /docs is ours.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.hub = hub
    app.state.draining = Event()
    app.state.rendered, app.state.open_feeds = RenderedRecords(hub.store, hub.base_url), OpenFeeds()
    add_lines(app, SEARCHES, FEEDS)
    app.state.store_probe, app.state.engine_probe = store_probe(hub.store), engine_probe(hub.engine)
    app.state.disk_probe = disk_probe(hub.warning)
    for part in (pages, search, dataset, feeds, api, docs, health):
        app.include_router(part.router)
    add_error_answers(app)
    app.add_middleware(Deadline)
    app.add_middleware(Bounds)
    app.add_middleware(GZipMiddleware, minimum_size=COMPRESSED_FROM, compresslevel=6)
    app.add_middleware(SecurityHeaders)
    return app
