"""The sample's portals, each with a loopback player behind it, as ordinary portal entries."""

import tomllib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.resources import files
from typing import Any

from harvesters.portal import Portal
from hubsearch.demo.platforms import FILES, platform_of
from hubsearch.demo.player import playing

_STARTS = {"waf": "/", "landing-pages": "/", "register": FILES["register"][0]}
"""What an operator writes behind the root."""


def sample_entries() -> list[dict[str, Any]]:
    """The entries of the sample's own portals file."""
    text = files("hubsearch.demo.sample").joinpath("portals.toml").read_text(encoding="utf-8")
    entries: list[dict[str, Any]] = tomllib.loads(text)["portal"]
    return entries


@contextmanager
def sample_portals() -> Iterator[list[Portal]]:
    """Every portal of the sample, answering until the block ends."""
    with ExitStack() as stack:
        yield [
            _portal(entry, stack.enter_context(playing(platform_of(entry), entry["id"])).url)
            for entry in sample_entries()
        ]


def _portal(entry: dict[str, Any], root: str) -> Portal:
    url = root + _STARTS.get(entry["type"], "")
    return Portal(
        id=entry["id"],
        type=entry["type"],
        url=url,
        title=entry["title"],
        jurisdiction=entry["jurisdiction"],
        level=entry["level"],
        allow_private=True,
        options={"domain": entry["host"]} if entry["type"] == "socrata" else {},
    )
