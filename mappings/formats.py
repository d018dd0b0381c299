"""Formats: a short upper-case name and IANA's media type, from whatever the publisher wrote."""

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from mappings import vocabulary
from mappings.dataset import DistributionKind
from mappings.issue import IssueLog
from mappings.published import read_scalar, show

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*(?:\+[a-z0-9-]+)?")
"""Stricter than RFC 6838 and within data.gov's pattern."""
_EXTENSION = re.compile(r"\.([a-z0-9]{2,8})$")
_GENERIC = {"application/octet-stream", "application/unknown", "application/http", "application/x-download"}


@dataclass(frozen=True, slots=True)
class FormatReading:
    """`format` is a short upper-case name, `media_type` IANA's; `kind` what such a format usually is."""

    format: str | None = None
    media_type: str | None = None
    kind: DistributionKind | None = None


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    media_type: str | None
    kind: DistributionKind | None


def read_format(
    raw_format: object, raw_media_type: object, url: str | None, field: str, log: IssueLog
) -> FormatReading:
    """Format and media type; the format's own word counts first, then the media type, then the URL's ending.

    Logs `media-type-malformed` and `format-not-recognised` (kept as written, in capitals).
    """
    media_type, by_type = _media_type(raw_media_type, field, log)
    word = (read_scalar(raw_format, field, log) or "").strip()[:100]
    term = _spelling(word) if word else None
    if term is None and word:
        log.add("format-not-recognised", field, f"{show(word)} is no format we know")
    term = term or by_type or _by_extension(url)
    if term is None:
        return FormatReading(word.upper()[:40] or None, media_type)
    return FormatReading(term.name, media_type or term.media_type, term.kind)


def _media_type(raw: object, field: str, log: IssueLog) -> tuple[str | None, _Term | None]:
    text = (read_scalar(raw, field, log) or "").strip()[:200]
    if not text:
        return None, None
    bare = text.split(";", 1)[0].strip().lower()
    term = _media_types().get(bare) or _spelling(bare)
    if not _MEDIA_TYPE.fullmatch(bare):
        log.add("media-type-malformed", field, f"{show(text)} is no media type")
        return (term.media_type if term else None), term
    if bare in _GENERIC:
        return None, None
    if term:
        return term.media_type or bare, term
    return bare, None


def _spelling(word: str) -> _Term | None:
    return _spellings().get(vocabulary.folded(word).lstrip("."))


def _by_extension(url: str | None) -> _Term | None:
    if not url:
        return None
    try:
        path = urlsplit(url).path.lower()
    except ValueError:
        return None
    found = _EXTENSION.search(path)
    return _extensions().get(found[1]) if found else None


@cache
def _terms() -> list[tuple[_Term, dict[str, list[str]]]]:
    rows = vocabulary.load("formats")["format"]
    return [(_Term(row["name"], row.get("media_type"), row.get("kind")), row) for row in rows]


@cache
def _spellings() -> dict[str, _Term]:
    return {
        vocabulary.folded(word): term for term, row in _terms() for word in [term.name, *row.get("names", [])]
    }


@cache
def _extensions() -> dict[str, _Term]:
    return {ending: term for term, row in _terms() for ending in row.get("extensions", [])}


@cache
def _media_types() -> dict[str, _Term]:
    found: dict[str, _Term] = {}
    for term, row in _terms():
        for media_type in [*([term.media_type] if term.media_type else []), *row.get("media_types", [])]:
            found.setdefault(media_type, term)
    return found
