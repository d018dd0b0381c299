"""Builds aside, swaps, versions of hubsearch side by side, and what is cleared away when."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.elasticsearch import build as build_module
from index.engines.elasticsearch import state as state_module
from index.engines.elasticsearch import sweeping as sweeping_module
from index.engines.elasticsearch.indexes import current, listed, look, mark
from index.engines.protocol import EngineBusy, EngineError, EngineRequest, EngineUnavailable, IndexReplaced
from index.follow import check, follow
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.conftest import MakeElastic
from tests.index.engines.memory_store import MemoryStore
from tests.index.engines.relay import Reply, relay

EVERYTHING = EngineRequest(parse(""), {}, "all", "modified", 0, 0, NOW)
CLEAN = {"missing": 0, "extra": 0, "stale": 0}

BUILD_FOR_EVER = """
import os, sys, time
from index.engines.access import EngineAccess
from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.protocol import Deletion
with ElasticsearchEngine(os.environ["ENGINE"], EngineAccess(index=sys.argv[1])).build() as made:
    with made.writer() as writer:
        writer.apply([], [Deletion("nobody", 1)])
        writer.commit(1)
        print(made.index, flush=True)
        time.sleep(600)
"""


def filled(engine: ElasticsearchEngine, size: int = 20, watermark: int = 20) -> None:
    with engine.writer() as writer:
        assert writer.apply(documents()[:size], []) == []
        writer.commit(watermark)


def indexes(engine: ElasticsearchEngine) -> list[str]:
    return [one.index for one in listed(engine.cluster)]


def soon(claim: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    until = time.monotonic() + seconds
    while not (held := claim()) and time.monotonic() < until:
        time.sleep(0.05)
    return held


def test_a_swap_is_seen_by_every_reader_and_no_count_in_between(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic
) -> None:
    filled(elastic)
    other = make_elastic()
    seen: list[int] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            seen.append(other.count(EVERYTHING))

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    with elastic.build() as made:
        with made.writer() as writer:
            writer.apply(documents()[:27], [])
            writer.commit(40)
        assert elastic.count(EVERYTHING) == 20
        made.swap()
    assert elastic.count(EVERYTHING) == 27
    assert soon(lambda: seen[-1] == 27)
    done.set()
    for thread in threads:
        thread.join()
    assert set(seen) == {20, 27}
    assert other.watermark() == 40


def test_a_search_in_an_index_that_went_a_moment_ago_looks_again(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_module, "FRESH", 1000.0)
    monkeypatch.setattr(state_module, "LATEST", 1000.0)
    filled(elastic)
    readers = [make_elastic() for _ in range(3)]
    for reader in readers:
        assert reader.count(EVERYTHING) == 20
    before = visible(elastic)
    with elastic.build() as made:
        made.swap()
    delete(elastic, before)
    assert readers[0].count(EVERYTHING) == 0
    assert list(readers[1].scan(EVERYTHING)) == []
    assert readers[2].suggest("a", 3) == []


def test_many_threads_ask_once_for_the_state(
    elastic: ElasticsearchEngine,
    elasticsearch_url: str,
    make_elastic: MakeElastic,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(state_module, "FRESH", 1000.0)
    filled(elastic)
    asked: list[str] = []

    def rule(method: str, path: str, body: bytes) -> Reply | None:
        asked.extend([path] if "-read?" in path else [])
        return None

    with relay(rule, elasticsearch_url) as url:
        engine = make_elastic(url)
        with ThreadPoolExecutor(8) as pool:
            names = set(pool.map(lambda _: engine.generation(), range(200)))
        assert len(names) == len(asked) == 1


def test_threads_do_not_wait_one_by_one_for_a_cluster_that_fails(make_elastic: MakeElastic) -> None:
    asked, all_here = [], threading.Barrier(9)

    def rule(method: str, path: str, body: bytes) -> Reply:
        asked.append(path)
        all_here.wait(60)
        time.sleep(0.5)  # until they stand behind the one that asks
        return Reply(401, {"error": "no"})

    def ask(engine: ElasticsearchEngine, *, first: bool) -> None:
        if not first:
            all_here.wait(60)
        with pytest.raises(EngineError, match="401"):
            engine.generation()

    with relay(rule) as url:
        engine = make_elastic(url)
        with ThreadPoolExecutor(9) as pool:
            for done in [pool.submit(ask, engine, first=number == 0) for number in range(9)]:
                done.result()
    assert len(asked) == 1


def test_another_process_sees_a_commit_in_the_name_of_the_state(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic
) -> None:
    filled(elastic)
    other = make_elastic()
    before = other.generation()
    filled(elastic, size=21, watermark=21)
    assert soon(lambda: other.generation() != before)


@pytest.mark.parametrize("wanted", [{}, {"replicas": 0, "shards": 2}])
def test_a_finished_build_has_the_settings_of_a_visible_index(
    make_elastic: MakeElastic, wanted: dict[str, int]
) -> None:
    engine = make_elastic(**wanted)
    with engine.build() as made:
        made.swap()
    report = engine.report()
    assert report.troubles == ()
    assert report.facts["shards"] == wanted.get("shards", 1)
    (changed,) = make_elastic(shards=3).report().troubles
    assert "setting number_of_shards" in changed.what


def test_a_build_left_without_a_swap_leaves_nothing(elastic: ElasticsearchEngine) -> None:
    filled(elastic)
    before = indexes(elastic)
    with elastic.build() as made, made.writer() as writer:
        writer.apply(documents()[:7], [])
        writer.commit(1)
    assert indexes(elastic) == before
    assert elastic.count(EVERYTHING) == 20
    with pytest.raises(EngineError, match="over"):
        made.swap()


def test_only_one_build_at_a_time_and_following_goes_on_meanwhile(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic
) -> None:
    filled(elastic)
    with elastic.build():
        with pytest.raises(EngineBusy, match="wait for it"):
            make_elastic().build()
        filled(elastic, size=22, watermark=22)
        assert elastic.count(EVERYTHING) == 22
    with make_elastic().build():
        pass


def test_of_two_builds_begun_at_one_moment_the_first_goes_on(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second has looked round before the first had made its index."""
    with elastic.build() as first:
        looks = iter([[]])
        monkeypatch.setattr(build_module, "listed", lambda cluster: next(looks, None) or listed(cluster))
        with pytest.raises(EngineBusy):
            make_elastic().build()
        assert indexes(elastic) == [first.index]


