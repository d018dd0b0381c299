"""Secrets that stand in files: no environment listing, no process table and no log shows them.

`HUBSEARCH_…_FILE` names a file that holds one secret; white space around it is no part of it.
"""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit


class SecretFileError(Exception):
    """A secret's file cannot be used; the message names the variable, never what the file holds."""


def read_secret(environ: Mapping[str, str], name: str) -> str | None:
    """The secret in the file that the variable `name` (`…_FILE`) names; None when it is not set.

    Raises SecretFileError when there is no such file, it cannot be read, or it holds nothing.
    """
    path = environ.get(name)
    if not path:
        return None
    try:
        secret = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "it is no text"
        raise SecretFileError(
            f"{name} is {path!r}, which cannot be read ({what}); name a file with the secret alone"
        ) from None
    if not secret or "\n" in secret:
        raise SecretFileError(f"{name} is {path!r}, which should hold one line, the secret alone")
    return secret


def with_password(url: str, password: str) -> str:
    """The store's URL with the password put in, encoded. Raises SecretFileError when the URL has a password
    of its own, or no user the password could belong to."""
    parts = urlsplit(url)
    if parts.password is not None:
        raise SecretFileError(
            "HUBSEARCH_STORE_PASSWORD_FILE is set and HUBSEARCH_STORE has a password too; take it out there"
        )
    user, at, host = parts.netloc.rpartition("@")
    if not at or not user:
        raise SecretFileError(
            "HUBSEARCH_STORE_PASSWORD_FILE is set, but HUBSEARCH_STORE names no user the password belongs to"
        )
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))
