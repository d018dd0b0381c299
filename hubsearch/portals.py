"""From what an operator types to a portal's entry, and back from an id to its entry."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harvesters.detect import Detected
from harvesters.fetch_error import FetchError
from harvesters.local_files import FROM_DISK, is_path, located
from harvesters.portal import Portal
from harvesters.portal_entry import PortalsFileError, portal_from_entry
from harvesters.portals_file import read_portals
from harvesters.registry import HARVESTERS
from hubsearch.settings import Settings
from mappings.agency_hosts import owner_of

TYPES: tuple[str, ...] = tuple(HARVESTERS)

_KEY_AND_VALUE = re.compile(r"""((?:[^"'=]|"[^"]*"|'[^']*')*)=(.*)""", re.DOTALL)
_TABLED = re.compile(r"""[."']""")


_COMMON = frozenset(item.name for item in fields(Portal)) - {"rules", "options", "folder"}


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
    url: str,
    portal_type: str,
    *,
    portal_id: str | None,
    options: Sequence[str],
    folder: Path | None = None,
    found: Mapping[str, Any] | None = None,
    **keys: Any,
) -> Portal:
    """An entry from command-line words: `options` are KEY=VALUE of any key, as TOML has them
    (`rules.filters.title=["test *"]`); a value that is no other type is text, also without quotes. What was
    `found` out holds where nothing else is said. With a `folder` the `url` is a path in it."""
    entry: dict[str, Any] = {
        "id": portal_id or id_from_url(url),
        "type": portal_type,
        "url": url if folder or "://" in url else f"https://{url}",
        **(found or {}),
        **{key: value for key, value in keys.items() if value},
    }
    for text in options:
        _put(entry, text, *_option(text))
    entry.setdefault("title", urlsplit(url).hostname or entry["id"])
    return portal_from_entry(entry, "source add", folder)


def path_meant(words: str, portal_type: str | None, folder: Path) -> str | None:
    """The path below `folder` that an operator's words mean, None where they mean an address. A path is what
    begins like one, what is there, and for a type that reads files what has no host's name in front."""
    if not is_path(words):
        return None
    first = words.partition("/")[0]
    like_a_path = first in {"", ".", ".."} or (
        portal_type in FROM_DISK and "/" in words and "." not in first and first != "localhost"
    )
    if not like_a_path and not (folder / words).exists():
        return None
    whole, root = Path(words), folder.resolve()
    return str(whole.relative_to(root)) if whole.is_absolute() and whole.is_relative_to(root) else words


def on_disk(portal: Portal) -> Portal:
    """The portal, if what its path leads to is there. Raises PortalsFileError."""
    try:
        located(portal)
    except FetchError as error:
        raise PortalsFileError(
            f"source add {portal.url}: {error.message}; paths are relative to the portals file, "
            "addresses begin with https://"
        ) from None
    return portal


def suggested(found: Detected, options: Sequence[str]) -> dict[str, Any]:
    """Keys for the entry of a portal that was found out: what its answers say, the level of government and
    the jurisdiction by the owner of its host, and half of the records it shows as the expected minimum. That
    is left alone where `options` may ask for a part of the portal only."""
    keys = dict(found.keys)
    owner = owner_of(urlsplit(found.url).hostname or "")
    if owner is not None and owner.level != "other":
        keys |= {"level": owner.level, "jurisdiction": owner.jurisdiction}
    if found.records and {_option(text)[0][0] for text in options} <= _COMMON:
        keys["expected_minimum"] = max(1, found.records // 2)
    return keys


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
