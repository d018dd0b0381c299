"""Hubs of both sizes: the environment that makes `hubsearch` run on each pair of store and engine."""

from pathlib import Path

import pytest

SIZES = ("default", "grown")
"""SQLite with the embedded engine, and PostgreSQL with Elasticsearch."""


def environment_of(size: str, request: pytest.FixtureRequest, home: Path) -> dict[str, str]:
    """The settings of a hub of this size, empty, with servers of this test's own."""
    found = {"HUBSEARCH_HOME": str(home), "HUBSEARCH_PORTALS": str(home / "portals.toml")}
    if size == "grown":
        found |= {
            "HUBSEARCH_STORE": request.getfixturevalue("postgres_url"),
            "HUBSEARCH_ENGINE": request.getfixturevalue("elasticsearch_url"),
            "HUBSEARCH_ENGINE_INDEX": request.getfixturevalue("cluster_index"),
        }
    return found
