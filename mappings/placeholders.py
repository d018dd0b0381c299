"""Text that stands where a value should be: "N/A", "TBD", unfilled templates, redaction marks.

Each is worse than nothing: searches find it, completeness counts it, people read it.
"""

import re

from mappings.issue import IssueLog
from mappings.published import show

_PLACEHOLDERS = frozenset(
    [
        *("n/a", "na", "n.a.", "n.a", "n\\a", "n/a.", "not applicable", "not available", "unavailable"),
        *("none", "(none)", "<none>", "[none]", "none.", "none provided", "none given", "none available"),
        *("null", "<null>", "(null)", "[null]", "nil", "nan", "undefined", "unknown", "unspecified"),
        *("tbd", "t.b.d.", "tba", "tbc", "to be determined", "to be announced", "to be decided"),
        *("to be added", "coming soon", "todo", "not specified", "not provided", "not stated", "not known"),
        *("no description", "no description provided", "no description available", "no description."),
        *("description not available", "no data", "no title", "untitled", "no value", "placeholder"),
        *("-", "--", "---", "–", "—", "_", ".", "..", "...", "?", "??", "???", "x", "xx", "xxx", "#n/a"),
    ]
)
"""Compared case-folded and trimmed. As seen in federal, ArcGIS Hub and Socrata feeds."""

_LONGEST = max(map(len, _PLACEHOLDERS))

_TEMPLATE = re.compile(r"\{\{[^{}]{0,80}\}\}")
_REQUIRED = re.compile(r"REQUIRED\s*:")
_REDACTED = re.compile(r"\[\[REDACTED[^\]]{0,80}\]\]")


def is_placeholder(text: str) -> bool:
    """Does the text only say that there is no value?"""
    text = text.strip()
    return len(text) <= _LONGEST and text.casefold() in _PLACEHOLDERS


def without_placeholder(text: str, field: str, log: IssueLog) -> str | None:
    """The trimmed text unless it is a placeholder; template marks inside real text are cut out.

    ArcGIS Hub leaves `{{description}}` where an item has none (`template-residue`), FGDC editors leave
    "REQUIRED: …"; federal agencies write `[[REDACTED-EX B6]]` for what they withhold (`redacted`).
    """
    text = text.strip()
    if not text:
        return None
    if is_placeholder(text):
        log.add("placeholder", field, f"{field} only says {show(text)}")
        return None
    if "{{" in text and _TEMPLATE.search(text):
        log.add("template-residue", field, f"{field} holds an unfilled template: {show(text)}")
        text = _TEMPLATE.sub("", text).strip()
        return text if text.strip(" .,;:-|") else None
    if text[0] == "R" and _REQUIRED.match(text):
        log.add("template-residue", field, f"{field} still holds the editor's instruction: {show(text)}")
        return None
    if text[0] == "[" and _REDACTED.fullmatch(text):
        log.add("redacted", field, f"{field} is withheld by the publisher: {show(text)}")
        return None
    return text
