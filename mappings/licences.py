"""Licences: SPDX identifiers where there is one, recognised by URL, by name, or inside a longer text."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from mappings import creative_commons, markup, vocabulary
from mappings.dataset import Licence
from mappings.issue import Issue, IssueLog
from mappings.placeholders import is_placeholder
from mappings.published import clip, read_scalar, show
from mappings.urls import read_url

TEXT_LIMIT = 16_384
"""Characters of a licence text that are searched; counties publish whole disclaimers."""

CUSTOM = "custom"
"""The id of terms that are stated and are no licence we know: what they allow is to be read."""

UNSTATED = "notspecified"
"""The id (CKAN's) where the publisher says outright that no licence is given."""

_NAME_LIMIT = 200
_URL = re.compile(r"https?://[^\s\"'<>()]{4,500}")
_HREF = re.compile(r"href\s*=\s*[\"']?(https?://[^\s\"'<>]{4,500})", re.IGNORECASE)
_TAIL = re.compile(r"(?:/(?:legalcode|deed|summary|other-pd))?(?:\.[a-z_]{2,7})?/?(?:[#?].*)?$")


@dataclass(frozen=True, slots=True)
class _Term:
    id: str
    label: str
    url: str | None
    open: bool | None


def read_licence(raw: object, field: str, log: IssueLog, *, url_expected: bool = True) -> Licence | None:
    """The licence, with the publisher's words beside it.

    `id` is `custom` where it is not recognised (`licence-not-recognised`; a county's own terms) and
    `notspecified` where the publisher says that none is given (`licence-not-stated`). Where the schema
    wants a URL, as DCAT-US does, `licence-is-html` and `licence-not-url` say what stood there instead.
    """
    text = (read_scalar(raw, field, log) or "").strip()
    if not text:
        return None
    identifier, url, is_open, issues = _reading(text[:TEXT_LIMIT], field, url_expected)
    log.issues.extend(issues)
    return Licence(identifier, url, is_open, clip(text))


@lru_cache(maxsize=256)
def _reading(
    text: str, field: str, url_expected: bool
) -> tuple[str | None, str | None, bool | None, tuple[Issue, ...]]:
    """Id, URL, openness and the issues found; thousands of records carry the same county's disclaimer."""
    log = IssueLog()
    html = markup.has_tags(text)
    if html:
        log.add("licence-is-html", field, f"{field} is HTML text: {show(markup.text_of(text[:1000]))}")
    term = None
    if is_placeholder(text) or vocabulary.folded(text[:_NAME_LIMIT].rpartition("::")[2]) in _unstated():
        log.add("licence-not-stated", field, f"{show(text)} states no licence")
    elif (term := _recognised(text)) is None:
        log.add("licence-not-recognised", field, f"{show(text)} is no licence we know")
        return CUSTOM, _only_link(text, html), None, tuple(log.issues)
    elif url_expected and not html and not text.lower().startswith(("http://", "https://")):
        log.add("licence-not-url", field, f"{show(text)} should be the licence's URL, {term.url or 'if any'}")
    if term is None:
        return UNSTATED, None, None, tuple(log.issues)
    return term.id, term.url, term.open, tuple(log.issues)


def is_known(licence: Licence) -> bool:
    """Whether it is a licence of the vocabulary, not the publisher's own terms nor none."""
    return licence.id not in (None, CUSTOM, UNSTATED)


def licence_label(identifier: str) -> str:
    """What a person reads for a licence id, whatever its case; an unknown id is its own label."""
    term = _terms().get(identifier.casefold())
    if term:
        return term.label
    known = creative_commons.from_id(identifier)
    return known.label if known else identifier


def url_key(url: str) -> str:
    """A licence URL without what varies: scheme, `www.`, `/legalcode`, `/deed.en`, a closing slash."""
    bare = url.lower().split("://", 1)[-1].removeprefix("www.").rstrip(".,;")
    return _TAIL.sub("", bare)


def _recognised(text: str) -> _Term | None:
    """By name (Socrata writes name, attribution and URL on three lines; CKAN exports `Other::Public
    Domain`), by URL, by what the text says."""
    spellings = _spellings()
    first = text.split("\n", 1)[0][:_NAME_LIMIT]
    for name in (first, first.rpartition("::")[2]):
        if found := spellings.get(vocabulary.folded(name)):
            return found
    for url in _URL.findall(text)[:50]:
        key = url_key(url)
        if found := spellings.get(key) or spellings.get(vocabulary.folded(_authority_name(key))):
            return found
        if licence := creative_commons.from_url(key):
            return _term_of(licence)
    if licence := creative_commons.from_name(text):
        return _term_of(licence)
    lower = " ".join(text.casefold().split())
    return next((term for phrase, term in _phrases() if phrase in lower), None)


def _authority_name(key: str) -> str:
    """The EU's authority table names licences in the path: `…/authority/licence/CC_BY_4_0`."""
    return key.partition("/authority/licence/")[2] or "-"


def _term_of(licence: creative_commons.CreativeCommons) -> _Term:
    return _Term(licence.id, licence.label, licence.url, licence.open)


def _only_link(text: str, html: bool) -> str | None:
    """The one link of the text: most likely the terms (a county's logo is no link)."""
    links = dict.fromkeys((_HREF if html else _URL).findall(text))
    return read_url(next(iter(links)), "license", IssueLog()) if len(links) == 1 else None


@cache
def _terms() -> dict[str, _Term]:
    rows = vocabulary.load("licences")["licence"]
    return {
        row["id"].casefold(): _Term(row["id"], row["label"], row.get("url"), row.get("open")) for row in rows
    }


@cache
def _spellings() -> dict[str, _Term]:
    found: dict[str, _Term] = {}
    for row in vocabulary.load("licences")["licence"]:
        term = _terms()[row["id"].casefold()]
        for name in [row["id"], row["label"], *row.get("names", [])]:
            found[vocabulary.folded(name)] = term
        for url in [*row.get("urls", []), *([row["url"]] if "url" in row else [])]:
            found[url_key(url)] = term
    return found


@cache
def _phrases() -> list[tuple[str, _Term]]:
    rows = vocabulary.load("licences")["licence"]
    return [(phrase, _terms()[row["id"].casefold()]) for row in rows for phrase in row.get("phrases", [])]


@cache
def _unstated() -> frozenset[str]:
    return frozenset(map(vocabulary.folded, vocabulary.load("licences")["unstated"]))
