"""The files pages need, served by the hub itself: an address that changes with the content, cached for a
year."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
NAMES = ("hubsearch.css", "icon.svg")


@dataclass(frozen=True, slots=True)
class Asset:
    """One file: `path` as pages name it, content, media type."""

    path: str
    content: bytes
    media_type: str


@cache
def asset(name: str) -> Asset:
    """A file of `static/` under its address `/static/{stem}-{hash}.{extension}`."""
    content = files("search_api").joinpath("static", name).read_bytes()
    stem, _, extension = name.rpartition(".")
    digest = sha256(content).hexdigest()[:12]
    return Asset(f"/static/{stem}-{digest}.{extension}", content, TYPES[extension])


@cache
def by_path() -> dict[str, Asset]:
    """Every file by the address it is served at."""
    return {found.path: found for found in map(asset, NAMES)}
