"""Languages: BCP 47 tags, from tags, ISO 639 codes and names."""

from functools import cache

import langcodes

from mappings import vocabulary
from mappings.issue import IssueLog
from mappings.published import read_scalar, show

_LIMIT = 50


def read_languages(raw: object, field: str, log: IssueLog) -> list[str]:
    """BCP 47 tags in the order published, each once. Logs `language-not-recognised`."""
    items = raw if isinstance(raw, list) else [raw]
    tags: list[str] = []
    for item in items[:_LIMIT]:
        text = read_scalar(item, field, log)
        for name in (text or "").replace(";", ",").split(",")[:_LIMIT]:
            if not name.strip():
                continue
            tag = _tag(name.strip()[:100])
            if tag is None:
                log.add("language-not-recognised", field, f"{show(name)} is no language we know")
            elif tag not in tags:
                tags.append(tag)
    return tags


@cache
def _names() -> dict[str, str]:
    return {name: tag for tag, names in vocabulary.load("languages")["names"].items() for name in names}


def _tag(name: str) -> str | None:
    name = name.rstrip("/").rsplit("/", 1)[-1]
    known = _names().get(name.casefold())
    if known:
        return known
    try:
        tag = langcodes.standardize_tag(name)
    except (ValueError, LookupError):
        return None
    return tag if langcodes.tag_is_valid(tag) and tag != "und" else None
