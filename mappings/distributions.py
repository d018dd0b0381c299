"""The distributions of one dataset: each URL once, in the order published."""

from dataclasses import dataclass, field

from mappings.dataset import Distribution, DistributionKind
from mappings.issue import IssueLog

DISTRIBUTION_LIMIT = 10_000
"""Distributions of one record that are kept; one federal record had 8,327."""

_RANK: dict[DistributionKind, int] = {"page": 0, "map": 1, "api": 2, "download": 3}


@dataclass(slots=True)
class DistributionSet:
    """Collects distributions. A repeated URL is merged: the first wins, and gains what it lacks."""

    by_url: dict[str, Distribution] = field(default_factory=dict)
    repeated: int = 0

    def add(self, new: Distribution) -> Distribution:
        """The distribution under this URL, be it the new one or the one already there."""
        old = self.by_url.setdefault(new.url, new)
        if old is not new:
            self.repeated += 1
            _merge(old, new)
        return old

    def finished(self, log: IssueLog) -> list[Distribution]:
        """All of them; logs `duplicate-distribution` once."""
        if self.repeated:
            end = "one distribution" if self.repeated == 1 else f"each of {self.repeated} distributions"
            log.add(
                "duplicate-distribution", "distribution", f"{end} repeats the URL of another; they are merged"
            )
        return list(self.by_url.values())


def _merge(old: Distribution, new: Distribution) -> None:
    if _RANK[new.kind] > _RANK[old.kind]:
        old.kind = new.kind
    old.title = old.title or new.title
    old.description = old.description or new.description
    old.conforms_to = old.conforms_to or new.conforms_to
    old.size = new.size if old.size is None else old.size
    if old.format is None:
        old.format, old.media_type = new.format, new.media_type or old.media_type
