"""One `[[portal]]` entry to a Portal and back; each mistake named by entry and key, with what to do."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from harvesters.addresses import followed, shown
from harvesters.local_files import is_path, mistake_in_path
from harvesters.portal import LEVELS, Portal
from harvesters.portal_rules import mistake_in_rules
from harvesters.registry import HARVESTERS
from harvesters.schedule import period

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")
_REQUIRED = ("id", "type", "url")
_AUTH = ({"header", "env"}, {"user", "password_env"})


class PortalsFileError(ValueError):
    """An entry or a file that cannot be used; the message says where, what, and what to do."""


def portal_from_entry(entry: Mapping[str, Any], where: str, folder: Path | None = None) -> Portal:
    """The Portal of one entry. Keys that are no field of Portal become its options.

    `where` begins every message (a file and the number of the entry); a `url` that is a path is relative to
    `folder`, that of the portals file.

    Raises:
        PortalsFileError: a required key is missing, or a value cannot be.
    """
    place = f"{where} (id {entry['id']!r})" if isinstance(entry.get("id"), str) else where
    for key in _REQUIRED:
        if key not in entry:
            raise PortalsFileError(f"{place}: {key} is missing; every portal needs id, type and url")
    options = dict(entry.get("options") or {}) if isinstance(entry.get("options"), Mapping) else {}
    values: dict[str, Any] = {}
    folder = folder.resolve() if folder else None
    for key, value in entry.items():
        check = _CHECKS.get(key)
        if check is None:
            if key != "options":
                options[key] = value
            continue
        wrong = check(value)
        if key == "url" and is_path(value):
            wrong = mistake_in_path(value, entry["type"], folder)
            values["folder"] = str(folder)
        if wrong:
            raise PortalsFileError(f"{place}: {key} = {_shown(value)}: {wrong}")
        values[key] = value
    for key, value in options.items():
        wrong = _url(value) if key.endswith("_url") else ""
        if wrong:
            raise PortalsFileError(f"{place}: {key} = {_shown(value)}: {wrong}")
    if mistake := mistake_in_rules(values["type"], values.get("rules", {}), options):
        raise PortalsFileError(f"{place}: {mistake.key} = {_shown(mistake.value)}: {mistake.allowed}")
    return Portal(**values, options=options)


def _shown(value: object) -> str:
    """The value as a message may show it: a password inside an address is left out."""
    return repr(shown(value) if isinstance(value, str) else value)


def entry_of(portal: Portal) -> dict[str, Any]:
    """The entry that reads back as this portal: what is not a default, options as keys of their own."""
    entry: dict[str, Any] = {}
    for item in fields(Portal):
        value = getattr(portal, item.name)
        if item.name in {"options", "folder"} or (
            item.name not in _REQUIRED and value == _default(item.name)
        ):
            continue
        entry[item.name] = value
    return {**entry, **portal.options}


def _default(name: str) -> Any:
    return getattr(Portal("", "", ""), name)


def _text(value: object) -> str:
    return "" if isinstance(value, str) else "write it as text in quotes"


def _id(value: object) -> str:
    if isinstance(value, str) and _ID.fullmatch(value):
        return ""
    return "use 1 to 64 lower-case letters, digits and hyphens, not at either end"


def _type(value: object) -> str:
    return "" if value in HARVESTERS else f"the types are {', '.join(HARVESTERS)}"


def _url(value: object) -> str:
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        followed("", value if isinstance(value, str) else "")
    except ValueError:
        return "write a whole address such as https://data.example.gov/data.json"
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return "write a whole address such as https://data.example.gov/data.json"
    if parts.username or parts.password:
        return "leave name and password out of the address; name them in auth"
    return ""


def _schedule(value: object) -> str:
    try:
        period(value if isinstance(value, str) else "")
    except ValueError as error:
        return str(error)
    return ""


def _one_of(*choices: str) -> Callable[[object], str]:
    return lambda value: "" if value in choices else f"it must be one of {', '.join(choices)}"


def _true_or_false(value: object) -> str:
    return "" if isinstance(value, bool) else "write true or false"


def _whole(minimum: int) -> Callable[[object], str]:
    return lambda value: (
        "" if type(value) is int and value >= minimum else f"write a whole number from {minimum}"
    )


def _number(minimum: float, maximum: float = float("inf"), *, above: bool = False) -> Callable[[object], str]:
    said = f"above {minimum:g}" if above else f"from {minimum:g}"
    said += f" to {maximum:g}" if maximum < float("inf") else ""

    def check(value: object) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return f"write a number {said}"
        good = minimum <= value <= maximum and not (above and value == minimum)
        return "" if good else f"write a number {said}"

    return check


def _table(value: object) -> str:
    return "" if isinstance(value, Mapping) else "write it as a table"


def _auth(value: object) -> str:
    if isinstance(value, Mapping) and set(value) in _AUTH and all(isinstance(v, str) for v in value.values()):
        return ""
    return 'write {header = "X-App-Token", env = "NAME"} or {user = "…", password_env = "NAME"}'


_CHECKS: Mapping[str, Callable[[object], str]] = MappingProxyType(
    {
        "id": _id,
        "type": _type,
        "url": _url,
        "title": _text,
        "jurisdiction": _text,
        "level": _one_of(*LEVELS),
        "schedule": _schedule,
        "expected_minimum": _whole(0),
        "allow_private": _true_or_false,
        "max_delete": _number(0, 1),
        "grace_days": _number(0),
        "robots": _one_of("api", "obey"),
        "take_turns": _true_or_false,
        "rules": _table,
        "request_timeout": _number(0, above=True),
        "run_budget": _number(0, above=True),
        "max_bytes": _whole(1),
        "max_pages": _whole(1),
        "auth": _auth,
    }
)
"""What each key must be: "" or what to write instead."""
