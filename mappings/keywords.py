"""Keywords: each once, trimmed, split only where the publisher plainly joined several."""

from mappings.issue import IssueLog
from mappings.published import read_scalar, show
from mappings.text import read_line

KEYWORD_LIMIT = 1_000
"""Keywords of one record that are kept; one federal record had 34,866."""
LENGTH_LIMIT = 200


def read_keywords(raw: object, field: str, log: IssueLog) -> list[str]:
    """The keywords in the order published, compared case-insensitively.

    A comma-separated string (Project Open Data 1.0) is split. Logs `keyword-is-string`, `blank-keyword`,
    `duplicate-keyword`, `too-many-keywords`.
    """
    if isinstance(raw, list):
        items = raw
    else:
        text = read_scalar(raw, field, log)
        if text is None or not text.strip():
            return []
        log.add("keyword-is-string", field, f"{field} should be a list: {show(text)}")
        items = text[:100_000].split(",")
    found: dict[str, str] = {}
    repeated = 0
    for item in items[: KEYWORD_LIMIT * 2]:
        if isinstance(item, str) and not item.strip():
            log.add("blank-keyword", field, f"{field} holds a blank keyword")
            continue
        word = read_line(item, field, log)
        if word is None:
            continue
        if word.casefold() in found:
            repeated += 1
        found.setdefault(word.casefold(), word[:LENGTH_LIMIT])
    if repeated:
        log.add("duplicate-keyword", field, f"{repeated} keywords differ from another only in case")
    words = list(found.values())
    if len(words) > KEYWORD_LIMIT or len(items) > KEYWORD_LIMIT * 2:
        log.add("too-many-keywords", field, f"of {len(items):,} keywords {KEYWORD_LIMIT:,} are kept")
    return words[:KEYWORD_LIMIT]
