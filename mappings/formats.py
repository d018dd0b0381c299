"""Formats: a short upper-case name and IANA's media type, from whatever the publisher wrote."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from mappings import vocabulary
from mappings.characters import clean_characters
from mappings.dataset import DistributionKind
from mappings.issue import Issue, IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import read_scalar, show

_LIMIT = 200
_NAME_LIMIT = 40
_MEDIA_TYPE = re.compile(
    r"(?:application|audio|chemical|font|image|model|multipart|text|video)/[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*(?:\+[a-z0-9-]+)?"
)
"""Within data.gov's pattern, and without the `_` that no registered type has."""
_ENDING = re.compile(r"\.([a-z0-9]{1,8})$")
_PROTOCOL = re.compile(r"(ogc|www):(link(?=-|$)|w[a-z]+s|csw|gml|kml)(?:[-: ].*)?$")
"""GeoNetwork's names of protocols: `OGC:WMS-1.3.0-http-get-map`, `WWW:LINK-1.0-http--link`."""
_SAID_TWICE = re.compile(r"([^()]+?) ?\(([^()]+)\)")
"""`ESRI Shapefile (SHP)`, `Text (.csv)`: the name, then what stands in brackets."""
_AROUND = re.compile(
    r"\A(?:ogc|esri|arcgis|microsoft|ms|adobe|google|apache|zipped|compressed) "
    r"| (?:files?|format|documents?|data|archive|spreadsheet|download|version)\Z"
)
_BETWEEN = re.compile(r"[/?&=#]")
_URL_LIMIT = 2000
_VAGUE = frozenset(
    [
        *("application/octet-stream", "application/unknown", "application/http", "binary/octet-stream"),
        *("spreadsheet", "data", "file", "download", "dataset", "other", "various", "multiple", "unknown"),
    ]
)
"""Types and words that say nothing; the other field, or the URL, says more."""
_CARRIERS = frozenset(["ZIP", "GZIP", "XML", "JSON", "TXT", "XLS"])
"""Formats other formats travel in: a shapefile as application/zip is no contradiction."""


@dataclass(frozen=True, slots=True)
class FormatReading:
    """`format` is a short upper-case name, `media_type` IANA's; `kind` what such a format usually is."""

    format: str | None = None
    media_type: str | None = None
    kind: DistributionKind | None = None


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    type: str | None
    kind: DistributionKind


def read_format(
    raw_format: object, raw_media_type: object, url: str | None, field: str, log: IssueLog
) -> FormatReading:
    """Format and media type; the format's own word counts first, then the media type, then the URL: its
    ending, or the service it names.

    A word we do not know is kept in capitals (`format-not-recognised`). A media type that is none
    (`csv`, `text/csv; charset=utf-8`, `application/vnd.ogc.wfs_xml`) gives the format but is not kept
    (`media-type-malformed`). `format-contradicts-media-type` marks a CSV said to be text/html.
    """
    word = None if raw_format is None else _text(raw_format, field, log)
    media_type = None if raw_media_type is None else _text(raw_media_type, field, log)
    reading, issues = _reading(word, media_type, field)
    if issues:
        log.issues.extend(issues)
    if reading.kind is None and (term := _by_ending(url) or _by_service(url)):
        return FormatReading(reading.format or term.name, reading.media_type or term.type, term.kind)
    return reading


@lru_cache(maxsize=4096)
def _reading(
    published_format: str | None, published_type: str | None, field: str
) -> tuple[FormatReading, tuple[Issue, ...]]:
    """What format and media type say, with the issues found; a feed repeats a few pairs endlessly."""
    log = IssueLog()
    media_type, by_type = _media_type(published_type, field, log) if published_type else (None, None)
    word = without_placeholder(published_format, field, log) if published_format else None
    term = _of_word(word, field, log) if word else None
    if term and by_type and (term.name, by_type.name) == ("XLS", "XLSX"):
        term = by_type
    if term and by_type and term != by_type and by_type.name not in _CARRIERS:
        log.add("format-contradicts-media-type", field, f"{term.name} is said to be {media_type}")
    term = term or by_type
    if term is None:
        vague = word is None or _bare(word) in _VAGUE
        reading = FormatReading(None if vague or word is None else word.upper()[:_NAME_LIMIT], media_type)
    else:
        reading = FormatReading(term.name, media_type or term.type, term.kind)
    return reading, tuple(log.issues)


def _text(raw: object, field: str, log: IssueLog) -> str:
    text = (read_scalar(raw, field, log) or "")[:_LIMIT]
    return " ".join(clean_characters(text, field, log).split())


