"""Serve: pages, JSON and feeds over an open hub. `create_app(hub)` is the whole of it."""

from search_api.app import create_app
from search_api.hub import Hub

__all__ = ["Hub", "create_app"]
