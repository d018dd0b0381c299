"""Characters: repaired encodings, no controls, no invisible ones.

ASCII text without control characters, the common case, costs one scan.
"""

import re

from mappings.issue import IssueLog
from mappings.published import show

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Zero-width space, word joiner, byte order mark, soft hyphen, and direction marks, which can make a text
read differently from what it says. Zero-width (non-)joiners stay: Persian and Indic spelling needs them."""
_NO_BREAK = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_MOJIBAKE_LEAD = re.compile("[ÂÃâÅÄÐÑð][\x80-\xbf\u0152-\u2122]|â€")
"""What UTF-8 read as Latin-1 or Windows-1252 looks like: a lead byte, then a continuation byte. Only a
first sieve: `ftfy` decides, and leaves “SÃO PAULO” alone."""


def clean_characters(text: str, field: str, log: IssueLog) -> str:
    """The text with mojibake repaired and control, invisible and no-break characters made plain.

    Line breaks and tabs stay. Logs `mojibake-repaired`, `replacement-character` (text was lost before it
    reached the portal), `control-characters` and `invisible-characters`.
    """
    if text.isascii():
        return _without_controls(text, field, log)
    if _MOJIBAKE_LEAD.search(text):
        text = _repaired(text, field, log)
    if "\ufffd" in text:
        log.add("replacement-character", field, f"{field} lost characters: {show(text)}")
    if _INVISIBLE.search(text) or _NO_BREAK.search(text):
        log.add("invisible-characters", field, f"{field} holds no-break or zero-width spaces")
        text = _NO_BREAK.sub(" ", _INVISIBLE.sub("", text))
    return _without_controls(text, field, log)


def _without_controls(text: str, field: str, log: IssueLog) -> str:
    if text.isprintable() or not _CONTROL.search(text):
        return text
    log.add("control-characters", field, f"{field} holds control characters: {show(text)}")
    return _CONTROL.sub(" ", text)


def _repaired(text: str, field: str, log: IssueLog) -> str:
    import ftfy

    repaired = ftfy.fix_encoding(text)
    if repaired != text:
        log.add("mojibake-repaired", field, f"{field} was UTF-8 read in another encoding: {show(text)}")
    return repaired
