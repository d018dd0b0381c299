"""URLs: only those a visitor may follow, in strict RFC 3986 spelling.

data.gov refuses spaces, raw Unicode and braces; a browser would follow `javascript:`.
"""

import re
from urllib.parse import quote, urlsplit

from mappings.issue import IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import read_scalar, show

URL_LIMIT = 4_096
"""Characters of a URL; servers and proxies stop near here."""

_PLAIN = r"[A-Za-z0-9._~!$&'()*+,;=:@/-]*"
_PATH = rf"{_PLAIN}(?:%[0-9A-Fa-f]{{2}}{_PLAIN})*"
_QUERY = rf"{_PATH}(?:\?{_PATH})*"
_GOOD = re.compile(
    r"(?:https?|ftp)://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?::[0-9]{1,4})?"
    rf"(?:/{_PATH})?(?:\?{_QUERY})?(?:#{_QUERY})?"
)
"""RFC 3986 without userinfo and IP literals; its loops are unrolled, since every URL of a feed passes."""
_SCHEME = re.compile(r"(?:(?:https?|ftp):/*)*(https?|ftp):/*(?=[^/\s])", re.IGNORECASE)
"""The last of repeated schemes (`http://https://…`), with as many slashes as were typed."""
_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.?")
_KEPT = "!$&'()*+,;=:@/-._~?%"


def read_url(raw: object, field: str, log: IssueLog) -> str | None:
    """An http, https or ftp URL with a host.

    A good one is returned as it is. Logs `url-repaired` (percent-encoded, `www.` without a scheme,
    backslashes), `url-userinfo-dropped` (a name and password stood in it), `invalid-url` for the rest.
    """
    if isinstance(raw, str) and len(raw) <= URL_LIMIT and _GOOD.fullmatch(raw):
        return raw
    text = read_scalar(raw, field, log)
    real = without_placeholder(text[: URL_LIMIT + 1], field, log) if text else None
    if real is None or "{{" in (text or ""):
        return None
    url = _repaired(real, field, log) if len(real) <= URL_LIMIT else None
    if url is None:
        log.add("invalid-url", field, f"{show(_without_userinfo(real))} is no web address")
    elif url != text:
        log.add("url-repaired", field, f"{show(_without_userinfo(real))} is read as {url}")
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
    if not host or ("." not in host and parts.path.startswith("//")):
        return None
    url = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "") + _encoded(parts.path)
    url += f"?{_encoded(parts.query)}" if parts.query else ""
    url += f"#{_encoded(parts.fragment)}" if parts.fragment else ""
    return url if len(url) <= URL_LIMIT else None


def _without_userinfo(text: str) -> str:
    """No password reaches a message. Part by part: one pattern would go over a long part again and again."""
    return "".join(part.rpartition("@")[2] for part in re.split(r"([/?#\s])", text))


def _encoded(part: str) -> str:
    part = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", part)
    return quote(part, safe=_KEPT, errors="replace")


def _ascii_host(host: str) -> str:
    if not host.isascii():
        try:
            host = host.encode("idna").decode()
        except UnicodeError:
            return ""
    return host if _HOST.fullmatch(host) else ""
