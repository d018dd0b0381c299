"""E-mail addresses of contacts: bare, as data.gov takes them behind `mailto:`."""

import re
from urllib.parse import unquote

from mappings.issue import IssueLog
from mappings.placeholders import is_placeholder
from mappings.published import read_scalar, show

_LIMIT = 1_000
_ADDRESS = re.compile(
    r"[A-Za-z0-9_~!$&'*+=-](?:[A-Za-z0-9_.~!$&'*+=-]{0,62}[A-Za-z0-9_~!$&'*+=-])?"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
"""The part of data.gov's `hasEmail` pattern that mail servers take, too."""
_EDGES = " \t\r\n<>()[]\"'.,;:"


def read_email(raw: object, field: str, log: IssueLog) -> str | None:
    """A bare address `a@b.c`, ASCII. Of several the first is taken.

    Logs `email-without-mailto`, `email-repaired` (spaces, several, a subject), `invalid-email`,
    `template-residue`, `placeholder`.
    """
    text = read_scalar(raw, field, log)
    if text is None or not text.strip():
        return None
    if text.startswith("mailto:") and _ADDRESS.fullmatch(text, 7):
        return text[7:]
    text = text[:_LIMIT].strip()
    if "{{" in text:
        log.add("template-residue", field, f"{field} holds an unfilled template: {show(text)}")
        return None
    bare = re.sub(r"^(?:mailto:\s*)+", "", text, flags=re.IGNORECASE)
    if not bare or is_placeholder(bare):
        log.add("placeholder", field, f"{field} gives no address: {show(text)}")
        return None
    return _from(bare, text, field, log)


def _from(bare: str, text: str, field: str, log: IssueLog) -> str | None:
    if _ADDRESS.fullmatch(bare):
        address = bare
        if bare == text:
            log.add("email-without-mailto", field, f"{show(text)} should begin with mailto:")
        else:
            log.add("email-repaired", field, f"{show(text)} is read as {address}")
        return address
    if not re.match(r"(?:https?|ftp)://|www\.", bare, re.IGNORECASE):
        for part in re.split(r"[\s,;?<>()]+", unquote(bare)):
            address = part.strip(_EDGES)
            if _ADDRESS.fullmatch(address):
                log.add("email-repaired", field, f"{show(text)} is read as {address}")
                return address
    log.add("invalid-email", field, f"{show(text)} is no e-mail address")
    return None
