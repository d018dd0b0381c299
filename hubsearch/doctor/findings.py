"""One thing the doctor looked at, and what it found."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Level = Literal["ok", "note", "finding"]

PARTS: tuple[str, ...] = (
    "settings",
    "portals",
    "disk",
    "clock",
    "store",
    "sources",
    "work",
    "engine",
    "feeds",
    "backups",
)
"""What is looked at, in the order it is told."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found: well (`ok`), worth knowing (`note`), or to be mended (`finding`).

    `says` tells what is, `advice` what to do next (always there for a finding). `facts` are plain values for
    scripts; no secret is among them.
    """

    part: str
    level: Level
    says: str
    advice: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The check as scripts read it."""
        return {
            "check": self.part,
            "level": self.level,
            "says": self.says,
            "advice": self.advice or None,
            "facts": dict(self.facts),
        }


def well(checks: Iterable[Check]) -> bool:
    """Whether nothing has to be mended."""
    return all(check.level != "finding" for check in checks)
