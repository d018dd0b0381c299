"""Run the web application: over an open hub in this process, or in several that each open their own.

Web processes share nothing but the store and the engine, so any number may run, on any number of hosts.
"""

import os
from contextlib import ExitStack
from functools import partial
from typing import Any

import uvicorn
from fastapi import FastAPI

from hubsearch.draining import draining
from hubsearch.feed_copies import published_feeds
from hubsearch.hub import Hub, open_engine
from hubsearch.room import room_warning
from hubsearch.settings import Settings, read_settings
from index.search import SearchService
from index.store import Store
from index.store.database import Database
from search_api.app import create_app
from search_api.bounds import REQUEST_BYTES
from search_api.connection import IDLE_SECONDS, Connection
from search_api.hub import Hub as WebHub

FACTORY = "hubsearch.serving:application"
"""What the supervisor's processes import and call, each for itself."""

FINISH_SECONDS = 30
"""How long a process that stops waits for the answers under way; the usual patience of those who stop it."""

ANSWERS_SECONDS = 30
"""How long the supervisor waits for a sign of life before it replaces a process: longer than one takes to
start on a machine that is busy."""


def serve(settings: Settings, *, host: str, port: int, workers: int) -> None:
    """Serve the hub that the environment states until stopped, in this process or in `workers` others.

    A process that dies is replaced. SIGTERM ends all in order; SIGHUP renews them one after the other.
    """
    options = server_options(settings, host, port)
    uvicorn.run(FACTORY, factory=True, workers=workers, **options)


def serve_hub(hub: Hub, *, host: str, port: int) -> None:
    """Serve an open hub in this process until stopped; harvests may go on beside it."""
    with ExitStack() as stack:
        uvicorn.run(_application(hub, stack), **server_options(hub.settings, host, port))


def application() -> FastAPI:
    """The application over the hub that the environment states.

    Nothing is asked of the two servers here: a process that starts while one is away answers 503 until it is
    back. The command that starts the processes has brought the store's tables up to date.
    """
    settings, stack = read_settings(os.environ), ExitStack()
    store = Store(Database.connect(settings.store))
    stack.callback(store.close)
    engine = open_engine(settings)
    stack.callback(engine.close)
    hub = Hub(settings, store, engine, SearchService(store, engine, settings.base_url))
    return _application(hub, stack)


def _application(hub: Hub, stack: ExitStack) -> FastAPI:
    """The web application; `stack` is closed when its serving ends."""
    feeds = published_feeds(hub.store, hub.settings)
    stack.callback(feeds.close)
    web = WebHub(
        store=hub.store,
        engine=hub.engine,
        search=hub.search,
        base_url=hub.settings.base_url,
        feeds_dir=feeds.folder,
        renew_feeds=feeds.renew,
        now=hub.settings.now,
        title=hub.settings.title,
        scratch=hub.settings.home,
        warning=partial(room_warning, hub.settings),
    )
    return create_app(web, lifespan=draining(hub.settings.drain_seconds, stack.close))


def server_options(settings: Settings, host: str, port: int) -> dict[str, Any]:
    """How uvicorn is to serve, in this process or in several."""
    return {
        "host": host,
        "port": port,
        "log_level": "warning",
        "access_log": False,  # what people search for is written nowhere beside their address
        "server_header": False,
        "date_header": True,
        "http": Connection,
        "ws": "none",
        "h11_max_incomplete_event_size": REQUEST_BYTES,
        "timeout_keep_alive": IDLE_SECONDS,
        "timeout_graceful_shutdown": FINISH_SECONDS,
        "timeout_worker_healthcheck": ANSWERS_SECONDS,
        # uvicorn believes X-Forwarded-* of these peers alone.
        "forwarded_allow_ips": settings.proxies,
    }
