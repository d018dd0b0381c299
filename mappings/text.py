"""Text: descriptions with their paragraphs, titles and names on one line."""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import blake2s

from mappings import markup
from mappings.characters import clean_characters
from mappings.issue import IssueLog
from mappings.placeholders import is_placeholder, without_placeholder
from mappings.published import clip, read_scalar, show

__all__ = ["Text", "is_placeholder", "read_line", "read_text", "slugify"]

TEXT_LIMIT = 65_536
"""Bytes of a description that are read (64 KB): nh3 takes 37 s on 600 KB of nested tags."""
LINE_LIMIT = 1_000
"""Characters of a title or name. The longest real title seen has 413."""
PART_LIMIT = 4_096
"""Bytes of the description of a part: one of thousands of distributions or columns."""
_LINE_READ = LINE_LIMIT * 4
"""Characters of a line that are read: markup and entities take more than what they show."""
SLUG_LIMIT = 120

_NOT_WORD = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Text:
    """A description: `plain` with line breaks, and `html`, sanitised, where the publisher gave HTML."""

    plain: str
    html: str | None = None


def read_text(raw: object, field: str, log: IssueLog, limit: int = TEXT_LIMIT) -> Text | None:
    """A description of at most `limit` bytes; None when it says nothing.

    Logs `html` and `inline-css` when it was published as HTML, `html-entities` when it only holds entities,
    `description-truncated`, and what `clean_characters` and `without_placeholder` find.
    """
    text = read_scalar(raw, field, log)
    if not text or not log.room_for(text[:limit], field):
        return None
    text = clean_characters(_capped(text, field, log, limit), field, log)
    real = without_placeholder(text, field, log)
    if real is None:
        return None
    if "<" not in real and "&" not in real:
        return Text(markup.tidy(real))
    plain, html = _from_markup(real, field, log)
    if plain != real and is_placeholder(plain):
        log.add("placeholder", field, f"{field} only says {show(plain)}")
        return None
    return Text(plain, html) if plain else None


def read_line(raw: object, field: str, log: IssueLog) -> str | None:
    """A title or name: plain text on one line, at most `LINE_LIMIT` characters.

    Logs `stray-whitespace`, `value-truncated`, and what `read_text` logs.
    """
    text = read_scalar(raw, field, log)
    if not text or not log.room_for(text[:_LINE_READ], field):
        return None
    cut = len(text) > _LINE_READ
    text = clean_characters(text[:_LINE_READ], field, log)
    if "<" in text or "&" in text:
        text, _ = _from_markup(text, field, log)
    line = " ".join(text.split())
    if line != text and line:
        log.add("stray-whitespace", field, f"{field} holds stray spaces or line breaks: {show(line)}")
    real = without_placeholder(line, field, log)
    if real is not None and (cut or len(real) > LINE_LIMIT):
        log.add("value-truncated", field, f"{field} is longer than {LINE_LIMIT:,} characters")
        return clip(f"{real}…" if cut else real, LINE_LIMIT)
    return real


def slugify(text: str) -> str:
    """A lower-case ASCII name for ids and URLs: words joined by hyphens, accents dropped, `&` read as "and".

    Different texts of other scripts, or beyond `SLUG_LIMIT` characters, stay different by a short hash.
    Empty only for a text without letters and digits.
    """
    words = text.replace("&", " and ")
    if not words.isascii():
        words = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()
    slug = _NOT_WORD.sub("-", words.lower()).strip("-")
    if len(slug) > SLUG_LIMIT:
        return f"{slug[:SLUG_LIMIT].rstrip('-')}-{_short_hash(text)}"
    if not slug and any(map(str.isalnum, text)):
        return f"x-{_short_hash(text)}"
    return slug


def _short_hash(text: str) -> str:
    return blake2s(text.casefold().encode("utf-8", "replace"), digest_size=4).hexdigest()


def _capped(text: str, field: str, log: IssueLog, limit: int) -> str:
    if len(text) * 4 <= limit:
        return text
    data = text.encode()
    if len(data) <= limit:
        return text
    log.add(
        "description-truncated", field, f"{field} has {len(data):,} bytes, only {limit // 1024} KB are kept"
    )
    return data[:limit].decode("utf-8", "ignore")


def _from_markup(text: str, field: str, log: IssueLog) -> tuple[str, str | None]:
    """Plain text and, if it is HTML, the sanitised HTML of a text that holds `<` or `&`."""
    tags = markup.has_tags(text)
    if not tags and (unescaped := markup.unescape_entities(text)) != text:
        log.add("html-entities", field, f"{field} holds HTML entities: {show(text)}")
        text = unescaped
        tags = markup.has_tags(text)
    if not tags:
        return markup.tidy(text), None
    log.add("html", field, f"{field} is HTML where plain text is expected")
    if markup.has_css(text):
        log.add("inline-css", field, f"{field} carries style sheets, which are left out")
    if text.count("<") > markup.TAG_LIMIT:
        return markup.text_of(text), None
    html = markup.sanitise(text)
    return markup.plain_text(html), html or None
