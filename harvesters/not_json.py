"""Saying what came instead of JSON, in words an operator can act on."""

import re

from harvesters.json_faults import JsonStreamError

_MARKUP = re.compile(rb"\s*+<")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|title)\b", re.IGNORECASE)
_SHOWN = 60
"""Characters of the answer quoted in a message."""


def not_json(beginning: bytes, position: int) -> JsonStreamError:
    """The error for a document that starts like this: a web page (with its title), XML, or something else."""
    if not _MARKUP.match(beginning):
        shown = beginning[:_SHOWN].decode("utf-8", "replace").strip()
        return JsonStreamError("not-json", f"the answer is not JSON; it begins with {shown!r}", position)
    if not _HTML.search(beginning):
        shown = beginning[:_SHOWN].decode("utf-8", "replace").strip()
        return JsonStreamError("not-json", f"the answer is XML, not JSON; it begins with {shown!r}", position)
    title = page_title(beginning)
    named = f"a web page titled “{title}”" if title else "a web page without a title"
    return JsonStreamError("not-json-html", f"the answer is {named}, not JSON", position)


def page_title(html: bytes) -> str:
    """The title (or first heading) of a page, on one line of at most 120 characters."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(html[:65_536], "html.parser")
    element = soup.title or soup.h1
    return " ".join(element.get_text(" ").split())[:120] if element else ""
