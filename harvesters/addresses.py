"""Web addresses as sources and operators write them: read in one way by all, shown without user info."""

import re
from urllib.parse import urljoin, urlsplit, urlunsplit

from w3lib.url import safe_url_string

_USER_INFO = re.compile(r"^([a-z][a-z0-9+.-]*:)?([/\\]*)[^/?#]*@", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]*:[0-9a-f:.]*")
"""A host name in its ASCII form, or an IPv6 address without a zone."""
_SHOWN = 200
"""Characters of an address in a message."""


def plain_host(host: str) -> bool:
    """Whether it is a name or a number and nothing else: no user info, escape, zone or control character."""
    return _NAME.fullmatch(host.lower()) is not None


def shown(url: str) -> str:
    """The address for a message or a log: user info left out, cut to a length one can read."""
    return _USER_INFO.sub(r"\1\2…@", url)[:_SHOWN]


def followed(base: str, target: bytes | str) -> str:
    """Where an address found at `base` leads, whole and in ASCII. User info is dropped: a source cannot
    hand its visitors a password, and an address ends up in logs.

    Raises ValueError, whose text shows no user info: it is no address, or not one of http or https.
    """
    text = target.decode("utf-8", "replace") if isinstance(target, bytes) else target
    try:
        parts = urlsplit(urljoin(base, safe_url_string(text)))
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"{shown(text)!r} is no address") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"an address of the scheme {parts.scheme[:20]!r} is not http or https")
    if not plain_host(host):
        raise ValueError(f"{shown(text)!r} names no host")
    place = f"[{host}]" if ":" in host else host
    return urlunsplit(parts._replace(netloc=place if port is None else f"{place}:{port}", fragment=""))