def test_a_killed_build_leaves_nothing_visible_and_goes_after_a_grace(
    elastic: ElasticsearchEngine, elasticsearch_url: str, cluster_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(elastic)
    child = subprocess.Popen(
        [sys.executable, "-c", BUILD_FOR_EVER, cluster_index],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "ENGINE": elasticsearch_url},
        text=True,
    )
    assert child.stdout is not None
    remains = child.stdout.readline().strip()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert remains in indexes(elastic)
    assert elastic.count(EVERYTHING) == 20
    with elastic.build() as made:  # on its machine it is known to be dead
        assert remains in indexes(elastic)
        monkeypatch.setattr(sweeping_module, "GRACE", 0.0)
        made.swap()
    with elastic.build():
        assert remains not in indexes(elastic)


def test_a_build_of_another_machine_counts_as_killed_when_it_gives_no_sign_of_life(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engines.elasticsearch.meta.this_process", lambda: "elsewhere:1:another.1")
    with elastic.build():
        with pytest.raises(EngineBusy, match="killed on another machine"):
            make_elastic().build()
        monkeypatch.setattr(build_module, "ALIVE", 0.0)
        with make_elastic().build():
            pass


def test_a_long_build_gives_signs_of_life(
    elastic: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.engines.elasticsearch.writer.BEAT", 0.0)
    with elastic.build() as made, made.writer() as writer:
        before = look(elastic.cluster, made.index)[made.index]
        writer.apply(documents()[:3], [])
        after = look(elastic.cluster, made.index)[made.index]
    assert before is not None
    assert after is not None
    assert after.touched > before.touched


def test_replaced_indexes_go_after_a_grace(
    elastic: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(elastic)
    for _ in range(2):
        with elastic.build() as made:
            made.swap()
    assert len(indexes(elastic)) == 3
    monkeypatch.setattr(sweeping_module, "GRACE", -1.0)
    with elastic.build() as made:
        made.swap()
    assert len(indexes(elastic)) == 2


def test_a_build_whose_index_is_deleted_fails_and_the_old_one_stays(elastic: ElasticsearchEngine) -> None:
    filled(elastic)
    with elastic.build() as made, made.writer() as writer:
        delete(elastic, made.index)
        writer.apply(documents()[:7], [])
        with pytest.raises(EngineError, match="build again") as failed:
            writer.flush()
        assert not isinstance(failed.value, IndexReplaced)
    assert elastic.count(EVERYTHING) == 20


def delete(engine: ElasticsearchEngine, index: str) -> None:
    with engine.cluster.managing("a test") as client:
        client.indices.delete(index=index)


def visible(engine: ElasticsearchEngine) -> str:
    found = current(engine.cluster)
    assert found is not None
    return found.index


def test_an_index_deleted_by_hand_is_filled_again_by_following(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic
) -> None:
    store = MemoryStore.of_sample(60)
    follow(store, elastic)
    delete(make_elastic(), visible(elastic))
    assert elastic.count(EVERYTHING) == 0
    assert elastic.watermark() == 0
    assert elastic.needs_build() is None
    assert follow(store, elastic) == 60
    assert check(store, elastic) == {"store": 60, "index": 60, **CLEAN}


def test_an_index_deleted_while_it_is_written_is_filled_again(elastic: ElasticsearchEngine) -> None:
    filled(elastic)
    with elastic.writer() as writer:
        delete(elastic, visible(elastic))
        writer.apply(documents()[:7], [])
        with pytest.raises(IndexReplaced):
            writer.flush()
        with pytest.raises(IndexReplaced):
            writer.commit(21)
    store = MemoryStore.of_sample(40)
    assert follow(store, elastic) == 40
    assert elastic.count(EVERYTHING) == 40


def test_an_alias_deleted_by_hand_is_no_loss_either(elastic: ElasticsearchEngine) -> None:
    store = MemoryStore.of_sample(40)
    follow(store, elastic)
    with elastic.cluster.managing("a test") as client:
        client.indices.delete_alias(index=visible(elastic), name=elastic.cluster.names.read)
    assert follow(store, elastic) == 40
    assert check(store, elastic) == {"store": 40, "index": 40, **CLEAN}


def of_version(engine: ElasticsearchEngine, version: str) -> ElasticsearchEngine:
    """An engine as another version of hubsearch would have it."""
    engine.cluster.names = replace(engine.cluster.names, version=version)
    return engine


def test_an_older_version_goes_on_while_a_newer_one_builds_its_own_index(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic
) -> None:
    store = MemoryStore.of_sample(50)
    old, new = of_version(make_elastic(), "0a000000"), elastic
    follow(store, old)
    assert "hubsearch index build" in (new.needs_build() or "")
    assert not new.healthy()
    with pytest.raises(EngineUnavailable, match="hubsearch index build"):
        new.search(EVERYTHING)
    with pytest.raises(EngineError, match="hubsearch index build"):
        new.writer()
    assert any("index build" in trouble.advice for trouble in new.report().troubles)
    assert follow(store, new) == 50
    assert new.needs_build() is None
    store.delete(next(iter(store.live)))
    assert follow(store, new) == 1
    assert (new.count(EVERYTHING), old.count(EVERYTHING)) == (49, 50)
    assert follow(store, old) == 1
    assert (new.count(EVERYTHING), old.count(EVERYTHING)) == (49, 49)


@pytest.mark.parametrize(("behind", "days", "stays"), [(True, 8, False), (True, 6, True), (False, 8, True)])
def test_the_index_of_another_version_goes_when_it_was_not_followed_for_days(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic, behind: bool, days: int, stays: bool
) -> None:
    old = of_version(make_elastic(), "0a000000")
    filled(old, watermark=20)
    found = current(old.cluster)
    assert found is not None
    mark(old.cluster, found.index, msgspec.structs.replace(found.meta, touched=time.time() - days * 86_400))
    for _ in range(2):
        with elastic.build() as made:
            with made.writer() as writer:
                writer.commit(21 if behind else 20)
            made.swap()
    assert (found.index in indexes(elastic)) is stays
    with elastic.cluster.managing("a test") as client:
        assert bool(client.indices.exists_index_template(name=old.cluster.names.template)) is stays


def test_an_index_of_somebody_else_is_never_removed(
    elastic: ElasticsearchEngine, cluster_index: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = f"{cluster_index}-0a000000-20200101t000000000000"
    with elastic.cluster.managing("a test") as client:
        client.indices.create(index=foreign, settings={"number_of_replicas": 0})
    monkeypatch.setattr(sweeping_module, "GRACE", -1.0)
    with elastic.build():
        assert foreign in indexes(elastic)


def test_two_followers_of_an_empty_cluster_end_with_one_whole_index(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic
) -> None:
    store, other = MemoryStore.of_sample(30), make_elastic()
    with elastic.writer() as first:
        made_first = visible(elastic)
        with elastic.cluster.managing("a test") as client:  # as if both had looked before either made one
            client.indices.delete_alias(index=made_first, name=elastic.cluster.names.read)
        follow(store, other)
        first.apply(documents()[:5], [])
        with pytest.raises(IndexReplaced):
            first.commit(5)
    assert follow(store, elastic) == 0
    assert check(store, elastic) == {"store": 30, "index": 30, **CLEAN}
