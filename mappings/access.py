"""Access levels: DCAT-US's three, and the other ways they are written."""

from mappings.dataset import AccessLevel
from mappings.issue import IssueLog
from mappings.published import read_scalar, show

_EXACT: dict[str, AccessLevel] = {
    "public": "public",
    "restricted public": "restricted public",
    "non-public": "non-public",
}
_SPELLINGS: dict[str, AccessLevel] = {
    **_EXACT,
    "open": "public",
    "restricted": "restricted public",
    "restricted-public": "restricted public",
    "restricted_public": "restricted public",
    "nonpublic": "non-public",
    "non public": "non-public",
    "non_public": "non-public",
    "private": "non-public",
    "not public": "non-public",
    "confidential": "non-public",
}
"""EU access-right names (PUBLIC, RESTRICTED, NON_PUBLIC) are read as these, too."""


def read_access_level(raw: object, field: str, log: IssueLog) -> AccessLevel | None:
    """The access level; logs `access-level-not-in-list` for a spelling outside DCAT-US's list."""
    if isinstance(raw, str) and raw in _EXACT:
        return _EXACT[raw]
    text = read_scalar(raw, field, log)
    if text is None or not text.strip():
        return None
    name = text.strip().rstrip("/").rsplit("/", 1)[-1].casefold()[:40]
    level = _SPELLINGS.get(" ".join(name.split()))
    if level is None:
        log.add("invalid-access-level", field, f"{show(text)} is no access level")
    else:
        log.add("access-level-not-in-list", field, f"{show(text)} should be “{level}”")
    return level
