"""Languages: BCP 47 tags, from tags, ISO 639 codes, names and authority URIs."""

import re
from functools import cache, lru_cache

import langcodes

from mappings import vocabulary
from mappings.issue import IssueLog
from mappings.published import read_scalar, show

LANGUAGE_LIMIT = 50
"""Languages of one record; a document in more is a list of all."""

_SEPARATOR = re.compile(r"\s*[,;|]\s*")
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,4}", re.ASCII)


def read_languages(raw: object, field: str, log: IssueLog) -> list[str]:
    """BCP 47 tags in the order published, each once.

    Logs `language-not-bcp47` for names and other codes (also `us-EN`, which 93 records of our feeds carry),
    `language-not-recognised`, `too-many-values`.
    """
    if raw is None:
        return []
    tags: dict[str, None] = {}
    if isinstance(raw, list) and len(raw) > LANGUAGE_LIMIT:
        log.add("too-many-values", field, f"of {len(raw):,} languages {LANGUAGE_LIMIT} are read")
    for item in raw[:LANGUAGE_LIMIT] if isinstance(raw, list) else [raw]:
        text = read_scalar(item, field, log) or ""
        for name in _SEPARATOR.split(text[:1000].strip())[:LANGUAGE_LIMIT]:
            if not name:
                continue
            tag = _tag(name)
            if tag is None:
                log.add("language-not-recognised", field, f"{show(name)} is no language we know")
                continue
            if tag.lower() != name.lower():
                log.add("language-not-bcp47", field, f"{show(name)} should be “{tag}”")
            tags[tag] = None
    return list(tags)[:LANGUAGE_LIMIT]


@lru_cache(maxsize=1024)
def _tag(name: str) -> str | None:
    if "://" in name:
        name = re.split(r"[/#]", name.rstrip("/"))[-1]
    if known := _names().get(name.casefold()):
        return known
    if not _TAG.fullmatch(name):
        return None
    try:
        tag = langcodes.standardize_tag(name)
    except (ValueError, LookupError):
        return None
    return tag if tag != "und" and langcodes.tag_is_valid(tag) else None


@cache
def _names() -> dict[str, str]:
    terms = vocabulary.load("languages")["names"]
    return {name: tag for tag, names in terms.items() for name in [*names, tag.casefold()]}
