"""Text that stands where a value should be: "N/A", "TBD", unfilled templates, redaction marks.

Each is worse than nothing: it is found by searches, counted as complete and shown to people.
"""

import re

from mappings.issue import IssueLog
from mappings.published import show

PLACEHOLDERS = frozenset(
    """
    n/a|na|n.a.|n.a|n\\a|none|(none)|<none>|null|<null>|(null)|nil|nan|undefined|unknown|unspecified|not known
    tbd|t.b.d.|tba|tbc|to be determined|to be announced|to be decided|to be added|coming soon|todo
    not available|not applicable|not specified|not provided|none provided|none given|not stated|not set
    no description|no description provided|no description available|description not available|description
    no data|no value|no title|untitled|blank|empty|placeholder|pending|-|--|---|–|—|.|..|...|?|??|???|x|xx|xxx
    """.replace("\n", "|")
    .replace("    ", "")
    .split("|")
) - {""}
"""Compared case-folded and trimmed. Seen in federal, ArcGIS Hub and Socrata feeds."""

LONGEST = max(map(len, PLACEHOLDERS))

_TEMPLATE = re.compile(r"\{\{[^{}]{0,80}\}\}")
_REQUIRED = re.compile(r"\s*REQUIRED\s*:")
_REDACTED = re.compile(r"\s*\[\[REDACTED.{0,80}?\]\]\s*", re.DOTALL)


def is_placeholder(text: str) -> bool:
    """Does the text only say that there is no value?"""
    text = text.strip()
    return len(text) <= LONGEST and text.casefold() in PLACEHOLDERS


def without_placeholder(text: str, field: str, log: IssueLog) -> str | None:
    """The text, unless it is a placeholder; template marks inside real text are cut out.

    ArcGIS Hub leaves `{{description}}` where an item has none; FGDC editors leave "REQUIRED: …"; federal
    agencies write `[[REDACTED-EX B6]]` (Project Open Data's rule for withheld values).
    """
    if len(text) <= LONGEST + 20 and is_placeholder(text):
        log.add("placeholder", field, f"{field} only says {show(text)}")
        return None
    if "{{" in text and _TEMPLATE.search(text):
        log.add("template-residue", field, f"{field} holds an unfilled template: {show(text)}")
        text = _TEMPLATE.sub(" ", text)
        return text if text.strip(" .,;:-") else None
    if text[:1] in " R" and _REQUIRED.match(text):
        log.add("template-residue", field, f"{field} still holds the editor's instruction: {show(text)}")
        return None
    if "[[" in text and _REDACTED.fullmatch(text):
        log.add("redacted", field, f"{field} is withheld by the publisher: {show(text)}")
        return None
    return text
