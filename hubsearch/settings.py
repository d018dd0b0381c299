"""Settings: read once from the environment, passed on from there.

The names and defaults are the ones operators' scripts rely on (README, "Settings").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

USER_AGENT = "hubsearch/0.1 (harvests the metadata of public data portals)"
"""How the harvesters introduce themselves; HUBSEARCH_USER_AGENT names the operator's own page instead."""


class SettingsError(Exception):
    """An environment variable cannot be used; the message names it and says what it should hold."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the hub keeps its things and how it is reached. `fixed_now` replaces the clock in tests."""

    home: Path
    portals: Path
    store: str
    engine: str
    base_url: str
    title: str = "hubsearch"
    user_agent: str = USER_AGENT
    fixed_now: datetime | None = None

    def now(self) -> datetime:
        """The time, in UTC: the clock, or HUBSEARCH_NOW where it is set."""
        return self.fixed_now or datetime.now(UTC)

    @property
    def spool(self) -> Path:
        """Folder of the spools: one file a run, kept while a run is held."""
        return self.home / "spool"

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
        store=environ.get("HUBSEARCH_STORE") or f"sqlite:///{home / 'store.sqlite'}",
        engine=environ.get("HUBSEARCH_ENGINE") or "tantivy",
        base_url=base_url,
        title=environ.get("HUBSEARCH_TITLE") or "hubsearch",
        user_agent=environ.get("HUBSEARCH_USER_AGENT") or USER_AGENT,
        fixed_now=_fixed_now(environ.get("HUBSEARCH_NOW")),
    )


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
