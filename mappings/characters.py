"""Characters: repaired encodings, no controls, no invisible ones.

Every text of every record passes here, so the usual ones (ASCII; curly quotes; a no-break space out of a
browser's editor) are told apart by searches that run at memory speed before any regular expression.
"""

import re

from mappings.issue import IssueLog
from mappings.published import show

_ASCII_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_ASCII_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Zero-width space, word joiner, byte order mark, soft hyphen, and direction marks, which can make a text
read differently from what it says. Zero-width (non-)joiners stay: Persian and Indic spelling needs them."""
_NO_BREAK = re.compile("[\u1680\u2000-\u200a\u202f\u205f\u3000]")
_CONTROL = re.compile("[\x80-\x9f\u2028\u2029]")
_RARE = re.compile(
    "[\x80-\x9f\u00ad\u1680\u180e\u2000-\u200b\u200e\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff\ufffd]"
)
_MOJIBAKE = re.compile("[ÂÃâÅÄÐÑð][\x80-\xbf\u0152-\u2122]")
"""What UTF-8 read as Latin-1 or Windows-1252 looks like: a lead byte, then a continuation byte. Only a
sieve: `ftfy` decides, and leaves “SÃO PAULO” alone."""


def clean_characters(text: str, field: str, log: IssueLog) -> str:
    """The text with mojibake repaired and control, invisible and no-break characters made plain.

    Line breaks and tabs stay. Logs `mojibake-repaired`, `replacement-character` (text was lost before it
    reached the portal), `control-characters` and `invisible-characters`.
    """
    if text.isprintable():
        if text.isascii():
            return text
    elif (data := text.encode("utf-8", "replace")) and len(data.translate(None, _ASCII_CONTROLS)) != len(
        data
    ):
        log.add("control-characters", field, f"{field} holds control characters: {show(text)}")
        text = _ASCII_CONTROL.sub(" ", text)
    return text if text.isascii() else _beyond_ascii(text, field, log)


def _beyond_ascii(text: str, field: str, log: IssueLog) -> str:
    if any(map(text.__contains__, "ÃÂâÅð")) and _MOJIBAKE.search(text):
        text = _repaired(text, field, log)
    invisible = "\xa0" in text
    if invisible:
        text = text.replace("\xa0", " ")
    if _RARE.search(text):
        if "\ufffd" in text:
            log.add("replacement-character", field, f"{field} lost characters: {show(text)}")
        if _CONTROL.search(text):
            log.add("control-characters", field, f"{field} holds control characters: {show(text)}")
            text = _CONTROL.sub(" ", text)
        plain = _NO_BREAK.sub(" ", _INVISIBLE.sub("", text))
        invisible = invisible or plain != text
        text = plain
    if invisible:
        log.add("invisible-characters", field, f"{field} holds no-break or zero-width spaces")
    return text


def _repaired(text: str, field: str, log: IssueLog) -> str:
    import ftfy

    repaired = ftfy.fix_encoding(text)
    if repaired != text:
        log.add("mojibake-repaired", field, f"{field} was UTF-8 read in another encoding: {show(text)}")
    return repaired
