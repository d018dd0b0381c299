"""Access levels: DCAT-US's three, and the other ways they are written."""

from mappings.dataset import AccessLevel
from mappings.issue import IssueLog
from mappings.placeholders import without_placeholder
from mappings.published import read_scalar, show

_LEVELS: dict[str, AccessLevel] = {
    "public": "public",
    "open": "public",
    "restricted public": "restricted public",
    "restricted": "restricted public",
    "non public": "non-public",
    "nonpublic": "non-public",
    "not public": "non-public",
    "private": "non-public",
    "internal": "non-public",
    "confidential": "non-public",
}
"""Also the EU's access rights (PUBLIC, RESTRICTED, NON_PUBLIC) and Socrata's spellings."""
_EXACT: dict[object, AccessLevel] = {
    "public": "public",
    "restricted public": "restricted public",
    "non-public": "non-public",
}


def read_access_level(raw: object, field: str, log: IssueLog) -> AccessLevel | None:
    """The access level.

    Logs `access-level-not-in-list` for another spelling (`Public`), `invalid-access-level` for another word:
    then the level is unknown, never taken for public.
    """
    if isinstance(raw, str) and (exact := _EXACT.get(raw)):
        return exact
    text = read_scalar(raw, field, log)
    real = without_placeholder(text[:200], field, log) if text else None
    if real is None:
        return None
    name = real.rstrip("/").rpartition("/")[2].casefold().replace("-", " ").replace("_", " ")
    level = _LEVELS.get(" ".join(name.split()))
    if level is None:
        log.add("invalid-access-level", field, f"{show(real)} is no access level")
    else:
        log.add("access-level-not-in-list", field, f"{show(real)} should be “{level}”")
    return level
