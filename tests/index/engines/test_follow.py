"""The index gets to where the store is, whatever happened before, whichever engine it is."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from index.engines.protocol import Deletion, Engine, EngineRequest
from index.follow import build, check, compare, follow, repair
from index.query.parse import parse
from index.store.model import Change, Source
from tests.index.catalogue import NOW, records
from tests.index.engines.conftest import MakeEngine
from tests.index.engines.memory_store import MemoryStore

CLEAN = {"missing": 0, "extra": 0, "stale": 0}


def found(engine: Engine, text: str) -> list[str]:
    request = EngineRequest(parse(text), {}, "all", "title", 100, 0, NOW)
    return [hit.id for hit in engine.search(request).hits]


def test_a_new_index_gets_everything_and_then_only_what_changed(engine: Engine) -> None:
    store = MemoryStore.of_sample(1200)
    assert follow(store, engine) == 1200
    assert follow(store, engine) == 0
    store.retitle(records()[3].id, "Zebra crossings")
    store.delete(records()[4].id)
    assert follow(store, engine) == 2
    assert found(engine, "zebra") == [records()[3].id]
    assert check(store, engine) == {"store": 1199, "index": 1199, **CLEAN}
    assert engine.watermark() == store.last_sequence()


def test_progress_is_told_with_every_batch(engine: Engine) -> None:
    told: list[int] = []
    follow(MemoryStore.of_sample(1200), engine, told.append)
    assert told == [500, 1000, 1200]


class LateSource(MemoryStore):
    """A store into which a source and its records come while somebody follows."""

    begun = False

    def sources(self) -> list[Source]:
        return super().sources() if self.begun else []

    def changes_after(self, sequence: int, limit: int) -> list[Change]:
        self.begun = True
        return super().changes_after(sequence, limit)


def test_a_source_that_is_new_while_one_follows_is_in_its_documents(engine: Engine) -> None:
    store = LateSource.of_sample(10)
    follow(store, engine)
    assert check(store, engine)["stale"] == 0
    assert engine.facet_values("level")


def test_following_an_empty_store_makes_no_index(engine: Engine) -> None:
    assert follow(MemoryStore(), engine) == 0
    assert engine.watermark() == 0
    assert engine.healthy()
    assert found(engine, "water") == []


def test_numbers_whose_clusters_are_gone_do_not_keep_the_follower_waiting(engine: Engine) -> None:
    store = MemoryStore.of_sample(10)
    store.sequence += 5
    assert follow(store, engine) == 10
    assert engine.watermark() == store.last_sequence()


def test_old_changes_applied_again_change_nothing(engine: Engine) -> None:
    store = MemoryStore.of_sample(300)
    follow(store, engine)
    before = engine.fingerprints()
    with engine.writer() as writer:
        writer.commit(5)  # as after a kill between the commit and the note of it
    assert follow(store, engine) == 295
    assert engine.fingerprints() == before
    assert check(store, engine) == {"store": 300, "index": 300, **CLEAN}


def test_a_build_replaces_the_index_and_misses_nothing_that_changed_meanwhile(engine: Engine) -> None:
    store = MemoryStore.of_sample(1100)
    follow(store, engine)

    class Moving(MemoryStore):
        """Changes after the first batch was read."""

        moved = False

        def changes_after(self, sequence: int, limit: int) -> list[Change]:
            answer = super().changes_after(sequence, limit)
            if not self.moved:
                self.moved = True
                self.retitle(records()[0].id, "Quagga sightings")
                self.delete(records()[1].id)
            return answer

    moving = Moving(store.live, store.numbers, store.sequence)
    assert build(moving, engine) == 1099
    assert found(engine, "quagga") == [records()[0].id]
    assert check(moving, engine) == {"store": 1099, "index": 1099, **CLEAN}


def test_a_build_that_fails_leaves_the_old_index(engine: Engine) -> None:
    store = MemoryStore.of_sample(50)
    follow(store, engine)

    class Broken(MemoryStore):
        def changes_after(self, sequence: int, limit: int) -> list[Change]:
            raise RuntimeError("the disk is gone")

    with pytest.raises(RuntimeError):
        build(Broken(store.live, store.numbers, store.sequence), engine)
    assert check(store, engine) == {"store": 50, "index": 50, **CLEAN}
    assert build(store, engine) == 50


def test_a_follower_whose_index_is_replaced_brings_the_new_one_up_to_date(engine: Engine) -> None:
    store = MemoryStore.of_sample(600)

    class Swapping(MemoryStore):
        """Somebody else builds and swaps while the first batch is read."""

        swapped = False

        def changes_after(self, sequence: int, limit: int) -> list[Change]:
            if not self.swapped:
                self.swapped = True
                with engine.build() as made:
                    with made.writer() as writer:
                        writer.commit(0)
                    made.swap()
            return super().changes_after(sequence, limit)

    follow(Swapping(store.live, store.numbers, store.sequence), engine)
    assert check(store, engine) == {"store": 600, "index": 600, **CLEAN}


def test_drift_is_found_and_repaired(engine: Engine) -> None:
    store = MemoryStore.of_sample(40)
    follow(store, engine)
    one, other, third = (record.id for record in records()[:3])
    with engine.writer() as writer:
        writer.apply([], [Deletion(one, store.sequence)])
        writer.commit(store.sequence)
    store.live[other].dataset.keywords = ["changed behind the sequence's back"]
    del store.live[third], store.numbers[third]
    drift = compare(store, engine)
    assert (drift.missing, drift.stale, drift.extra) == ([one], [other], [third])
    assert repair(store, engine) == {"store": 39, "index": 39, "missing": 1, "extra": 1, "stale": 1}
    assert check(store, engine) == {"store": 39, "index": 39, **CLEAN}
    store.live[other].dataset.keywords = []


def test_an_index_ahead_of_a_store_restored_from_a_backup_is_built_anew(engine: Engine) -> None:
    store = MemoryStore.of_sample(40)
    follow(store, engine)
    older = MemoryStore.of_sample(30)
    assert follow(older, engine) == 30
    assert engine.watermark() == older.last_sequence()
    older.retitle(records()[3].id, "Zebra crossings")
    assert follow(older, engine) == 1
    assert found(engine, "zebra") == [records()[3].id]
    assert check(older, engine) == {"store": 30, "index": 30, **CLEAN}


def test_documents_known_in_a_later_state_than_the_store_gave_are_mended(engine: Engine) -> None:
    """A store restored from an older backup went on to the watermark before anybody followed."""
    store = MemoryStore.of_sample(40)
    follow(store, engine)
    older = MemoryStore.of_sample(30)
    older.retitle(records()[3].id, "Zebra crossings")
    older.delete(records()[4].id)
    older.sequence = store.sequence
    assert repair(older, engine) == {"store": 29, "index": 40, "missing": 0, "extra": 11, "stale": 1}
    assert check(older, engine) == {"store": 29, "index": 29, **CLEAN}
    assert found(engine, "zebra") == [records()[3].id]


class Following(RuleBasedStateMachine):
    """Any mixture of changes, follows, builds and reopenings ends with index and store alike."""

    make: MakeEngine

    def __init__(self) -> None:
        super().__init__()
        self.store = MemoryStore()
        self.engine = type(self).make()
        build(self.store, self.engine)  # nothing of the example before

    @rule(at=st.integers(0, 30), title=st.sampled_from(["Water", "Roads", "Zoo"]))
    def change(self, at: int, title: str) -> None:
        self.store.put(records()[at])
        self.store.retitle(records()[at].id, title)

    @precondition(lambda self: self.store.live)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.store.delete(data.draw(st.sampled_from(sorted(self.store.live))))

    @rule()
    def follow(self) -> None:
        follow(self.store, self.engine)
        self._same()

    @rule()
    def build(self) -> None:
        build(self.store, self.engine)
        self._same()

    @rule()
    def reopen(self) -> None:
        self.engine.close()
        self.engine = type(self).make()

    @invariant()
    def never_ahead(self) -> None:
        assert self.engine.watermark() <= self.store.last_sequence()

    def _same(self) -> None:
        assert set(self.engine.ids()) == set(self.store.live)
        assert self.engine.watermark() == self.store.last_sequence()
        zoo = {key for key, record in self.store.live.items() if record.dataset.title == "Zoo"}
        assert set(found(self.engine, "zoo")) == zoo


def test_any_mixture_of_changes_and_follows_ends_alike(make_engine: MakeEngine) -> None:
    Following.make = staticmethod(make_engine)
    case = Following.TestCase
    case.settings = settings(max_examples=4, stateful_step_count=10, deadline=None)
    case("runTest").runTest()
