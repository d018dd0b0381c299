"""E-mail addresses of contacts: bare, as data.gov takes them behind `mailto:`."""

import re
from urllib.parse import unquote

from mappings.issue import IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import read_scalar, show

_LIMIT = 1_000
_ADDRESS = re.compile(
    r"[A-Za-z0-9_~!$&'*+=-](?:[A-Za-z0-9_.~!$&'*+=-]{0,62}[A-Za-z0-9_~!$&'*+=-])?"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}"
)
"""The part of data.gov's `hasEmail` pattern that mail servers take, too."""
_MAILTO = re.compile(r"(?:mailto\s*:\s*)+", re.IGNORECASE)
_ADDRESS_OF_A_PAGE = re.compile(r"(?:https?|ftp)://|www\.", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;?<>()\[\]|\"]+")


def read_email(raw: object, field: str, log: IssueLog) -> str | None:
    """A bare address `a@b.c`, ASCII. Of several the first is taken.

    Logs `email-without-mailto`, `email-repaired` (spaces, percent-encoding, a subject, several addresses),
    `invalid-email` (a name, a web page), `template-residue`, `placeholder`.
    """
    if isinstance(raw, str) and raw.startswith("mailto:") and _ADDRESS.fullmatch(raw, 7):
        return raw[7:]
    text = read_scalar(raw, field, log)
    real = without_placeholder(text[:_LIMIT], field, log) if text else None
    if real is None or "{{" in (text or ""):
        return None
    mailto = _MAILTO.match(real)
    bare = without_placeholder(real[mailto.end() if mailto else 0 :], field, log)
    if bare is None:
        if real.rstrip(": ").casefold() == "mailto":
            log.add("placeholder", field, f"{field} gives no address: {show(real)}")
        return None
    if _ADDRESS.fullmatch(bare) and (mailto is None or real.removeprefix("mailto:") == bare):
        if mailto is None:
            log.add("email-without-mailto", field, f"{show(real)} should begin with mailto:")
        return bare
    address = _first_address(bare)
    if address is None:
        log.add("invalid-email", field, f"{show(real)} is no e-mail address")
    else:
        log.add("email-repaired", field, f"{show(real)} is read as {address}")
    return address


def _first_address(text: str) -> str | None:
    if _ADDRESS_OF_A_PAGE.match(text):
        return None
    parts = (part.strip("'.:") for part in _BETWEEN.split(_MAILTO.sub(" ", unquote(text))))
    return next((part for part in parts if _ADDRESS.fullmatch(part)), None)
