"""A name and password given inside an address: kept apart from the portals file, never printed again.

`$HUBSEARCH_HOME/secrets.toml` (mode 600) holds one line per portal, named like the environment variable the
entry's `auth` refers to; a variable of that name that is set already goes before the file.
"""

import os
import tomllib
from collections.abc import MutableMapping
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import tomlkit

from hubsearch.settings import Settings, SettingsError


def without_user_info(url: str) -> tuple[str, str, str]:
    """The address without its user info, the user's name and the password (empty where there is none)."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return (
        urlunsplit(parts._replace(netloc=host)),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def variable_of(portal_id: str) -> str:
    """The name a portal's password goes by."""
    return f"HUBSEARCH_SECRET_{portal_id.upper().replace('-', '_')}"


def keep(settings: Settings, portal_id: str, password: str) -> str:
    """Write a portal's password into the secrets file; the name it goes by there and in the environment."""
    path = _file(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    document = tomlkit.parse(path.read_text(encoding="utf-8")) if path.exists() else tomlkit.document()
    document[variable_of(portal_id)] = password
    aside = path.with_suffix(".part")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.write(tomlkit.dumps(document))
    aside.replace(path)
    return variable_of(portal_id)


def provide(settings: Settings, environ: MutableMapping[str, str]) -> None:
    """Put the kept passwords into the environment that fetching children inherit.

    Raises SettingsError when the file cannot be read.
    """
    path = _file(settings)
    if not path.exists():
        return
    try:
        secrets = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        what = type(error).__name__  # its text may quote a line of the file
        raise SettingsError(f"{path} cannot be read ({what}); mend it or remove it") from error
    for name, value in secrets.items():
        environ.setdefault(name, str(value))


def _file(settings: Settings) -> Path:
    return settings.home / "secrets.toml"
