"""A process that dies while records swap their names: the next harvest finds each of them again."""

import multiprocessing
import signal

import pytest

from index.ingest import ingest
from index.store import Store
from tests.index.conftest import Migrated
from tests.index.ingest.support import SOURCE, days, die_in_transaction
from tests.index.ingest.towns import REAL, feed, ids, moved, town

TOWN = town(600)
"""More than are written in one transaction."""
NAMES = [item["identifier"] for item in TOWN]
ROTATED = [moved(item, NAMES[number - 1]) for number, item in enumerate(TOWN)]


def harvest_and_die(url: str, transactions: int) -> None:
    """Harvest `ROTATED`, and be killed within the write transaction of that number."""
    store = Store.open(url)
    die_in_transaction(transactions)
    ingest(store, SOURCE, feed(ROTATED), now=days(1), mapper=REAL)


@pytest.mark.parametrize("transactions", [2, 4])
def test_killed_while_names_change_hands_every_record_is_found_again(
    migrated: Migrated, transactions: int
) -> None:
    url = migrated()
    store = Store.open(url)
    store.put_source(SOURCE)
    ingest(store, SOURCE, feed(TOWN), now=days(0), mapper=REAL)
    before = ids(store)
    process = multiprocessing.get_context("spawn").Process(target=harvest_and_die, args=(url, transactions))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert ids(store) != before  # it was in the middle
    run = ingest(store, SOURCE, feed(ROTATED), now=days(2), mapper=REAL)
    assert (run.status, run.missing, run.added) == ("ok", 0, 0)
    now = ids(store)
    assert [now[item["identifier"]] for item in ROTATED] == [before[name] for name in NAMES]
    assert ingest(store, SOURCE, feed(ROTATED), now=days(3), mapper=REAL).unchanged == len(TOWN)
    store.close()
