"""Quality: how complete a dataset's metadata is, from 0 to 1, part by part.

The score says whether a person can find, judge, get and ask about the data. It looks at the record alone and
at no clock, so that it changes only when the record does; how fresh the data is, is another question.
"""

from collections.abc import Mapping
from types import MappingProxyType

from mappings.dataset import Dataset, Quality
from mappings.licences import is_known
from mappings.review import poor_title

WEIGHTS: Mapping[str, float] = MappingProxyType(
    {
        "title": 0.05,
        "description": 0.20,
        "keywords": 0.10,
        "access": 0.20,
        "license": 0.15,
        "contact": 0.10,
        "publisher": 0.05,
        "dates": 0.05,
        "coverage": 0.05,
        "documentation": 0.05,
    }
)
"""Shares of the score; they add up to 1. What decides whether data is found (0.35), got (0.20) and may be
used (0.15) weighs most; what helps to judge it shares the rest."""

FULL_DESCRIPTION = 150
"""Characters of a description that says enough; shorter ones count in proportion."""
FULL_KEYWORDS = 3


def score(dataset: Dataset) -> Quality:
    """Each part is what the record earns of that part's weight; the score is their sum."""
    earned = {
        "title": 0.0 if poor_title(dataset.title) else 1.0,
        "description": min(len(dataset.description or "") / FULL_DESCRIPTION, 1.0),
        "keywords": min(len(dataset.keywords) / FULL_KEYWORDS, 1.0),
        "access": _access(dataset),
        "license": _license(dataset),
        "contact": _contact(dataset),
        "publisher": float(dataset.publisher is not None),
        "dates": (2 * bool(dataset.modified) + bool(dataset.frequency) + bool(dataset.issued)) / 4,
        "coverage": (bool(dataset.spatial) + bool(dataset.temporal)) / 2,
        "documentation": _documentation(dataset),
    }
    parts = {name: round(WEIGHTS[name] * share, 4) for name, share in earned.items()}
    return Quality(round(sum(parts.values()), 4), parts)


def _access(dataset: Dataset) -> float:
    """Something to download or call, in a stated format; withheld data only owes an explanation."""
    usable = [offer for offer in dataset.distributions if offer.kind in ("download", "api")]
    if dataset.access_level == "non-public" and not usable:
        return float(dataset.rights is not None)
    if not usable:
        return 0.5 if dataset.distributions else 0.25 if dataset.landing_page else 0.0
    return 1.0 if all(offer.format for offer in usable) else 0.75


def _license(dataset: Dataset) -> float:
    """A licence that is recognised; some text about the rights is half of it."""
    if dataset.license is None:
        return 0.25 if dataset.rights else 0.0
    return 1.0 if is_known(dataset.license) else 0.5 if dataset.license.as_published else 0.0


def _contact(dataset: Dataset) -> float:
    if dataset.contact is None:
        return 0.0
    return 1.0 if dataset.contact.email else 0.25


def _documentation(dataset: Dataset) -> float:
    if dataset.documentation or any(column.description for column in dataset.columns):
        return 1.0
    return 0.5 if dataset.columns else 0.0