def _media_type(published: str, field: str, log: IssueLog) -> tuple[str | None, _Term | None]:
    """The media type to keep, and the format it means."""
    text = without_placeholder(published, field, log)
    bare = _bare(text) if text else ""
    if text is None or bare in _VAGUE:
        return None, None
    term = _types().get(bare) or _known(bare)
    if not _MEDIA_TYPE.fullmatch(text.lower()):
        log.add("media-type-malformed", field, f"{show(text)} is no media type")
        term = term or _first_known(bare)
        return (term.type if term else bare if _MEDIA_TYPE.fullmatch(bare) else None), term
    return (term.type if term and term.type else bare), term


def _of_word(word: str, field: str, log: IssueLog) -> _Term | None:
    """The format of a word, of a media type in its place, or of the first of several words."""
    bare = _bare(word)
    found = _known(bare) or _types().get(bare)
    if found or bare in _VAGUE:
        return found
    if found := _first_known(bare):
        log.add("formats-joined", field, f"{show(word)} names several formats; the first is taken")
        return found
    log.add("format-not-recognised", field, f"{show(word)} is no format we know")
    return None


def _known(word: str) -> _Term | None:
    spellings = _spellings()
    found = spellings.get(vocabulary.folded(word))
    if found is None and (protocol := _PROTOCOL.match(word)):
        return spellings.get("html" if protocol[1] == "www" else protocol[2])
    if found is None and (parts := _SAID_TWICE.fullmatch(word)):
        return next((term for part in parts.groups() if part and (term := _plainer(part))), None)
    return found or _plainer(word)


def _plainer(word: str) -> _Term | None:
    """Without what makers and editors put around a format's name: `Esri Shapefile`, `MapInfo TAB format`."""
    spellings, text = _spellings(), vocabulary.folded(word).strip(" .")
    bare = _AROUND.sub("", text)
    return spellings.get(text) or (spellings.get(bare) if bare != text else None)


def _first_known(words: str) -> _Term | None:
    """The first of several; words with mere spaces between them must all be formats (`CSV JSON XML`)."""
    parts = re.split(r"\s*[,;/|]\s*|\s+(?:and|or)\s+", words)
    if len(parts) > 1:
        return next((term for part in parts if (term := _known(part))), None)
    terms = [_known(part) for part in words.split()]
    return terms[0] if len(terms) > 1 and all(terms) else None


def _bare(text: str) -> str:
    """Lower case, without parameters, leading dot, and the address of a vocabulary."""
    bare = text.lower().split(";", 1)[0].strip().removeprefix(".")
    if "://" in bare:
        bare = bare.rstrip("/").rpartition("/media-types/")[2].rpartition("/file-type/")[2]
    return bare


def _by_ending(url: str | None) -> _Term | None:
    """By the file name extension of the URL's path."""
    if not url:
        return None
    path = url.partition("#")[0].partition("?")[0]
    found = _ENDING.search(path[-12:].lower()) if path.count("/") > 2 else None
    return _endings().get(found[1]) if found else None


def _by_service(url: str | None) -> _Term | None:
    """By the service a URL names: `…/rest/services/Roads/FeatureServer/0`, `…/ows?service=WFS`.

    The last name counts (`…/MapServer/WMSServer` is a WMS). A `mapserver` outside Esri's folder `services`
    may be any program.
    """
    if not url:
        return None
    words = _BETWEEN.split(url[:_URL_LIMIT].lower())[3:]
    services = _services()
    found = (
        services[word]
        for word in reversed(words)
        if word in services and ("services" in words or not word.endswith("server"))
    )
    return next(found, None)


@cache
def _terms() -> list[tuple[_Term, dict[str, list[str]]]]:
    rows = vocabulary.load("formats")
    return [(_Term(name, row.get("type"), row.get("kind", "download")), row) for name, row in rows.items()]


@cache
def _spellings() -> dict[str, _Term]:
    return {
        vocabulary.folded(word): term for term, row in _terms() for word in [term.name, *row.get("names", [])]
    }


@cache
def _endings() -> dict[str, _Term]:
    return {ending: term for term, row in _terms() for ending in row.get("endings", [])}


@cache
def _services() -> dict[str, _Term]:
    return {word: term for term, row in _terms() for word in row.get("services", [])}


@cache
def _types() -> dict[str, _Term]:
    """By media type; of several formats with one type the first that claims it as `type` has it, but a
    carrier's own type belongs to the carrier (application/zip is ZIP, not a shapefile)."""
    found: dict[str, _Term] = {}
    for term, row in sorted(_terms(), key=lambda pair: pair[0].name not in _CARRIERS):
        for media_type in [*([term.type] if term.type else []), *row.get("types", [])]:
            found.setdefault(media_type, term)
    return found
