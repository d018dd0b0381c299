"""Keywords: each once, trimmed, split only where the publisher plainly joined several.

Plainly joined are: a string instead of a list (Project Open Data 1.0 wrote `a,b,"c, d"`), and a list item
with semicolons (`Parking; Enforcement`) or spaced slashes (Treasury's `debt / daily / public debt`).
A comma inside a list item stays: `Fraud, Waste, & Abuse Prevention` is one subject. So does a tight slash:
`Norway/Dover` is a place.
"""

import csv
import re

from mappings.issue import IssueLog
from mappings.placeholders import is_placeholder
from mappings.published import kind_of, read_scalar, show
from mappings.text import read_line

KEYWORD_LIMIT = 1_000
"""Keywords of one record that are kept; one federal record had 34,866."""
KEYWORD_LENGTH = 250
"""Characters; data.gov's limit is 1,000, the longest real one of our feeds is a sentence."""

_STRING_LIMIT = 100_000
_JOINED = re.compile(r"\s*;\s*|\s*\|\s*|\s+/\s*|\s*/\s+")


def read_keywords(raw: object, field: str, log: IssueLog) -> list[str]:
    """The keywords in the order published; of those that differ in case only the first.

    Logs `keyword-is-string`, `keywords-joined`, `keyword-with-comma`, `blank-keyword`, `duplicate-keyword`,
    `keyword-too-long`, `too-many-keywords`.
    """
    if isinstance(raw, list):
        words = []
        for item in raw[: KEYWORD_LIMIT * 2]:
            if isinstance(item, str) and item.isalnum() and item.isascii() and not is_placeholder(item):
                words.append(item)
            else:
                words.extend(_from_item(item, field, log))
        total = len(raw)
    else:
        words, pieces = _from_string(raw, field, log)
        total = max(len(words), pieces)
    unique = _each_once(words, field, log)
    if total > KEYWORD_LIMIT or len(unique) > KEYWORD_LIMIT:
        log.add("too-many-keywords", field, f"of {total:,} keywords at most {KEYWORD_LIMIT:,} are kept")
    return unique[:KEYWORD_LIMIT]


def _from_string(raw: object, field: str, log: IssueLog) -> tuple[list[str], int]:
    """The keywords of a text, and how many pieces it has."""
    text = read_scalar(raw, field, log)
    if text is None or not text.strip():
        return [], 0
    log.add("keyword-is-string", field, f"{field} should be a list: {show(text)}")
    text = text[:_STRING_LIMIT]
    pieces = text.replace(";", ",").split(",")
    if '"' in text:
        try:
            pieces = next(csv.reader([text.replace("\n", " ")], skipinitialspace=True), [])
        except csv.Error:
            log.add("wrong-type", field, f"{show(text)} has unbalanced quotes")
    lines = (read_line(piece.strip(), field, log) for piece in pieces[: KEYWORD_LIMIT * 2])
    return [line for line in lines if line], len(pieces)


def _from_item(item: object, field: str, log: IssueLog) -> list[str]:
    if isinstance(item, str):
        if not item.strip():
            log.add("blank-keyword", field, f"{field} holds a blank keyword")
            return []
    elif not isinstance(item, (int, float)) or isinstance(item, bool):
        log.add("wrong-type", field, f"a keyword should be a text, not {kind_of(item)}")
        return []
    line = read_line(item, field, log)
    if line is None:
        return []
    if "," in line:
        log.add("keyword-with-comma", field, f"{show(line)} is kept as one keyword")
    elif (";" in line or "/" in line or "|" in line) and _JOINED.search(line):
        log.add("keywords-joined", field, f"{show(line)} holds several keywords")
        return [word for word in _JOINED.split(line) if word]
    return [line]


def _each_once(words: list[str], field: str, log: IssueLog) -> list[str]:
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(word.casefold(), word)
    if len(found) < len(words):
        log.add("duplicate-keyword", field, f"{len(words) - len(found)} keywords repeat another")
    unique = list(found.values())
    if any(len(word) > KEYWORD_LENGTH for word in unique):
        log.add("keyword-too-long", field, f"keywords of more than {KEYWORD_LENGTH} characters are left out")
        unique = [word for word in unique if len(word) <= KEYWORD_LENGTH]
    return unique
