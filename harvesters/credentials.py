"""What a portal wants to see before it answers: a token header, or a user's name and password."""

import base64
from collections.abc import Mapping

from harvesters.fetch_error import FetchError
from harvesters.portal import Portal


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


def _secret(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "")
    if not value:
        raise FetchError("auth-missing", f"auth names the environment variable {name!r}, which is not set")
    return value
