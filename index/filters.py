"""The facet values a caller selected, as the index holds them.

- A value may be given as its id or as its label, in any case: `publisher=epa`, `publisher:"Department of
  Energy"`, `format=CSV`, `frequency=yearly`. A label that several values have selects all of them.
- A value that no dataset has is left out and a hint says so; it never makes a search empty. When it was the
  only one selected in its facet, the facet is not filtered by at all.
- Values of a closed list (`has`, `updated`) are known even while no dataset has them.
- A facet that does not exist, or more than 100 values in one, is a BadRequest.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from index.engines.protocol import Engine
from index.fields import FACETS_BY_NAME, Facet
from index.labels import by_label, label_of
from index.query.model import MAX_FILTER_VALUES, BadRequest

Filters = dict[str, tuple[str, ...]]

_UNBOUNDED = frozenset({"keyword"})
"""Facets of so many values that they are asked for one by one; their labels are the values themselves."""


@dataclass(slots=True)
class Vocabulary:
    """The values one state of the index has, and their labels. Made anew when the index moves."""

    engine: Engine
    stored: Mapping[tuple[str, str], str]
    _labels: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def label(self, facet: str, value: str) -> str:
        """What a person reads for a value."""
        return label_of(facet, value, self.stored)

    def find(self, facet: Facet, given: str) -> tuple[str, ...]:
        """The values meant by what was given; none when no dataset has such a value."""
        wanted = " ".join(given.split()).casefold()
        if wanted in facet.fixed:
            return (wanted,)
        if facet.name in _UNBOUNDED:
            return tuple(self.engine.known_values(facet.name, [wanted]))
        if not facet.fixed and wanted in self.engine.facet_values(facet.name):
            return (wanted,)
        return self._by_label(facet).get(wanted, ())

    def _by_label(self, facet: Facet) -> dict[str, tuple[str, ...]]:
        if facet.name not in self._labels:
            values: Iterable[str] = facet.fixed or self.engine.facet_values(facet.name)
            self._labels[facet.name] = by_label(facet.name, values, self.stored)
        return self._labels[facet.name]


def merged(*selections: Mapping[str, Iterable[str]]) -> Filters:
    """Several selections together: OR inside a facet. Raises BadRequest for a facet that does not exist or
    has too many values."""
    found: Filters = {}
    for selection in selections:
        for name, values in selection.items():
            if name not in FACETS_BY_NAME:
                raise BadRequest(name, f"there is no filter {name!r}; there are {', '.join(FACETS_BY_NAME)}")
            found[name] = (*found.get(name, ()), *values)
            if len(found[name]) > MAX_FILTER_VALUES:
                raise BadRequest(name, f"at most {MAX_FILTER_VALUES} values of {name!r} can be selected")
    return found


def resolved(given: Filters, vocabulary: Vocabulary, hint: Callable[[str], None]) -> Filters:
    """The selection in the index's own values, sorted; `hint` is told of what is left out."""
    found: Filters = {}
    for name, values in given.items():
        facet = FACETS_BY_NAME[name]
        known: set[str] = set()
        for value in values:
            if not value.strip():
                continue
            meant = vocabulary.find(facet, value)
            known.update(meant)
            if not meant:
                hint(f"No dataset has “{value.strip()[:80]}” as {facet.label.lower()}; it was left out.")
        if known:
            found[name] = tuple(sorted(known))
    return found
