"""What a portal wants to see before it answers: a token header, or a user's name and password."""

import base64
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from harvesters.fetch_error import FetchError
from harvesters.portal import Portal

_SHORTEST = 4
"""Characters of a secret from which on it is hidden; fewer would tear every message apart."""


def auth_headers(portal: Portal, environ: Mapping[str, str]) -> dict[str, str]:
    """The headers of the entry's `auth`, its secret read from the environment.

    Raises:
        FetchError: `auth-missing` when the variable is not set.
    """
    auth = portal.auth
    if not auth:
        return {}
    if "user" in auth:
        pair = f"{auth['user']}:{_secret(auth.get('password_env', ''), environ)}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
    return {auth.get("header", "Authorization"): _secret(auth.get("env", ""), environ)}


def spellings(portal: Portal, environ: Mapping[str, str]) -> tuple[str, ...]:
    """How the portal's secret may stand in what it answers: as it is, escaped in an address, as Basic sends
    it. None of them for a secret that is not there or too short to be one."""
    auth = portal.auth or {}
    secret = environ.get(auth.get("password_env") or auth.get("env") or "", "")
    if len(secret) < _SHORTEST:
        return ()
    found = [secret, quote(secret), quote(secret, safe="")]
    if "user" in auth:
        found.insert(0, base64.b64encode(f"{auth['user']}:{secret}".encode()).decode())
    return tuple(dict.fromkeys(found))


def hidden(text: str, secrets: Iterable[str]) -> str:
    """The text with each secret left out."""
    for secret in secrets:
        text = text.replace(secret, "…")
    return text


def _secret(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "")
    if not value:
        raise FetchError("auth-missing", f"auth names the environment variable {name!r}, which is not set")
    return value
