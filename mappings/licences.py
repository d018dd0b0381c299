"""Licences: SPDX identifiers where there is one, recognised by URL, name, or a phrase in a longer text."""

import re
from dataclasses import dataclass
from functools import cache

from mappings import vocabulary
from mappings.dataset import Licence
from mappings.issue import IssueLog
from mappings.placeholders import is_placeholder
from mappings.published import clip, read_scalar, show
from mappings.urls import read_url

_TEXT_LIMIT = 16_384
_URL = re.compile(r"https?://[^\s\"'<>()]{4,300}")
_CC = re.compile(r"creativecommons\.org/licen[sc]es/(by(?:-nc)?(?:-sa|-nd)?)/(\d\.\d)(?:/([a-z]{2,3})\b)?")
_TAIL = re.compile(r"(?:/legalcode|/deed)?(?:\.[a-z]{2})?(?:/other-pd)?/?(?:[#?].*)?$")


@dataclass(frozen=True, slots=True)
class _Term:
    id: str
    label: str
    url: str | None
    open: bool


def read_licence(raw: object, field: str, log: IssueLog) -> Licence | None:
    """The licence; `id` is None where it is not recognised (`licence-not-recognised`) or the publisher
    says that none is given (`licence-not-stated`)."""
    text = read_scalar(raw, field, log)
    if text is None or not text.strip():
        return None
    published = clip(text.strip())
    text = text.strip()[:_TEXT_LIMIT]
    term = _recognised(text)
    if term is not None:
        return Licence(term.id, term.url, term.open, published)
    if is_placeholder(text) or vocabulary.folded(text[:200]) in _unstated():
        log.add("licence-not-stated", field, f"{show(text)} states no licence")
        return Licence(None, None, None, published)
    log.add("licence-not-recognised", field, f"{show(text)} is no licence we know")
    links = _URL.findall(text)
    return Licence(None, read_url(links[0], field, IssueLog()) if len(links) == 1 else None, None, published)


def licence_label(identifier: str) -> str:
    """What a person reads for a licence id, whatever its case; an unknown id is its own label."""
    term = _terms().get(identifier.casefold())
    return term.label if term else identifier


def _recognised(text: str) -> _Term | None:
    spellings = _spellings()
    if len(text) < 200:
        found = spellings.get(vocabulary.folded(text)) or spellings.get(
            vocabulary.folded(text.split("\n", 1)[0])
        )
        if found:
            return found
    for url in _URL.findall(text)[:50]:
        key = url_key(url)
        if key in spellings:
            return spellings[key]
        if found_cc := _CC.match(key):
            return _creative_commons(*found_cc.groups())
    return None


def url_key(url: str) -> str:
    """A licence URL without what varies: scheme, `www.`, `/legalcode`, `/deed.en`, a closing slash."""
    bare = url.lower().split("://", 1)[-1].removeprefix("www.").rstrip(".,;")
    return _TAIL.sub("", bare)


def _creative_commons(kind: str, version: str, port: str | None) -> _Term:
    identifier = f"CC-{kind.upper()}-{version}" + (f"-{port.upper()}" if port else "")
    url = f"https://creativecommons.org/licenses/{kind}/{version}/" + (f"{port}/" if port else "")
    name = {"by": "Attribution", "nc": "NonCommercial", "sa": "ShareAlike", "nd": "NoDerivatives"}
    label = "Creative Commons " + "-".join(name[part] for part in kind.split("-")) + f" {version}"
    return _Term(identifier, label + (f" {port.upper()}" if port else ""), url, kind in {"by", "by-sa"})


@cache
def _terms() -> dict[str, _Term]:
    rows = vocabulary.load("licences")["licence"]
    return {row["id"].casefold(): _Term(row["id"], row["label"], row.get("url"), row["open"]) for row in rows}


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
def _unstated() -> frozenset[str]:
    return frozenset(map(vocabulary.folded, vocabulary.load("licences")["unstated"]))
