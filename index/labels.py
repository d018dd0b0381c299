"""What a person reads for a facet's value, and which values a person means by what they read.

Names that only the data knows (portals, publishers, topics, jurisdictions) come from the store, which got
them from `index.document.facet_labels_of`; licences and frequencies are named by their vocabularies.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from index.document_facets import UNKNOWN
from mappings.frequencies import frequency_label
from mappings.licences import licence_label

StoredLabels = Mapping[tuple[str, str], str]
"""(facet, value) → label, as the store keeps them."""

_FIXED: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("type", "api"): "API",
        ("license", UNKNOWN): "Not stated",
        ("frequency", UNKNOWN): "Not stated",
        ("access", "public"): "Public",
        ("access", "restricted-public"): "Restricted public",
        ("access", "non-public"): "Non-public",
        ("access", UNKNOWN): "Not stated",
        ("has", "download"): "Downloads",
        ("has", "api"): "API",
        ("has", "map"): "Map",
        ("has", "documentation"): "Documentation",
        ("updated", "7d"): "In the last 7 days",
        ("updated", "30d"): "In the last 30 days",
        ("updated", "90d"): "In the last 90 days",
        ("updated", "1y"): "In the last year",
        ("updated", "5y"): "In the last 5 years",
    }
)


def label_of(facet: str, value: str, stored: StoredLabels) -> str:
    """The label of a value as the index holds it; where nobody knows one, the value."""
    known = stored.get((facet, value)) or _FIXED.get((facet, value))
    if known is not None:
        return known
    if facet == "license":
        return licence_label(value)
    if facet == "frequency":
        return frequency_label(value.upper() if value.startswith("r/") else value)
    if facet == "format":
        return value.upper()
    return value.capitalize() if facet in {"type", "level"} else value


def by_label(facet: str, values: Iterable[str], stored: StoredLabels) -> dict[str, tuple[str, ...]]:
    """Label in lower case → the values that have it: two agencies may bear one name."""
    found: dict[str, tuple[str, ...]] = {}
    for value in sorted(values):
        label = label_of(facet, value, stored).casefold()
        found[label] = (*found.get(label, ()), value)
    return found
