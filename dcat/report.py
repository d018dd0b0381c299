"""The build report: how many datasets a feed holds, which records are not in it and why.

A list an agency's data officer can work through: each record left out names its agency, portal and what it
lacks.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is not in the feed. `reason` joins its slugs (`missing-contact, missing-modified`)."""

    id: str
    reason: str
    identifier: str
    title: str
    source: str
    agency: str | None


@dataclass(slots=True)
class BuildReport:
    """What became of a build.

    `errors` are sentences: problems of the feed itself (a validator's findings, a build that was held).
    `renamed` are public ids of records whose identifier another record had first; they go by the hub's own
    URL. `published` says whether the feed's file is now this build (or was already the same); `held` why
    not.
    """

    datasets: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    renamed: list[str] = field(default_factory=list)
    published: bool = False
    held: str | None = None

    def reasons(self) -> dict[str, int]:
        """How many records lack what, most frequent first."""
        counts = Counter(slug for left in self.left_out for slug in left.reason.split(", "))
        return dict(counts.most_common())

    def as_json(self) -> dict[str, Any]:
        """The document of `export --json`."""
        return {
            "datasets": self.datasets,
            "left_out": [
                {
                    "id": left.id,
                    "reason": left.reason,
                    "identifier": left.identifier,
                    "title": left.title,
                    "source": left.source,
                    "agency": left.agency,
                }
                for left in self.left_out
            ],
            "errors": self.errors,
            "reasons": self.reasons(),
            "renamed": self.renamed,
            "published": self.published,
            "held": self.held,
        }
