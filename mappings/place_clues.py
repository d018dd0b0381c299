"""What tells which of several places with one name is meant: the portal, the publisher, the record's own
box."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mappings.agency_names import split_state, state_of
from mappings.dataset import Dataset
from mappings.gazetteer import Box, Entry, county, key_of, town

BOX_IS_LOCAL = 4.0
"""Degrees: a published box wider than this tells no town from another."""
_NEAR = 0.1
_KINDS = ("city and county of ", "city of ", "town of ", "village of ", "township of ", "county of ")


@dataclass(frozen=True, slots=True)
class Clues:
    """`state` is the USPS code of the one state all this is about, `own` the town or county the portal or
    publisher speaks for, `national` whether it speaks for the United States, `box` the record's own."""

    state: str | None = None
    own: Entry | None = None
    national: bool = False
    box: Box | None = None

    def admit(self, place: Entry) -> bool:
        """Whether a place can be meant: it must touch the published box."""
        return self.box is None or place.box is None or touch(self.box, place.box)

    @property
    def is_local(self) -> bool:
        """Whether the published box is small enough to choose between places."""
        return self.box is not None and 0 <= self.box[2] - self.box[0] <= BOX_IS_LOCAL


def clues_of(dataset: Dataset, level: str, jurisdiction: str) -> Clues:
    """The clues of a dataset on a portal of that level and jurisdiction."""
    spatial, publisher = dataset.spatial, dataset.publisher
    box = spatial.bbox if spatial is not None else None
    state, own = _spoken_for(jurisdiction, (publisher and publisher.jurisdiction) or "")
    return Clues(
        state,
        own,
        level == "federal" or (publisher is not None and publisher.level == "federal"),
        (box[0], box[1], box[2], box[3]) if box is not None else None,
    )


@lru_cache(maxsize=4096)
def _spoken_for(portal: str, publisher: str) -> tuple[str | None, Entry | None]:
    """The state and the place of a portal's jurisdiction, else of a publisher's."""
    own = own_place(portal) or own_place(publisher)
    return (own.state if own else None) or _state(portal) or _state(publisher), own


def own_place(jurisdiction: str) -> Entry | None:
    """The town or county of a jurisdiction that names its state (`Cambridge, MA`, `City of Boston, MA`)."""
    name, state = split_state(jurisdiction)
    key = key_of(name)
    if state is None:
        return town(key, "NY") if key in ("new york city", "city of new york", "nyc") else None
    for kind in _KINDS:
        if key.startswith(kind):
            bare = key.removeprefix(kind)
            return county(bare, state) if kind == "county of " else town(bare, state)
    return (county(key, state) if key.endswith((" county", " parish")) else None) or town(key, state)


def touch(one: Box, other: Box) -> bool:
    """Whether two boxes meet, or nearly; those across the antimeridian are not judged."""
    if one[0] > one[2] or other[0] > other[2]:
        return True
    return (
        one[0] <= other[2] + _NEAR
        and other[0] <= one[2] + _NEAR
        and one[1] <= other[3] + _NEAR
        and other[1] <= one[3] + _NEAR
    )


def one_state(places: Iterable[Entry]) -> str | None:
    """The state of all these places, None where they lie in several, or nowhere."""
    found = {place.state for place in places if place.state}
    return found.pop() if len(found) == 1 else None


def around(boxes: Sequence[Box]) -> list[float] | None:
    """The box around boxes; None for several of which one crosses the antimeridian."""
    if not boxes or (len(boxes) > 1 and any(west > east for west, _, east, _ in boxes)):
        return None
    west, south = (min(box[i] for box in boxes) for i in (0, 1))
    east, north = (max(box[i] for box in boxes) for i in (2, 3))
    return list(boxes[0]) if len(boxes) == 1 else [west, south, east, north]


def _state(jurisdiction: str) -> str | None:
    return split_state(jurisdiction)[1] or state_of(jurisdiction) if jurisdiction else None
