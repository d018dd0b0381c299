"""Settings in force, the portals file, the secrets file: what the environment says and whether it can be."""

import stat
from dataclasses import fields
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from harvesters.portal import Portal
from harvesters.portal_entry import PortalsFileError
from hubsearch.doctor.findings import Check
from hubsearch.portals import configured
from hubsearch.settings import Settings
from index.store.database import Database
from index.store.errors import StoreError


def settings_in_force(settings: Settings) -> list[Check]:
    """Every setting with its value, secrets left out."""
    facts = {
        one.name: _plain(getattr(part, one.name))
        for part in (settings, settings.engine_access)
        for one in fields(part)
        if one.name != "engine_access"
    }
    facts |= {"store": store_name(settings), "engine": engine_name(settings)}
    facts["api_key"] = "set" if settings.engine_access.api_key else None
    says = f"home {settings.home}, store {facts['store']}, engine {facts['engine']}"
    return [Check("settings", "ok", says, facts=facts), *_open_secrets(settings)]


def portals_file(settings: Settings) -> tuple[list[Portal], list[Check]]:
    """The portals of the file, and whether it can be read."""
    if not settings.portals.exists():
        says = f"there is no portals file {settings.portals} yet"
        return [], [Check("portals", "note", says, "name a portal: hubsearch source add URL")]
    try:
        portals = configured(settings)
    except (PortalsFileError, OSError) as error:
        return [], [Check("portals", "finding", str(error), "mend the file; nothing is harvested meanwhile")]
    says = f"{len(portals):,} portals in {settings.portals}"
    return portals, [Check("portals", "ok", says, facts={"portals": len(portals)})]


def store_name(settings: Settings) -> str:
    """The store's URL without its password."""
    try:
        database = Database.connect(settings.store)
    except StoreError:
        return settings.store.partition(":")[0]
    database.close()
    return database.name


def engine_name(settings: Settings) -> str:
    """The engine's URLs without their passwords."""
    return ",".join(_without_password(url.strip()) for url in settings.engine.split(","))


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | None) else str(value)


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    if parts.password is None:
        return url
    user, host = parts.netloc.partition(":")[0], parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:***@{host}"))


def _open_secrets(settings: Settings) -> list[Check]:
    path = settings.home / "secrets.toml"
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return []
    if not mode & 0o077:
        return []
    says = f"{path} holds passwords, and others than its owner may read it (mode {mode:o})"
    return [Check("settings", "finding", says, f"close it: chmod 600 {path}")]
