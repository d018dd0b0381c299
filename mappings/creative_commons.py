"""Creative Commons licences of every version, by URL or by name.

Ids follow SPDX's pattern (CC-BY-SA-3.0, CC-BY-3.0-US); a name without a version gives `CC-BY`, which SPDX
does not have, because guessing the version would invent terms.
"""

import re
from typing import NamedTuple

_PATH = re.compile(
    r"creativecommons\.org/licen[sc]es/(by(?:-(?:nc|sa|nd)){0,2})(?:/(\d\.\d))?(?:/([a-z]{2,3})(?![a-z]))?"
)
_ID = re.compile(r"cc-(by(?:-(?:nc|sa|nd)){0,2})(?:-(\d\.\d))?(?:-([a-z]{2,3}))?")
_NAMED = re.compile(r"creative commons|\bcc[ -]?by\b")
_ELEMENTS = (
    ("nc", re.compile(r"non-? ?commercial|\bnc\b")),
    ("nd", re.compile(r"no-? ?deriv|\bnd\b")),
    ("sa", re.compile(r"share-? ?alike|\bsa\b")),
)
_BY = re.compile(r"attribution|\bby\b|\bccby\b")
_VERSION = re.compile(r"\b([1-4]\.[05])\b")
_WINDOW = 100
"""Characters of a longer text, from "Creative Commons" on, that may name the licence."""
_WORDS = {"by": "Attribution", "nc": "NonCommercial", "sa": "ShareAlike", "nd": "NoDerivatives"}


class CreativeCommons(NamedTuple):
    """One of the licences: its elements (`by-nc-sa`), version, and jurisdiction or `igo`."""

    kind: str
    version: str | None = None
    port: str | None = None

    @property
    def id(self) -> str:
        """SPDX's identifier."""
        parts = ["CC", self.kind, self.version, self.port]
        return "-".join(part.upper() for part in parts if part)

    @property
    def label(self) -> str:
        """Its name as a person reads it."""
        name = "-".join(_WORDS[element] for element in self.kind.split("-"))
        return " ".join(filter(None, ["Creative Commons", name, self.version, (self.port or "").upper()]))

    @property
    def url(self) -> str | None:
        """The deed; None without a version."""
        if self.version is None:
            return None
        tail = f"{self.port}/" if self.port else ""
        return f"https://creativecommons.org/licenses/{self.kind}/{self.version}/{tail}"

    @property
    def open(self) -> bool:
        """By the Open Definition: neither non-commercial nor without derivatives."""
        return self.kind in {"by", "by-sa"}


def from_url(url: str) -> CreativeCommons | None:
    """From a lower-case URL, wherever it leads below the licence (`/legalcode`, `/deed.en`)."""
    found = _PATH.search(url)
    return CreativeCommons(*found.groups()) if found else None


def from_id(identifier: str) -> CreativeCommons | None:
    """From an id in any case (`cc-by-4.0`)."""
    found = _ID.fullmatch(identifier.lower())
    return CreativeCommons(*found.groups()) if found else None


def from_name(text: str) -> CreativeCommons | None:
    """From a name such as "Creative Commons Attribution | Share Alike 3.0 Unported" or "CC BY"."""
    text = text.lower().replace("ccby", "cc-by")
    found = _NAMED.search(text)
    if not found:
        return None
    name = text[found.start() : found.start() + _WINDOW].split("\n", 1)[0]
    elements = [element for element, words in _ELEMENTS if words.search(name)]
    if not elements and not _BY.search(name):
        return None
    if "nd" in elements and "sa" in elements:
        return None
    version = _VERSION.search(name)
    return CreativeCommons(
        "-".join(["by", *elements]),
        version[1] if version else None,
        "igo" if re.search(r"\bigo\b", name) else None,
    )
