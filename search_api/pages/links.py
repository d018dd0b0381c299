"""Addresses on pages: our own for a dataset, and publishers' links only where a browser may follow them."""

import re
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from mappings.text import slugify

FOLLOWED = frozenset({"http", "https", "ftp", "mailto"})
SLUG_LIMIT = 80

_WEB = re.compile(r"https?://[^\s<>\"'“”‘’]{4,2000}[^\s<>\"'“”‘’.,;:!?)\]]")


def dataset_path(record_id: str, title: str) -> str:
    """`/dataset/{id}/{slug}`; the slug is for people and may be anything."""
    slug = dataset_slug(title)
    return f"/dataset/{record_id}/{slug}" if slug else f"/dataset/{record_id}"


def dataset_slug(title: str) -> str:
    """The title as a name in an address; empty when it holds no Latin letter or digit."""
    slug = slugify(title[: SLUG_LIMIT * 4])
    if len(slug) <= SLUG_LIMIT:
        return slug
    return slug[:SLUG_LIMIT].rsplit("-", 1)[0]


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
