"""The places and the period of a dataset: published names looked up, silent records read by title and
description.

What is published is never overridden: places are read from text only where no name is published, the box is
the gazetteer's only where none is, a period only where none is.
"""

from dataclasses import replace

from mappings.dataset import Dataset, Place, Spatial
from mappings.gazetteer import Entry
from mappings.period_texts import period_in
from mappings.place_clues import Clues, around, clues_of, one_state
from mappings.place_names import resolve
from mappings.place_texts import places_in


def settle_places(dataset: Dataset, level: str, jurisdiction: str) -> None:
    """Give the dataset's places their gazetteer ids, and a silent record the places and the period its words
    name."""
    clues = clues_of(dataset, level, jurisdiction)
    if dataset.spatial is not None and dataset.spatial.places:
        _settle_published(dataset.spatial, clues)
    else:
        _read_text(dataset, clues)
    if dataset.temporal is None:
        dataset.temporal = period_in(dataset, federal=clues.national)


def _settle_published(spatial: Spatial, clues: Clues) -> None:
    bare = replace(clues, state=None, own=None)
    sure = [known for place in spatial.places if (known := resolve(place.name, bare))]
    if state := one_state(sure):
        clues = replace(clues, state=state)
    settled: dict[str, Place] = {}
    found: list[Entry] = []
    for place in spatial.places:
        entry = resolve(place.name, clues)
        if entry is None:
            settled.setdefault(place.name, place)
        elif entry.id not in settled:
            published = place.as_published or (place.name if place.name != entry.label else None)
            settled[entry.id] = replace(place, name=entry.label, id=entry.id, as_published=published)
            found.append(entry)
    spatial.places = list(settled.values())
    _box(spatial, found)


def _read_text(dataset: Dataset, clues: Clues) -> None:
    found = places_in(dataset.title, dataset.description, clues)
    if not found:
        return
    spatial = dataset.spatial or Spatial()
    spatial.places = [
        Place(one.place.label, one.place.id, True, None, one.evidence, one.confidence) for one in found
    ]
    dataset.spatial = spatial
    _box(spatial, [one.place for one in found])


def _box(spatial: Spatial, found: list[Entry]) -> None:
    """The box around the narrowest of the places, where none is published."""
    if spatial.bbox is not None:
        return
    within = {code for place in found for code in place.counties if place.kind == "town"}
    towns_in = {place.state for place in found if place.kind != "state"}
    narrow = [
        place
        for place in found
        if not (place.kind == "state" and place.state in towns_in)
        and not (place.kind == "county" and within.intersection(place.counties))
    ]
    spatial.bbox = around([place.box for place in narrow if place.box is not None])
    spatial.bbox_derived = spatial.bbox is not None
