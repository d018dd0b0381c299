"""Every issue slug: what it means and what the publisher should do about it.

A slug never changes its meaning: runs, reports and quality pages count by it, from one harvest to the next.
The slugs of whole runs (a page that failed, a cut document) are the harvesters'.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from mappings import vocabulary


class Slug(NamedTuple):
    """What a finding means, and what the publisher should do."""

    meaning: str
    advice: str


@cache
def all_slugs() -> Mapping[str, Slug]:
    """The table, by slug."""
    rows = vocabulary.load("slugs")
    return MappingProxyType({slug: Slug(row["meaning"], row["advice"]) for slug, row in rows.items()})


def describe(slug: str) -> Slug:
    """What a slug means; a slug of another version of the program is named as such."""
    return all_slugs().get(slug) or Slug(
        f"“{slug}” is unknown to this version", "see the message of the finding"
    )
