"""Every issue slug: what it means and what the publisher should do about it.

A slug never changes its meaning: runs, reports and the quality pages count by it.
"""

from typing import NamedTuple


class Slug(NamedTuple):
    """What a finding means, and what the publisher should do."""

    meaning: str
    advice: str


SLUGS: dict[str, Slug] = {}
