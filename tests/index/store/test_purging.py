"""What a removed record held is given up after thirty days; its address and its id are not."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from index.ingest import ingest
from index.present import present
from index.store import Run, Store
from index.store.purging import purge
from index.store.schema import contents
from tests.index.ingest.support import SOURCE, TOY, Feed, days, many, record

EAGER = replace(SOURCE, grace_days=0)


def harvest(store: Store, feed: Feed, day: float) -> Run:
    store.put_source(EAGER)
    return ingest(store, EAGER, feed, now=days(day), mapper=TOY)


def removed_on_day_1(store: Store) -> str:
    """The id of a record that was removed then; nine others live."""
    for day, feed in ((0, Feed(many(10))), (0.5, Feed(many(9))), (1, Feed(many(9)))):
        harvest(store, feed, day)
    (gone,) = [head.id for head in store.heads() if head.deleted]
    return gone


def bytes_kept(store: Store, record_id: str) -> int:
    query = select(func.length(contents.c.raw)).where(contents.c.record == record_id)
    with store.database.read() as connection:
        return connection.execute(query).scalar_one()


def test_for_thirty_days_a_removal_can_be_taken_back_and_after_them_what_it_held_is_gone(
    store: Store,
) -> None:
    gone = removed_on_day_1(store)
    before = store.last_sequence()
    assert purge(store.database, days(30.9)) == 0
    assert store.raw(gone) is not None
    assert purge(store.database, days(31)) == 1
    assert (store.raw(gone), bytes_kept(store, gone)) == (None, 0)
    assert purge(store.database, days(60)) == 0, "once is enough"
    found = store.record(gone)
    assert found is not None
    assert (found.id, found.dataset.title, found.source) == (gone, "About r9", "town")
    assert found.deleted_at == days(1)
    assert present(found, EAGER, store.raw(gone))["raw"] is None
    assert store.last_sequence() == before, "the index has nothing to do"
    assert all(store.raw(one.id) for one in store.live_records())


def test_a_record_that_comes_back_after_years_has_its_id_and_its_content_again(store: Store) -> None:
    gone = removed_on_day_1(store)
    purge(store.database, days(40))
    run = harvest(store, Feed(many(10)), 800)
    assert (run.added, run.unchanged) == (1, 9)
    back = store.record(gone)
    assert back is not None
    assert (back.identifier, back.deleted_at) == ("r9", None)
    assert b"About r9" in (store.raw(gone) or b"")
    assert len(list(store.live_records())) == 10


def test_a_source_that_is_busy_waits(store: Store) -> None:
    removed_on_day_1(store)
    assert purge(store.database, days(40), busy={"town"}) == 0

    class Asking(Feed):
        """A feed that purges when its run has planned to revive what is there."""

        readings = 0

        def records(self):
            self.readings += 1
            if self.readings == 2:
                purged.append(purge(store.database, days(40)))
            return iter(self.items)

    purged: list[int] = []
    run = harvest(store, Asking([*many(10), record("new")]), 41)
    assert purged == [0]
    assert (run.status, run.added) == ("ok", 2)
    assert all(store.raw(one.id) for one in store.live_records())
    assert purge(store.database, days(41) + timedelta(days=30)) == 0
