"""Whether agency and frequency are found in the custom fields of Discovery's portals without rules for them.

What a field is about is told here by words in its name, not by the product's own list of names.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from mappings.dataset import Dataset
from mappings.placeholders import is_placeholder

TELLING = {
    "agency": re.compile(
        r"agency|department|publisher|organi[sz]ation|bureau name|data owner|dataset owner|asset provider"
        r"|division|office name|local government entity|minist[eè]re|microsite",
        re.IGNORECASE,
    ),
    "frequency": re.compile(
        r"frequen|cadence|periodicit|how often|update schedule|update type", re.IGNORECASE
    ),
}
"""Names of fields that hold one."""
NOT_TELLING = re.compile(
    r"link|url|website|page|program|series|code|e-?mail|contact|acronym|comments?\b|notes?\b|category",
    re.IGNORECASE,
)
"""Fields about an agency that do not hold its name."""
ENOUGH = 0.95
"""Of the datasets of a domain whose fields hold one, those that must come out with it."""


@dataclass
class _Domain:
    held: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)


class CustomFields:
    """Counts, domain by domain, the datasets whose fields hold one and those that came out with it."""

    def __init__(self) -> None:
        self._domains: defaultdict[str, _Domain] = defaultdict(_Domain)
        self.left: Counter[str] = Counter()

    def count(self, portal: str, record: dict[str, Any], dataset: Dataset) -> None:
        """One record of Discovery and what was made of it."""
        if portal.count(".20"):
            return
        domain = self._domains[portal.removesuffix(".jsonl")]
        came = {"agency": dataset.publisher is not None, "frequency": dataset.frequency is not None}
        fields = (record.get("classification") or {}).get("domain_metadata") or []
        for what, telling in TELLING.items():
            keys = [
                str(entry["key"])
                for entry in fields
                if telling.search(name := str(entry["key"]).split("_", 1)[-1])
                and not NOT_TELLING.search(name)
                and not is_placeholder(str(entry.get("value") or "none"))
            ]
            if keys:
                domain.held[what] += 1
                domain.found[what] += came[what]
                if not came[what]:
                    self.left[f"{portal}: {keys[0]}"] += 1

    def report(self) -> dict[str, Any]:
        """How many domains hold one in their fields, in how many of them it is found, and where it is not."""
        told: dict[str, Any] = {"domains": len(self._domains)}
        for what in TELLING:
            holding = {name: d for name, d in self._domains.items() if d.held[what]}
            found = [n for n, d in holding.items() if d.found[what] >= ENOUGH * d.held[what]]
            told[what] = {
                "holding": len(holding),
                "found": len(found),
                "not_found": sorted(set(holding) - set(found)),
                "datasets_holding": sum(d.held[what] for d in holding.values()),
                "datasets_found": sum(d.found[what] for d in holding.values()),
            }
        told["left"] = dict(self.left.most_common(20))
        return told
