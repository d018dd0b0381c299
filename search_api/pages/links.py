"""Publishers' addresses on pages: links only where a browser may follow them."""

import re
from urllib.parse import urlsplit

from markupsafe import Markup, escape

FOLLOWED = frozenset({"http", "https", "ftp", "mailto"})

_WEB = re.compile(r"https?://[^\s<>\"'“”‘’]{4,2000}[^\s<>\"'“”‘’.,;:!?)\]]")


def followed(url: str | None) -> str | None:
    """The address if a link to it is harmless: http, https, ftp, mailto. Else None: it is shown as text."""
    if not url:
        return None
    try:
        return url if urlsplit(url.strip()).scheme.lower() in FOLLOWED else None
    except ValueError:
        return None


def host_of(url: str) -> str:
    """The host a link leads to, so that a visitor sees it before leaving."""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def linked(text: str) -> Markup:
    """Plain text, escaped, with the web addresses in it as links."""
    parts: list[Markup] = []
    end = 0
    for found in _WEB.finditer(text):
        link = Markup('<a href="{0}" rel="nofollow noopener">{0}</a>').format(found[0])
        parts += [escape(text[end : found.start()]), link]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])
