"""Values as the publisher gave them, where the shared schema kept them whole.

Importing a feed and exporting it must change no required field that was valid, so a published value goes
before the normalised one. Two kinds never go out: a value that was cut when it was kept, and text with
active content.
"""

import re
from typing import Any

from mappings.dataset import Dataset
from mappings.published import AS_PUBLISHED_LIMIT

_ACTIVE = re.compile(
    r"<\s*(?:/\s*)?(?:script|style|iframe|object|embed|form|svg|math|template|base|meta|link)\b"
    r"|(?:javascript|vbscript)\s*:|\b(?:href|src|action)\s*=\s*[\"']?\s*data:|<[^<>]*\bon[a-z]{3,20}\s*=",
    re.IGNORECASE,
)
_HARMLESS = re.compile(r"(?:https?|ftp|urn|doi|info):", re.IGNORECASE)


def as_published(dataset: Dataset, field: str) -> Any:
    """The published value of a shared-schema field that normalising changed; None when it did not, or was
    cut."""
    value = dataset.as_published.get(field)
    return None if was_cut(value) else value


def was_cut(value: Any) -> bool:
    """Was this value shortened when it was kept? `mappings.published.clip` ends such a text with an
    ellipsis."""
    return isinstance(value, str) and len(value) == AS_PUBLISHED_LIMIT and value.endswith("…")


def inert(text: Any) -> str | None:
    """The text; None where it is blank, or a browser that took it for HTML would run something."""
    return text if isinstance(text, str) and text.strip() and not _ACTIVE.search(text) else None


def harmless(address: str | None) -> str | None:
    """The address, if following it runs nothing: to a validator a `javascript:` address is a URI."""
    return address if address and _HARMLESS.match(address) else None


def cut_at_word(text: str, limit: int) -> str:
    """The text in at most `limit` characters, ended between two words, an ellipsis showing the cut."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    space = max(head.rfind(" "), head.rfind("\n"))
    if space > limit * 0.8:
        head = head[:space]
    return head.rstrip() + "…"
