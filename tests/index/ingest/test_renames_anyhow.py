"""Whatever a portal does to the names of its records: contents that can be told apart keep their ids."""

import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from index.ingest import ingest
from index.store import Store
from tests.index.ingest.support import SOURCE, days
from tests.index.ingest.towns import REAL, dataset, feed, ids, moved, town

TOWN = town(24)
NAMES = [item["identifier"] for item in TOWN]


@settings(max_examples=25, deadline=None)
@given(places=st.permutations(range(len(TOWN))), gone=st.sets(st.integers(0, 23), max_size=4))
def test_any_permutation_of_the_names_is_undone(places: list[int], gone: set[int]) -> None:
    kept = [(number, place) for number, place in enumerate(places) if number not in gone]
    with tempfile.TemporaryDirectory() as folder:
        store = opened(folder)
        before = ids(store)
        run = play(store, [moved(TOWN[number], NAMES[place]) for number, place in kept], 1)
        assert run.status == "ok"
        now = ids(store)
        assert {number: now[NAMES[place]] for number, place in kept} == {
            number: before[NAMES[number]] for number, _ in kept
        }
        again = play(store, [moved(TOWN[number], NAMES[place]) for number, place in kept], 2)
        assert again.unchanged == len(kept)
        store.close()


EDITS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "keywords": {"keyword": ["another"]},
    "modified": {"modified": "2024-02-02"},
    "issued": {"issued": "2024-01-01T00:00:00Z"},
    "no dates": {"issued": None, "modified": None},
    "extent": {"spatial": "-71.2,42.2,-70.9,42.4"},
}


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_new_names_edits_removals_and_additions_in_one_night(data: st.DataObject) -> None:
    """No id ever shows another dataset, and of those renamed none is lost for one edited field."""
    edits = {n: data.draw(st.sampled_from(sorted(EDITS))) for n in range(len(TOWN))}
    gone = data.draw(st.sets(st.integers(0, 23), max_size=3))
    renamed = data.draw(st.sets(st.integers(0, 23)))
    order = data.draw(st.permutations(range(len(TOWN))))
    came = [dataset(number) for number in data.draw(st.sets(st.integers(40, 99), max_size=5))]
    after = []
    for number in order:
        name = f"town::{number}" if number in renamed else NAMES[number]
        edited = moved(TOWN[number], name, **EDITS[edits[number]])
        if number not in gone:
            after.append({key: value for key, value in edited.items() if value is not None})
    with tempfile.TemporaryDirectory() as folder:
        store = opened(folder)
        before = {record.dataset.title: record.id for record in store.live_records()}
        run = play(store, [*after, *came], 1)
        assert run.status == "ok"
        assert run.renamed == len(renamed - gone)
        now = {record.dataset.title: record.id for record in store.live_records()}
        assert {title: now[title] for title in before} == before
        assert not {now[item["title"]] for item in came} & set(before.values())
        store.close()


def opened(folder: str) -> Store:
    """A store that holds the town before the night."""
    path = Path(folder) / "store.sqlite"
    path.write_bytes(_town_before())
    return Store.open(f"sqlite:///{path}")


@cache
def _town_before() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite"
        store = Store.open(f"sqlite:///{path}")
        store.put_source(SOURCE)
        play(store, TOWN, 0)
        store.close()
        return path.read_bytes()


def play(store: Store, items: list[dict[str, Any]], day: int) -> Any:
    return ingest(store, SOURCE, feed(items), now=days(day), mapper=REAL)
