"""A cluster that hangs: a few searches wait for it, the others are refused at once until it answers again."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event

import pytest

from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.elasticsearch import breaker as breaker_module
from index.engines.elasticsearch.breaker import TIME_OUTS
from index.engines.protocol import EngineError, EngineUnavailable
from index.follow import follow
from tests.index.engines.conftest import MakeElastic
from tests.index.engines.memory_store import MemoryStore
from tests.index.engines.relay import Reply, relay
from tests.index.engines.test_elasticsearch_faults import EVERYTHING

PATIENCE = 0.6
PAUSE = 1.0


@dataclass
class Between:
    """What lies between hub and cluster: it swallows every request from the moment it `hangs`."""

    hangs: bool = False
    released: Event = field(default_factory=Event)
    asked: int = 0
    instead: Reply | None = None

    def __call__(self, method: str, path: str, body: bytes) -> Reply | None:
        self.asked += 1
        if self.hangs:
            self.released.wait()
        return self.instead


@pytest.fixture
def between() -> Iterator[Between]:
    made = Between()
    yield made
    made.released.set()


@pytest.fixture
def engine(
    between: Between, make_elastic: MakeElastic, elasticsearch_url: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ElasticsearchEngine]:
    """An index of 20 datasets behind that, searched with little patience."""
    monkeypatch.setattr(breaker_module, "PAUSE", PAUSE)
    follow(MemoryStore.of_sample(20), make_elastic())
    with relay(between, elasticsearch_url) as url:
        made = make_elastic(url, timeout=PATIENCE)
        wait_until(lambda: total(made) == 20)
        yield made
        between.released.set()


def total(engine: ElasticsearchEngine) -> int | None:
    """What a search finds; None when it is refused."""
    try:
        return engine.search(EVERYTHING).total
    except EngineUnavailable:
        return None


def wait_until(what: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not what():
        assert time.monotonic() < begun + 30
        time.sleep(0.05)


def open_it(engine: ElasticsearchEngine, between: Between) -> None:
    between.hangs = True
    for _ in range(TIME_OUTS):
        engine.refresh()
        with pytest.raises(EngineUnavailable, match="no answer in time"):
            engine.search(EVERYTHING)


def test_after_two_time_outs_nobody_waits_any_more(engine: ElasticsearchEngine, between: Between) -> None:
    open_it(engine, between)
    asked = between.asked
    begun = time.monotonic()
    for ask in (
        lambda: engine.search(EVERYTHING),
        lambda: engine.count(EVERYTHING),
        lambda: engine.suggest("water", 3),
        engine.generation,
        engine.watermark,
        engine.needs_build,
    ):
        with pytest.raises(EngineUnavailable, match=r"not answered 2 times in a row.*doctor"):
            ask()
    assert not engine.healthy()
    assert between.asked == asked
    assert time.monotonic() < begun + PATIENCE, "not one time-out was waited for"


def test_after_the_pause_one_goes_ahead_and_the_others_follow(
    engine: ElasticsearchEngine, between: Between
) -> None:
    open_it(engine, between)
    time.sleep(PAUSE)
    asked = between.asked
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: total(engine), range(8))) == {None}
    assert between.asked == asked + 1, "a cluster that still hangs costs one search each time"
    between.hangs = False
    between.released.set()
    time.sleep(PAUSE)
    wait_until(lambda: total(engine) == 20)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: total(engine), range(8))) == {20}


def test_an_answer_in_between_and_a_refusal_count_for_nothing(
    engine: ElasticsearchEngine, between: Between
) -> None:
    for _ in range(3):
        between.hangs, between.released = True, Event()
        engine.refresh()
        assert total(engine) is None
        between.hangs = False
        between.released.set()
        engine.refresh()
        assert total(engine) == 20
    between.instead = Reply(429, {"error": {"type": "es_rejected_execution_exception", "reason": "full"}})
    for _ in range(4):
        engine.refresh()
        asked = between.asked
        with pytest.raises(EngineError, match="overloaded"):
            engine.search(EVERYTHING)
        assert between.asked > asked
