"""Reading and writing portals.toml, the operator's file: comments and order stay as they are."""

import re
import tomllib
from pathlib import Path

import tomlkit

from harvesters.portal import Portal
from harvesters.portal_entry import PortalsFileError, entry_of, portal_from_entry

__all__ = ["PortalsFileError", "add_portal", "portal_from_entry", "read_portals", "remove_portal"]

_HEADING = "# The portals this hub harvests, one [[portal]] each."
_ENTRY = re.compile(r"\s*\[\[\s*portal\s*\]\]")
_OTHER = re.compile(r"\s*\[(?!\s*portal\s*\.)")
"""A heading that begins something else; `[portal.rules]` still belongs to the entry."""


def read_portals(path: Path) -> list[Portal]:
    """Every portal of the file, in its order.

    Raises:
        PortalsFileError: there is no such file, it is not TOML, an entry cannot be used, two share an id.
    """
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise PortalsFileError(
            f"{path}: there is no such file; `hubsearch source add URL` makes it"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PortalsFileError(f"{path}: not valid TOML: {error}") from None
    entries = document.get("portal", [])
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise PortalsFileError(f"{path}: write each portal as a [[portal]] table, with two brackets")
    portals = [
        portal_from_entry(entry, f"{path}: [[portal]] number {number}", path.parent)
        for number, entry in enumerate(entries, start=1)
    ]
    seen: set[str] = set()
    for number, portal in enumerate(portals, start=1):
        if portal.id in seen:
            raise PortalsFileError(
                f"{path}: [[portal]] number {number} (id {portal.id!r}): the id is taken; give it another"
            )
        seen.add(portal.id)
    return portals


def add_portal(path: Path, portal: Portal) -> None:
    """Append the portal's entry; the file is made where it does not exist.

    Raises:
        PortalsFileError: the file cannot be read, the entry cannot be used, or its id is taken.
    """
    portal_from_entry(entry_of(portal), f"{path}: the new portal", path.parent)
    known = read_portals(path) if path.exists() else []
    if any(other.id == portal.id for other in known):
        raise PortalsFileError(f"{path}: the id {portal.id!r} is taken; give the new portal another (--id)")
    text = path.read_text("utf-8") if path.exists() else _HEADING
    _write(path, f"{text.rstrip()}\n\n{_written(portal)}", [*known, portal])


def remove_portal(path: Path, portal_id: str) -> None:
    """Remove the entry of that id; every comment stays.

    Raises:
        PortalsFileError: the file cannot be read, or has no such entry.
    """
    portals = read_portals(path)
    number = next((i for i, portal in enumerate(portals) if portal.id == portal_id), None)
    if number is None:
        known = ", ".join(portal.id for portal in portals) or "none"
        raise PortalsFileError(f"{path}: no portal is called {portal_id!r}; there are: {known}")
    text = _without_entry(path.read_text("utf-8"), number)
    _write(path, text, portals[:number] + portals[number + 1 :])


def _written(portal: Portal) -> str:
    table = tomlkit.table()
    for key, value in entry_of(portal).items():
        table.add(key, _inline(value) if isinstance(value, dict) else value)
    entries = tomlkit.aot()
    entries.append(table)
    document = tomlkit.document()
    document.append("portal", entries)
    return tomlkit.dumps(document)


def _inline(value: dict[str, object]) -> tomlkit.items.InlineTable:
    table = tomlkit.inline_table()
    table.update(value)
    return table


def _without_entry(text: str, number: int) -> str:
    """The lines from an entry's heading to its last key; comments behind them belong to the next entry."""
    lines = text.splitlines(keepends=True)
    starts = [i for i, line in enumerate(lines) if _ENTRY.match(line)]
    if number >= len(starts):
        return text
    start = starts[number]
    after = (i for i in range(start + 1, len(lines)) if _OTHER.match(lines[i]))
    end = next(after, len(lines))
    while end > start + 1 and lines[end - 1].strip()[:1] in {"", "#"}:
        end -= 1
    return "".join(lines[:start] + lines[end:]).strip("\n") + "\n"


def _write(path: Path, text: str, expected: list[Portal]) -> None:
    """All of it or nothing: the file is the operator's only copy, so what is written is read back first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(text, "utf-8")
    try:
        if read_portals(fresh) != expected:
            raise PortalsFileError(f"{path}: it is laid out unusually; change the entry in an editor")
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
