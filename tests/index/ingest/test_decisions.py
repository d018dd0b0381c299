"""A held run waits for an operator: approved it lands whole, rejected it is dropped, overtaken it is moot."""

from dataclasses import replace
from pathlib import Path

import pytest

from index.ingest import IngestError, Run, approve, reject
from index.ingest.landing import Landing
from index.store import Store
from index.store.errors import Fenced
from tests.index.ingest.conftest import Harvest
from tests.index.ingest.support import SOURCE, TOY, Feed, days, dump, many, numbers, record, titles

OLD = many(40)
NEW = [record(f"n{n}") for n in range(31)]


def hold(harvest: Harvest, items: list[object], day: float = 1) -> Run:
    run = harvest(Feed(items), day, spool_path=Path("/hub/spool/town/1.spool"))
    assert (run.status, run.decision) == ("held", None)
    return run


def test_a_held_run_writes_nothing_but_itself_and_keeps_its_spool(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    before = dump(store)
    run = hold(harvest, NEW)
    assert numbers(run) == {"fetched": 31, "added": 31, "missing": 40}
    assert dump(store) == before
    assert store.run(run.id).spool == "/hub/spool/town/1.spool"


def test_an_approved_run_lands_whole_at_once(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    items = [*NEW, record("bad", refuse="no title"), NEW[0]]
    held = hold(harvest, items)
    run = approve(store, held.id, Feed(items), now=days(3), mapper=TOY)
    assert (run.id, run.status, run.decision) == (held.id, "ok", "approved")
    assert numbers(run) == {
        "fetched": 33, "added": 31, "duplicate": 1, "quarantined": 1, "missing": 40, "deleted": 40,
    }  # fmt: skip
    assert titles(store).keys() == {f"n{n}" for n in range(31)}
    assert store.run(run.id) == run
    assert [error.identifier for error in store.run_errors(run.id)] == ["bad", "n0"]
    graves = [store.record(head.id) for head in store.heads() if head.deleted]
    assert {grave.deleted_at for grave in graves} == {days(3)}
    assert {grave.last_seen for grave in graves} == {days(0)}
    assert {r.first_seen for r in store.live_records()} == {days(1)}


def test_an_empty_run_can_be_approved_when_the_portal_is_really_gone(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    run = approve(store, hold(harvest, []).id, Feed([]), now=days(2), mapper=TOY)
    assert numbers(run) == {"missing": 40, "deleted": 40}
    assert titles(store) == {}


def test_approving_plans_anew_against_what_is_stored_by_then(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    held = hold(harvest, NEW)
    harvest(Feed([record("late")], replace(Feed().statement, complete=False)), 2)
    run = approve(store, held.id, Feed(NEW), now=days(3), mapper=TOY)
    assert (run.added, run.deleted) == (31, 41)
    assert titles(store).keys() == {f"n{n}" for n in range(31)}


def test_a_rejected_run_is_dropped(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    before = dump(store)
    run = reject(store, hold(harvest, NEW).id, now=days(2))
    assert (run.status, run.decision, run.finished) == ("held", "rejected", days(2))
    assert store.run(run.id) == run
    assert dump(store) == before


def test_a_later_run_that_passes_overtakes_held_ones(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    held = [hold(harvest, NEW, 1), hold(harvest, [], 2)]
    hold(harvest, NEW, 3)
    assert [store.run(run.id).decision for run in held] == [None, None]
    harvest(Feed(OLD), 4)
    assert [run.decision for run in store.runs()] == [None, "overtaken", "overtaken", "overtaken", None]


def test_an_incomplete_run_overtakes_nothing(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    held = hold(harvest, NEW)
    harvest(Feed(OLD[:3], replace(Feed().statement, complete=False)), 2)
    assert store.run(held.id).decision is None


def test_another_source_overtakes_nothing(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    held = hold(harvest, NEW)
    harvest(Feed(many(3)), 2, source=replace(SOURCE, id="county"))
    assert store.run(held.id).decision is None


def test_an_approved_run_overtakes_only_those_before_it(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    hold(harvest, [], 1)
    middle = hold(harvest, NEW, 2)
    hold(harvest, [], 3)
    approve(store, middle.id, Feed(NEW), now=days(4), mapper=TOY)
    assert [run.decision for run in store.runs()] == [None, "approved", "overtaken", None]


@pytest.mark.parametrize("state", ["unknown", "ok", "approved", "rejected", "overtaken", "source removed"])
def test_only_a_run_that_waits_can_be_decided_on(store: Store, harvest: Harvest, state: str) -> None:
    ok = harvest(Feed(OLD))
    run_id = ok.id if state == "ok" else hold(harvest, NEW).id
    if state == "approved":
        approve(store, run_id, Feed(NEW), now=days(2), mapper=TOY)
    elif state == "rejected":
        reject(store, run_id, now=days(2))
    elif state == "overtaken":
        harvest(Feed(OLD), 2)
    elif state == "source removed":
        store.remove_source("town")
    elif state == "unknown":
        run_id = "99"
    before = dump(store)
    with pytest.raises(IngestError, match=f"run {run_id}"):
        approve(store, run_id, Feed(NEW), now=days(3), mapper=TOY)
    with pytest.raises(IngestError, match=f"run {run_id}"):
        reject(store, run_id, now=days(3))
    assert dump(store) == before


def test_an_approval_that_is_cut_off_can_be_given_again(
    store: Store, harvest: Harvest, monkeypatch: pytest.MonkeyPatch
) -> None:
    harvest(Feed(OLD))
    held = hold(harvest, [*NEW, NEW[1]])
    remove = Landing.remove

    def die(self: Landing, *, at_once: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Landing, "remove", die)
    with pytest.raises(KeyboardInterrupt):
        approve(store, held.id, Feed([*NEW, NEW[1]]), now=days(2), mapper=TOY)
    assert (store.run(held.id).status, store.run(held.id).decision) == ("held", None)
    monkeypatch.setattr(Landing, "remove", remove)
    run = approve(store, held.id, Feed([*NEW, NEW[1]]), now=days(2), mapper=TOY)
    assert (run.unchanged, run.deleted, run.decision) == (31, 40, "approved")
    assert [error.slug for error in store.run_errors(run.id)] == ["duplicate-identifier"]


def test_of_two_who_approve_one_run_at_once_one_lands_it(store: Store, harvest: Harvest) -> None:
    harvest(Feed(OLD))
    held = hold(harvest, NEW)

    class Meanwhile(Feed):
        """A spool during whose second reading somebody else approves the run, too."""

        readings = 0

        def records(self):
            self.readings += 1
            if self.readings == 2:
                approve(store, held.id, Feed(NEW), now=days(2), mapper=TOY)
            return iter(self.items)

    with pytest.raises(Fenced, match="another process"):
        approve(store, held.id, Meanwhile(NEW), now=days(2), mapper=TOY)
    assert store.run(held.id).decision == "approved"
    assert store.run(held.id).deleted == 40
    assert titles(store).keys() == {f"n{n}" for n in range(31)}
