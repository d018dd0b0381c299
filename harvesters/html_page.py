"""A web page as it was received: its markup as a tree, and the JSON-LD in it.

Scripts, styles and comments are taken out by one pass over the text before it is parsed, so that JSON-LD is
read whatever the markup around it is, and the tree is as large as what people see. The tree is libxml2's
under BeautifulSoup: linear, and indifferent to 50,000 tags inside each other.
"""

import re
from dataclasses import dataclass, field

from bs4 import BeautifulSoup

from harvesters.fetch_error import FetchError

BYTES = 32 * 1024**2
"""Of one page. JSON-LD of 10 MB is read; the markup has a limit of its own."""
MARKUP = 4 * 1024**2
TAGS = 60_000
OPENINGS = 400_000
"""Characters and tags of a page's markup without scripts: real pages have up to 1 MB and 20,000; a tree of
60,000 takes two seconds and 60 MB. JSON-LD may hold further `<`."""
_BLOCKS = 200
"""JSON-LD scripts of one page."""

_BEGIN = re.compile(r"<!--|<(script|style|svg|noscript|template)\b([^>]{0,1000})>", re.IGNORECASE)
_END = {
    name: re.compile(rf"</{name}\s{{0,20}}>", re.IGNORECASE)
    for name in ("script", "style", "svg", "noscript", "template")
}
_LD_JSON = re.compile(r"type\s{0,9}=\s{0,9}[\"']?\s{0,9}application/ld\+json", re.IGNORECASE)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_-]{1,40})", re.IGNORECASE)
_HTML = re.compile(r"<html\b|<body\b", re.IGNORECASE)
_CLOSED = re.compile(r"</(?:html|body)\s{0,20}>", re.IGNORECASE)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(slots=True)
class HtmlPage:
    """`opened` and `closed` say whether it has `<html>` (or body) and its end: of a site that closes its
    pages, one that does not was cut."""

    soup: BeautifulSoup
    json_ld: list[str] = field(default_factory=list)
    opened: bool = False
    closed: bool = False


def read_page(raw: bytes, content_type: str = "") -> HtmlPage:
    """The page of these bytes (Unicode is UTF-8 by now). Raises FetchError `too-complex`."""
    text = decoded(raw, content_type)
    markup, blocks = _apart(text) if text.count("<") <= OPENINGS else ("<" * OPENINGS, [])
    if len(markup) > MARKUP or markup.count("<") > TAGS:
        limit = f"{MARKUP // 1024**2} MB or {TAGS:,} tags"
        raise FetchError("too-complex", f"the page's markup has more than {limit}")
    opened = _HTML.search(markup) is not None
    closed = _CLOSED.search(text[-2_000:]) is not None
    return HtmlPage(BeautifulSoup(markup, "lxml"), blocks, opened, closed)


def decoded(raw: bytes, content_type: str = "") -> str:
    """By UTF-8 where it is that, else what page or header say, else as Windows does."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    declared = _CHARSET.search(raw[:4_096])
    named = declared[1].decode() if declared else content_type.lower().partition("charset=")[2].strip("\"' ")
    for name in (named, "cp1252"):
        try:
            if name and not name.lower().startswith("utf"):
                return raw.decode(name)
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", "replace")


def _apart(text: str) -> tuple[str, list[str]]:
    """The markup people see, and the JSON-LD. What is not closed reaches to the end of the page."""
    markup: list[str] = []
    blocks: list[str] = []
    at = 0
    while begun := _BEGIN.search(text, at):
        markup.append(text[at : begun.start()])
        name = (begun[1] or "").lower()
        if not name:
            end = text.find("-->", begun.end())
            at = len(text) if end < 0 else end + 3
            continue
        if begun[2].rstrip().endswith("/") and name == "svg":
            at = begun.end()
            continue
        closing = _END[name].search(text, begun.end())
        inside_end = closing.start() if closing else len(text)
        if name == "script" and _LD_JSON.search(begun[2]) and closing and len(blocks) < _BLOCKS:
            blocks.append(text[begun.end() : inside_end])
        at = closing.end() if closing else len(text)
    markup.append(text[at:])
    return _CONTROLS.sub(" ", "".join(markup)), blocks
