"""Markdown in descriptions, as CKAN's notes are written: the plain text of it, marks taken off.

Only marks that are plainly meant: an asterisk beside a number or in a file name stays.
"""

import re

_LINK = re.compile(r"!?\[([^\[\]\n]{1,300})\]\(\s*<?([^\s()<>]{1,2000})>?(?:\s+\"[^\"\n]{0,200}\")?\s*\)")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+)$", re.MULTILINE)
_STRONG = re.compile(r"(?<![\w*])(\*\*|__)(?=\S)([^*\n]{1,1000}?)(?<=\S)\1(?![\w*])")
_EMPHASIS = re.compile(r"(?<![\w*\\])\*(?=\S)([^*\n]{1,1000}?)(?<=\S)\*(?![\w*])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+.!<>-])")
_AUTOLINK = re.compile(r"<(https?://[^\s<>]{1,2000})>")


def plain_of_markdown(text: str) -> str:
    """Links as `words (address)`, headings, bold and emphasis as their words."""
    if not any(mark in text for mark in ("](", "#", "*", "__", "\\", "<http")):
        return text
    text = _AUTOLINK.sub(r"\1", text)
    text = _LINK.sub(_link, text)
    text = _HEADING.sub(lambda found: found[1].rstrip(" \t#"), text)
    text = _STRONG.sub(r"\2", text)
    text = _EMPHASIS.sub(r"\1", text)
    return _ESCAPED.sub(r"\1", text)


def _link(found: re.Match[str]) -> str:
    words, address = found[1].strip(), found[2]
    return address if words == address else f"{words} ({address})"
