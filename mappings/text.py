"""Text: descriptions with their paragraphs, titles and names on one line."""

import re
import unicodedata
from dataclasses import dataclass

from mappings import markup
from mappings.characters import clean_characters
from mappings.issue import IssueLog
from mappings.placeholders import is_placeholder, without_placeholder
from mappings.published import read_scalar, show

__all__ = ["Text", "is_placeholder", "read_line", "read_text", "slugify"]

TEXT_LIMIT = 65_536
"""Bytes of a description read at all (64 KB): nh3 takes 37 s on 600 KB of nested tags."""
LINE_LIMIT = 1_000
"""Characters of a title or name. The longest real title seen has 413."""

_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A description: `plain` with line breaks, and `html`, sanitised, where the publisher gave HTML."""

    plain: str
    html: str | None = None


def read_text(raw: object, field: str, log: IssueLog) -> Text | None:
    """A description. Logs `html` when it was published as HTML, `html-entities` when as escaped text."""
    text = read_scalar(raw, field, log)
    if not text:
        return None
    text = _capped(text, field, log)
    real = without_placeholder(clean_characters(text, field, log), field, log)
    if real is None:
        return None
    html = None
    if ("<" in real or "&" in real) and (markup.has_tags(real) or markup.has_entities(real)):
        plain, html = _from_markup(real, field, log)
    else:
        plain = markup.tidy(real)
    if plain and html is not None and is_placeholder(plain):
        log.add("placeholder", field, f"{field} only says {show(plain)}")
        return None
    return Text(plain, html) if plain else None


def read_line(raw: object, field: str, log: IssueLog) -> str | None:
    """A title or name: plain text on one line."""
    text = read_scalar(raw, field, log)
    if not text:
        return None
    if len(text) > LINE_LIMIT * 4:
        text = text[: LINE_LIMIT * 4]
    text = clean_characters(text, field, log)
    line = " ".join(text.split())
    if line != text and line:
        log.add("stray-whitespace", field, f"{field} holds stray spaces or line breaks: {show(line)}")
    real = without_placeholder(line, field, log)
    if real is None:
        return None
    if "<" in real or "&" in real:
        real = _line_from_markup(real, field, log)
    if len(real) > LINE_LIMIT:
        log.add("value-truncated", field, f"{field} is longer than {LINE_LIMIT} characters")
        real = real[: LINE_LIMIT - 1] + "…"
    return real or None


def slugify(text: str) -> str:
    """A lower-case ASCII name for ids and URLs: words joined by hyphens, accents dropped."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_WORD.sub("-", text.lower()).strip("-")


def _capped(text: str, field: str, log: IssueLog) -> str:
    if len(text) * 4 <= TEXT_LIMIT:
        return text
    data = text.encode()
    if len(data) <= TEXT_LIMIT:
        return text
    log.add("description-truncated", field, f"{field} has {len(data):,} bytes, only 64 KB are kept")
    return data[:TEXT_LIMIT].decode("utf-8", "ignore")


def _from_markup(text: str, field: str, log: IssueLog) -> tuple[str, str | None]:
    if not markup.has_tags(text):
        log.add("html-entities", field, f"{field} holds HTML entities")
        text = markup.unescape_entities(text)
        if not markup.has_tags(text):
            return markup.tidy(text), None
    log.add("html", field, f"{field} is HTML where plain text is expected")
    html = markup.sanitise(text)
    return markup.plain_text(html), html or None


def _line_from_markup(line: str, field: str, log: IssueLog) -> str:
    if not markup.has_tags(line) and not markup.has_entities(line):
        return line
    plain, _ = _from_markup(line, field, log)
    return " ".join(plain.split())
