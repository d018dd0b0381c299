"""From what an operator types to a portal's entry, and back from an id to its entry."""

import re
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from harvesters.portal import Portal
from harvesters.portal_entry import PortalsFileError, portal_from_entry
from harvesters.portals_file import read_portals
from harvesters.registry import HARVESTERS
from hubsearch.settings import Settings

TYPES: tuple[str, ...] = tuple(HARVESTERS)

_KEY_AND_VALUE = re.compile(r"""((?:[^"'=]|"[^"]*"|'[^']*')*)=(.*)""", re.DOTALL)
_TABLED = re.compile(r"""[."']""")


def configured(settings: Settings) -> list[Portal]:
    """The portals of the portals file. Raises PortalsFileError when there is no such file."""
    if not settings.portals.exists():
        raise PortalsFileError(
            f"{settings.portals}: no portals file yet; `hubsearch source add URL` makes one"
        )
    return read_portals(settings.portals)


def find_portal(portals: Sequence[Portal], portal_id: str) -> Portal:
    """The entry of that id. Raises PortalsFileError naming the ids there are."""
    for portal in portals:
        if portal.id == portal_id:
            return portal
    known = ", ".join(portal.id for portal in portals) or "none"
    raise PortalsFileError(f"no portal is called {portal_id!r}; there are: {known}")


def new_portal(
    url: str, portal_type: str, *, portal_id: str | None, options: Sequence[str], **keys: Any
) -> Portal:
    """An entry from command-line words: `options` are KEY=VALUE of any key, as TOML has them
    (`rules.filters.title=["test *"]`); a value that is no other type is text, also without quotes."""
    entry: dict[str, Any] = {
        "id": portal_id or id_from_url(url),
        "type": portal_type,
        "url": url if "://" in url else f"https://{url}",
        **{key: value for key, value in keys.items() if value},
    }
    for text in options:
        _put(entry, text, *_option(text))
    entry.setdefault("title", urlsplit(url).hostname or entry["id"])
    return portal_from_entry(entry, where="source add")


def id_from_url(url: str) -> str:
    """A short name from the host (and path, where the host alone says too little)."""
    parts = urlsplit(url if "//" in url else f"//{url}")
    path = re.sub(r"(/data)?\.json$", "", parts.path)
    name = re.sub(r"[^a-z0-9]+", "-", f"{parts.hostname or ''}{path}".lower().removeprefix("www.")).strip("-")
    return name[:64].rstrip("-") or "portal"


def _option(text: str) -> tuple[list[str], Any]:
    """The key as a way through tables, and the value. Raises PortalsFileError."""
    found = _KEY_AND_VALUE.fullmatch(text)
    if found is None or not found[1].strip():
        raise PortalsFileError(f"--option {text!r}: say it as KEY=VALUE")
    key, value = found[1].strip(), found[2].strip()
    if not _TABLED.search(key):
        return [key], _plain(value)
    try:
        table: Any = tomllib.loads(f"{key} = 0")
    except tomllib.TOMLDecodeError:
        raise PortalsFileError(
            f"--option {text!r}: say it as KEY=VALUE; a part of the key with blanks or dots needs quotes"
        ) from None
    names = []
    while isinstance(table, dict):
        name, table = next(iter(table.items()))
        names.append(name)
    return names, _plain(value)


def _put(entry: dict[str, Any], text: str, names: Sequence[str], value: Any) -> None:
    *tables, last = names
    for name in tables:
        entry = entry.setdefault(name, {})
        if not isinstance(entry, dict):
            raise PortalsFileError(f"--option {text!r}: {name} is given as a value already")
    entry[last] = value


def _plain(value: str) -> Any:
    """`true`, `12`, `0.5`, `["a"]`, `{a = "b"}` as TOML would read them; everything else is text."""
    if value in {"true", "false"}:
        return value == "true"
    if re.fullmatch(r"-?\d+", value):
        return int(value)
    if re.fullmatch(r"-?\d+\.\d+", value):
        return float(value)
    if value[:1] in {"[", "{"} or (value[:1] in {'"', "'"} and value[-1:] == value[:1]):
        with suppress(tomllib.TOMLDecodeError):
            return tomllib.loads(f"value = {value}")["value"]
    return value
