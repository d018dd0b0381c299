"""The index moves while a search is under way: an answer is of one state, and nothing kept outlives its
state."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.engines.protocol import EngineUnavailable
from index.engines.tantivy import TantivyEngine
from index.follow import build, follow
from index.query.model import SearchPage, SearchRequest
from index.search import ATTEMPTS, SearchService
from index.store import Source, Store
from tests.search_api.hubs import NOW, bring_in, published

BASE_URL = "https://hub.example"
TOWN = Source("town", "dcat-us", "https://town.example/", "Town", "Town of Example", "city")


class Moving:
    """An engine that something happens to after each of its first searches."""

    def __init__(self, real: TantivyEngine, happens: Callable[[], None], times: int = 1) -> None:
        self._real, self._happens, self._left = real, happens, times
        self.searches = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def search(self, request: Any) -> Any:
        found = self._real.search(request)
        self.searches += 1
        if self._left:
            self._left -= 1
            self._happens()
        return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store.open(f"sqlite:///{tmp_path / 'store.sqlite'}")
    yield made
    made.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[TantivyEngine]:
    made = TantivyEngine(tmp_path / "index")
    yield made
    made.close()


def bring(
    store: Store, engine: TantivyEngine, number: int, title: str = "Road", agency: str = "Town"
) -> None:
    records = [
        published(f"road-{one}", f"{title} {one}", publisher={"name": agency}) for one in range(number)
    ]
    bring_in(store, TOWN, records)
    follow(store, engine)


def ask(service: SearchService, q: str = "road", **given: Any) -> SearchPage:
    return service.search(SearchRequest(now=NOW, q=q, **given))


@pytest.mark.parametrize("start", [3, 25])
def test_an_answer_is_of_one_state_although_the_index_moved_in_its_middle(
    store: Store, engine: TantivyEngine, start: int
) -> None:
    """A search for few words asks the engine twice, one with a filter counts apart."""
    bring(store, engine, start)
    moving: Any = Moving(engine, lambda: bring(store, engine, start + 5))
    page = ask(SearchService(store, moving, BASE_URL), filters={"source": ("town",)})
    counted = sum(value.count for value in page.facets["publisher"])
    assert (page.total, page.all_total, counted) == (start + 5,) * 3
    assert moving.searches >= 2


def test_an_index_that_moves_all_the_time_is_answered_all_the_same(
    store: Store, engine: TantivyEngine
) -> None:
    numbers = iter(range(4, 100))
    bring(store, engine, 3)
    moving: Any = Moving(engine, lambda: bring(store, engine, next(numbers)), times=1_000)
    assert ask(SearchService(store, moving, BASE_URL)).total > 3
    assert moving.searches <= 3 * ATTEMPTS


def test_a_card_read_before_the_index_followed_is_not_kept_after_it(
    store: Store, engine: TantivyEngine
) -> None:
    """Between the store's commit and the index's, a search may show either; afterwards only the new one."""
    bring(store, engine, 2)
    service = SearchService(store, engine, BASE_URL)
    assert {one.title for one in ask(service).results} == {"Road 0", "Road 1"}
    records = [published(f"road-{one}", f"Road of stone {one}") for one in range(2)]
    bring_in(store, TOWN, records)
    ask(service)
    follow(store, engine)
    assert {one.title for one in ask(service, "stone").results} == {"Road of stone 0", "Road of stone 1"}


def test_labels_come_with_the_records_that_bring_them(store: Store, engine: TantivyEngine) -> None:
    bring(store, engine, 2)
    service = SearchService(store, engine, BASE_URL)
    assert [value.label for value in ask(service).facets["publisher"]] == ["Town"]
    bring_in(store, TOWN, [published("new", "Road", publisher={"name": "Office of the Mayor"})])
    ask(service)
    follow(store, engine)
    assert "Example Office of the Mayor" in [value.label for value in ask(service).facets["publisher"]]


def test_a_repair_which_reaches_no_later_number_is_another_state(store: Store, engine: TantivyEngine) -> None:
    """What is kept of the state before it is dropped: the values of a facet, for one."""
    bring(store, engine, 2)
    service = SearchService(store, engine, BASE_URL)
    reached = engine.watermark()
    with engine.writer() as writer:
        writer.apply([], [])
        writer.commit(reached)
    before = engine.generation()
    ask(service, filters={"publisher": ("nobody",)})
    build(store, engine)
    assert engine.generation() != before
    assert ask(service).total == 2


def test_without_an_index_only_a_hub_that_holds_nothing_answers(
    store: Store, engine: TantivyEngine, tmp_path: Path
) -> None:
    """An index removed by hand must not look like a hub without datasets."""
    service = SearchService(store, engine, BASE_URL)
    assert ask(service).total == 0
    assert service.suggest("road") == []
    bring(store, engine, 2)
    assert ask(service).total == 2
    shutil.rmtree(tmp_path / "index")
    for asked in (lambda: ask(service), lambda: service.suggest("road")):
        with pytest.raises(EngineUnavailable, match="hubsearch index build"):
            asked()
    build(store, engine)
    assert ask(service).total == 2
