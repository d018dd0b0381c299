"""URLs: only those a visitor may follow, in strict RFC 3986 spelling.

data.gov refuses spaces, raw Unicode and braces; browsers would follow `javascript:`.
"""

import re
from urllib.parse import quote, urlsplit

from mappings.issue import IssueLog
from mappings.placeholders import is_placeholder
from mappings.published import read_scalar, show

URL_LIMIT = 4_096
"""Characters of a URL; browsers and proxies stop near here."""

_PATH = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})*"
_GOOD = re.compile(
    r"(?:https?|ftp)://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?\.?(?::[0-9]{1,5})?"
    rf"(?:/{_PATH})?(?:\?(?:[?]|{_PATH[:-1]})*)?(?:#(?:[?]|{_PATH[:-1]})*)?"
)
_SCHEME = re.compile(r"(https?|ftp):/*(?=[^/\s])", re.IGNORECASE)
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\.?")
_SAFE = "!$&'()*+,;=:@/-._~?%"


def read_url(raw: object, field: str, log: IssueLog) -> str | None:
    """An http, https or ftp URL, percent-encoded where needed (`url-repaired`); else `invalid-url`."""
    if isinstance(raw, str) and len(raw) <= URL_LIMIT and _GOOD.fullmatch(raw):
        return raw
    text = read_scalar(raw, field, log)
    if text is None or not text.strip():
        return None
    text = text.strip()
    if "{{" in text:
        log.add("template-residue", field, f"{field} holds an unfilled template: {show(text)}")
        return None
    if is_placeholder(text):
        log.add("placeholder", field, f"{field} only says {show(text)}")
        return None
    url = _repaired(text, field, log) if len(text) <= URL_LIMIT else None
    if url is None:
        log.add("invalid-url", field, f"{show(text)} is no web address")
    elif url != raw:
        log.add("url-repaired", field, f"{show(text)} is read as {url}")
    return url


def _repaired(text: str, field: str, log: IssueLog) -> str | None:
    text = re.sub(r"[\r\n\t]+", "", text).replace("\\", "/")
    if text[:4].lower() == "www.":
        text = "http://" + text
    scheme = _SCHEME.match(text)
    if not scheme:
        return None
    try:
        parts = urlsplit(f"{scheme[1].lower()}://{text[scheme.end() :]}")
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.username is not None:
        log.add("url-userinfo-dropped", field, f"a user name stood in {field} and is left out")
    host = _ascii_host(host)
    if not host:
        return None
    url = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "") + _encoded(parts.path)
    url += f"?{_encoded(parts.query)}" if parts.query else ""
    url += f"#{_encoded(parts.fragment)}" if parts.fragment else ""
    return url if len(url) <= URL_LIMIT else None


def _encoded(part: str) -> str:
    part = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part)
    return quote(part, safe=_SAFE, errors="replace")


def _ascii_host(host: str) -> str:
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return ""
    return host if _HOST.fullmatch(host) else ""
