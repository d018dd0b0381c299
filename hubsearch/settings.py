"""Settings: read once from the environment, passed on from there.

The names and defaults are the ones operators' scripts rely on (README, "Settings").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hubsearch.secret_files import SecretFileError, read_secret, with_password
from index.engines.access import EngineAccess

USER_AGENT = "hubsearch/0.1 (harvests the metadata of public data portals)"
"""How the harvesters introduce themselves; HUBSEARCH_USER_AGENT names the operator's own page instead."""


class SettingsError(Exception):
    """An environment variable cannot be used; the message names it and says what it should hold."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the hub keeps its things and how it is reached. `fixed_now` replaces the clock in tests.

    The URLs of the two servers may hold passwords, so they are no part of what is shown of an object.
    """

    home: Path
    portals: Path
    store: str = field(repr=False)
    engine: str = field(repr=False)
    base_url: str
    title: str = "hubsearch"
    user_agent: str = USER_AGENT
    fixed_now: datetime | None = None
    engine_access: EngineAccess = field(default_factory=EngineAccess)
    proxies: str = "127.0.0.1,::1"
    drain_seconds: float = 0.0
    lease_seconds: float = 30.0
    fetches: int | None = None

    def now(self) -> datetime:
        """The time, in UTC: the clock, or HUBSEARCH_NOW where it is set."""
        return self.fixed_now or datetime.now(UTC)

    @property
    def spool(self) -> Path:
        """Folder of the spools: one file a run, kept while a run is held."""
        return self.home / "spool"

    @property
    def hosts(self) -> Path:
        """Folder in which the sources of this hub take turns at the hosts they ask."""
        return self.home / "hosts"

    def kept(self, source: str) -> Path:
        """The file in which a source's fetches keep what they need not ask for again; may be removed."""
        return self.home / "kept" / f"{source}.sqlite"

    @property
    def feeds(self) -> Path:
        """Folder of the published feeds."""
        return self.home / "feeds"

    @property
    def index(self) -> Path:
        """Folder of the embedded engine."""
        return self.home / "index"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings an environment states. Raises SettingsError for a value that cannot be used."""
    home = Path(environ.get("HUBSEARCH_HOME") or "hub").absolute()
    base_url = (environ.get("HUBSEARCH_BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
    if not base_url.startswith(("http://", "https://")):
        raise SettingsError(
            f"HUBSEARCH_BASE_URL is {base_url!r}; it should be the hub's public http(s) address"
        )
    return Settings(
        home=home,
        portals=_portals_file(environ, home),
        store=_store(environ, home),
        engine=environ.get("HUBSEARCH_ENGINE") or "tantivy",
        base_url=base_url,
        title=environ.get("HUBSEARCH_TITLE") or "hubsearch",
        user_agent=environ.get("HUBSEARCH_USER_AGENT") or USER_AGENT,
        fixed_now=_fixed_now(environ.get("HUBSEARCH_NOW")),
        engine_access=_engine_access(environ),
        proxies=environ.get("HUBSEARCH_PROXIES") or "127.0.0.1,::1",
        drain_seconds=_number(environ, "HUBSEARCH_DRAIN_SECONDS", 0, 600) or 0.0,
        lease_seconds=_number(environ, "HUBSEARCH_LEASE_SECONDS", 1, 3600) or 30.0,
        fetches=int(_number(environ, "HUBSEARCH_FETCHES", 1, 64) or 0) or None,
    )


def _store(environ: Mapping[str, str], home: Path) -> str:
    url = environ.get("HUBSEARCH_STORE") or f"sqlite:///{home / 'store.sqlite'}"
    try:
        password = read_secret(environ, "HUBSEARCH_STORE_PASSWORD_FILE")
        return url if password is None else with_password(url, password)
    except SecretFileError as error:
        raise SettingsError(str(error)) from None


def _api_key(environ: Mapping[str, str]) -> str | None:
    plain = environ.get("HUBSEARCH_ENGINE_API_KEY") or None
    try:
        kept = read_secret(environ, "HUBSEARCH_ENGINE_API_KEY_FILE")
    except SecretFileError as error:
        raise SettingsError(str(error)) from None
    if plain and kept:
        raise SettingsError(
            "HUBSEARCH_ENGINE_API_KEY and HUBSEARCH_ENGINE_API_KEY_FILE are both set; leave one out"
        )
    return plain or kept


def _engine_access(environ: Mapping[str, str]) -> EngineAccess:
    usual = EngineAccess()
    index = environ.get("HUBSEARCH_ENGINE_INDEX") or usual.index
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", index):
        raise SettingsError(
            f"HUBSEARCH_ENGINE_INDEX is {index!r}; it should be a short name of a-z, 0-9 and _"
        )
    ca = environ.get("HUBSEARCH_ENGINE_CA")
    if ca and not Path(ca).is_file():
        raise SettingsError(f"HUBSEARCH_ENGINE_CA is {ca!r}; there is no such file")
    replicas = _number(environ, "HUBSEARCH_ENGINE_REPLICAS", 0, 20)
    return EngineAccess(
        api_key=_api_key(environ),
        ca=Path(ca).absolute() if ca else None,
        index=index,
        timeout=_number(environ, "HUBSEARCH_ENGINE_TIMEOUT", 0.1, 600) or usual.timeout,
        shards=int(_number(environ, "HUBSEARCH_ENGINE_SHARDS", 1, 1024) or usual.shards),
        replicas=None if replicas is None else int(replicas),
    )


def _number(environ: Mapping[str, str], name: str, least: float, most: float) -> float | None:
    text = environ.get(name)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise SettingsError(f"{name} is {text!r}; it should be a number from {least:g} to {most:g}")
    return value


def _portals_file(environ: Mapping[str, str], home: Path) -> Path:
    """The named file; else the home's; else the one in the working directory, if it states a portal: the
    sample that ships states none, so that a new home beside it gets a file of its own."""
    if named := environ.get("HUBSEARCH_PORTALS"):
        return Path(named).absolute()
    ours = home / "portals.toml"
    here = Path("portals.toml").absolute()
    return here if not ours.exists() and _states_a_portal(here) else ours


def _states_a_portal(path: Path) -> bool:
    try:
        return (
            re.search(r"^\s*\[\[\s*portal\s*\]\]", path.read_text(encoding="utf-8"), re.MULTILINE) is not None
        )
    except FileNotFoundError:
        return False
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{path} cannot be read ({error}); HUBSEARCH_PORTALS names another file"
        ) from error


def _fixed_now(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"HUBSEARCH_NOW is {text!r}; it should be a date-time like 2026-01-31T06:00:00Z"
        ) from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
