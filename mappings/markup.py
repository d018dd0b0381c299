"""HTML in descriptions: a short safe HTML and the plain text of it, paragraph breaks kept."""

import re
from functools import cache
from html import unescape
from html.entities import html5

import nh3

TAG_LIMIT = 4_000
"""Tags of a text that is parsed as HTML: nested ones take quadratic time, and 64 KB hold 13,000."""

_TAGS = frozenset(
    [
        *("p", "br", "div", "ul", "ol", "li", "a", "b", "strong", "i", "em", "u", "sub", "sup"),
        *("code", "pre", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "dl", "dt", "dd", "hr"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    ]
)
_DROPPED_WITH_CONTENT = frozenset(
    [
        *("script", "style", "title", "iframe", "object", "noscript", "template", "svg", "math"),
    ]
)
_OTHER_KNOWN = frozenset(
    [
        *("span", "font", "img", "center", "small", "big", "strike", "s", "tt", "label", "section"),
        *("article", "header", "footer", "main", "figure", "figcaption", "caption", "col"),
        *("colgroup", "tfoot", "html", "head", "body", "meta", "link", "input", "form", "button"),
        *("video", "audio", "source", "cite", "q", "abbr", "address", "del", "ins", "mark", "o:p"),
        *("embed", "base", "details", "summary", "nav", "var"),
    ]
)
_KNOWN = "|".join(sorted(_TAGS | _DROPPED_WITH_CONTENT | _OTHER_KNOWN))
_TAG = re.compile(rf"</?(?:{_KNOWN})(?:[\s/][^<>]*)?>|<!--", re.IGNORECASE)
_BLOCK = re.compile(r"<(?:/?(?:p|div|ul|ol|li|h[1-6]|table|tr|blockquote|pre)\b|br\b)", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_ESCAPED_TWICE = re.compile(
    r"&amp;(?=(?:nbsp|amp|quot|apos|lt|gt|[lr][sd]quo|[mn]dash|bull|hellip|#[0-9]{2,5}|#x[0-9a-f]{2,4});)",
    re.IGNORECASE,
)

_NEW_LINE, _NEW_PARAGRAPH = "\x01", "\x02"
"""Marks while tags become lines; control characters are gone by then."""
_PARAGRAPH = re.compile(r"</?(?:p|ul|ol|dl|table|blockquote|pre|h[1-6])>|<hr>")
_LINE = re.compile(r"</?(?:div|tr|dt|dd|thead|tbody)>|</li>")
_CELL = re.compile(r"</t[dh]>")
_BREAKS = re.compile(r"[ \n\x01\x02]*[\n\x01\x02][ \n\x01\x02]*")
_ANY = re.compile(r'<[^>"]*(?:"[^"]*"[^>"]*)*>')
_RAW_TAG = re.compile(r"<[^<>]*>")
_BLANK_LINES = re.compile(r"\n(?: *\n)+")
_CSS = re.compile(r"<style|<[^<>]*\sstyle\s*=", re.IGNORECASE)


def has_tags(text: str) -> bool:
    """Is this HTML? A lone `<` (as in "income < 50 %") is not."""
    return "<" in text and _TAG.search(text) is not None


def has_css(html: str) -> bool:
    """Does it carry style attributes or style sheets?"""
    return ("style" in html or "STYLE" in html) and _CSS.search(html) is not None


def unescape_entities(text: str) -> str:
    """Entities as characters, also those escaped twice (`&amp;nbsp;`).

    Only what ends with a semicolon: HTML's own rule would read `?a=1&region=2` as "?a=1®ion=2".
    """
    for _ in range(3):
        before = text
        if "&" not in text or (text := _ENTITY.sub(_character, text)) == before:
            break
    return text


def _character(entity: re.Match[str]) -> str:
    written = entity[0]
    return unescape(written) if written[1] == "#" else html5.get(written[1:], written)


def sanitise(html: str) -> str:
    """Only the tags of a plain document, links to http, https and mailto only; no style, no script.

    The caller caps the length: nested tags take quadratic time (600 KB: 37 s).
    """
    html = _ESCAPED_TWICE.sub("&", html)
    if "\n" in html and not _BLOCK.search(html):
        html = html.replace("\n", "<br>")
    return " ".join(_cleaner().clean(html).replace("&nbsp;", " ").split())


def plain_text(clean: str) -> str:
    """The text of sanitised HTML: paragraphs a blank line apart, list items behind a dash."""
    text = clean.replace("<div><br></div>", _NEW_PARAGRAPH).replace("<br>", "\n")
    text = _PARAGRAPH.sub(_NEW_PARAGRAPH, text)
    text = _LINE.sub(_NEW_LINE, text)
    text = _CELL.sub(" ", text.replace("<li>", _NEW_LINE + "- "))
    text = _BREAKS.sub(_break, _ANY.sub("", text))
    return tidy(unescape_entities(text))


def _break(marks: re.Match[str]) -> str:
    """The end of a block and the begin of the next are one line break; two typed ones are a blank line."""
    run = marks[0]
    return "\n\n" if _NEW_PARAGRAPH in run or run.count("\n") > 1 else "\n"


def text_of(html: str) -> str:
    """A rough text of HTML on one line, without parsing: for messages, and for what is not worth more."""
    return " ".join(unescape_entities(_RAW_TAG.sub(" ", html)).split())


def tidy(text: str) -> str:
    """Single spaces, no space at line ends, at most one blank line."""
    if "\n" not in text and "\r" not in text:
        return " ".join(text.split())
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WITH_CONTENT),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )
