"""What looks like a rename and is none: nobody's public id goes to another dataset."""

from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from index.ingest import Run, ingest
from index.store import Store
from tests.index.ingest.support import SOURCE, days
from tests.index.ingest.towns import REAL, dataset, feed, ids, moved, town

TOWN = town(30)
Items = list[dict[str, Any]]


@pytest.fixture
def local(tmp_path: Path) -> Store:
    """An SQLite store: what is recognised does not depend on the database."""
    store = Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}")
    store.put_source(SOURCE)
    return store


def play(store: Store, *states: Items) -> list[Run]:
    return [
        ingest(store, SOURCE, feed(state), now=days(day), mapper=REAL) for day, state in enumerate(states)
    ]


def edition(year: int, **changes: Any) -> dict[str, Any]:
    return dataset(
        200 + year - 2000,
        title=f"Budget {year}",
        description=f"The adopted budget of the town for the fiscal year {year}, by department and fund.",
        keyword=["budget", "finance"],
        issued=None,
        modified=f"{year}-07-01",
        **changes,
    )


def same_title(number: int, about: str) -> dict[str, Any]:
    description = f"{about} as kept by office {number}; see there for the meaning of every column."
    return dataset(300 + number, title="Annual Report", description=description, keyword=["report"])


TEMPLATE = [
    dataset(100 + n, title="Monthly Extract", description="One month of the register.", keyword=["month"])
    for n in range(50)
]

ONE_FOR_ANOTHER: dict[str, tuple[Items, Items]] = {
    "the next year's edition": ([edition(2019)], [edition(2020)]),
    "the next year's edition under the same title": (
        [
            edition(
                2019,
            )
            | {"title": "Budget"}
        ],
        [edition(2020) | {"title": "Budget"}],
    ),
    "the same title and text, the file of another year": (
        [dataset(100, title="Budget", distribution=[{"downloadURL": "https://x.example/budget-2019.csv"}])],
        [
            dataset(100, title="Budget", issued=None)
            | {
                "identifier": "town::budget",
                "landingPage": None,
                "distribution": [{"downloadURL": "https://x.example/budget-2020.csv"}],
            }
        ],
    ),
    "the same title and text, another period": (
        [dataset(100, title="Counts", issued=None, temporal="2019-01-01/2019-12-31")],
        [dataset(101, title="Counts", issued=None, temporal="2020-01-01/2020-12-31")],
    ),
    "the same text and date, another year in the title": (
        [dataset(100, title="Crash Counts 2019")],
        [moved(dataset(100, title="Crash Counts 2020"), "town::crashes")],
    ),
    "an unlike one": ([dataset(100)], [dataset(101)]),
    "an alike one, of another month": (
        [dataset(100, title="Crashes in March", keyword=["crashes"])],
        [dataset(101, title="Crashes in April", keyword=["crashes"])],
    ),
    "one with the same title and nothing else": (
        [same_title(1, "Revenue and spending of the water works")],
        [same_title(2, "Members and meetings of the library board")],
    ),
    "one with the same description and another title": (
        [dataset(100, title="Kennels", description="Data of the town, free to use for any purpose by all.")],
        [dataset(101, title="Ferries", description="Data of the town, free to use for any purpose by all.")],
    ),
    "one with only a title, the same": (
        [{"identifier": "a", "title": "Parks"}],
        [{"identifier": "b", "title": "Parks"}],
    ),
    "one of fifty from a template": (TEMPLATE, [*TEMPLATE[:49], moved(TEMPLATE[0], "town::new")]),
    "two halves of it": (
        [dataset(100, issued=None)],
        [moved(dataset(100, issued=None), "town::north"), moved(dataset(100, issued=None), "town::south")],
    ),
}


@pytest.mark.parametrize("case", ONE_FOR_ANOTHER)
def test_one_is_deleted_and_another_added_in_the_same_night(local: Store, case: str) -> None:
    before, after = ONE_FOR_ANOTHER[case]
    _, run = play(local, [*TOWN, *before], [*TOWN, *after])
    assert (run.status, run.renamed, run.missing) == ("ok", 0, 1)
    assert run.added >= 1


def renamed(items: Items) -> Items:
    """A migration that leaves the texts alone."""
    return [moved(item, f"town::{crc32(item['identifier'].encode()):x}") for item in items]


def owners(store: Store) -> dict[str, str]:
    """What each public id shows: its text without what a migration changes."""
    return {
        record.id: f"{record.dataset.title} | {record.dataset.description}" for record in store.live_records()
    }


@pytest.mark.parametrize("case", ONE_FOR_ANOTHER)
def test_the_same_in_the_night_of_a_migration(local: Store, case: str) -> None:
    before, after = ONE_FOR_ANOTHER[case]
    play(local, [*TOWN, *before])
    shown = owners(local)
    run = ingest(local, SOURCE, feed(renamed([*TOWN, *after])), now=days(1), mapper=REAL)
    assert run.renamed >= len(TOWN)
    now = owners(local)
    wrong = {id_ for id_ in shown.keys() & now.keys() if now[id_] != shown[id_]}
    assert wrong == set()


def test_editions_same_titles_and_templates_all_migrate_at_once(local: Store) -> None:
    """Those whose texts tell them apart keep their ids; those that nothing tells apart are not guessed."""
    editions = [edition(year) for year in range(2010, 2020)]
    reports = [same_title(n, about) for n, about in enumerate(("Water", "Books", "Streets", "Trees"))]
    play(local, [*TOWN, *editions, *reports, *TEMPLATE])
    before, shown = ids(local), owners(local)
    after = renamed([*TOWN, *editions, edition(2020), *reports, *TEMPLATE])
    run = ingest(local, SOURCE, feed(after), now=days(1), mapper=REAL)
    assert run.added == 1
    assert run.renamed == len(before)  # a template's records differ in when they were issued
    assert {id_: text for id_, text in owners(local).items() if id_ in shown} == shown


def test_what_nothing_tells_apart_is_not_guessed(local: Store) -> None:
    twins = [
        item | {"issued": None, "modified": None, "identifier": f"t{n}"} for n, item in enumerate(TEMPLATE)
    ]
    play(local, [*town(160), *twins[:5]])
    before = ids(local)
    run = ingest(local, SOURCE, feed(renamed([*town(160), *twins[:5]])), now=days(1), mapper=REAL)
    assert (run.status, run.renamed, run.added, run.missing) == ("ok", 160, 5, 5)
    assert set(ids(local).values()) > set(before.values())


def test_one_of_two_that_nothing_tells_apart_comes_back_as_a_new_one(local: Store) -> None:
    twins = [item | {"issued": None, "modified": None} for item in TEMPLATE[:2]]
    _, run = play(local, [*TOWN, *twins], [*TOWN, moved(twins[0], "town::one")])
    assert (run.renamed, run.added, run.missing) == (0, 1, 2)


def test_a_record_that_changes_its_title_keeps_its_name(local: Store) -> None:
    """Another dataset with its old title, new in the same night, gets an id of its own."""
    play(local, TOWN)
    before = ids(local)
    changed = TOWN[0] | {
        "title": "Parks, once more",
        "description": "Rewritten from the first word to the last.",
    }
    _, *rest = TOWN
    again = dataset(95, title=TOWN[0]["title"])
    ingest(local, SOURCE, feed([changed, *rest, again]), now=days(1), mapper=REAL)
    now = ids(local)
    assert now[TOWN[0]["identifier"]] == before[TOWN[0]["identifier"]]
    assert now[again["identifier"]] not in before.values()
