"""Pages by title are the same whichever way the embedded engine takes to them."""

from dataclasses import replace
from pathlib import Path

import pytest

from index.engines.protocol import Deletion, EngineRequest
from index.engines.tantivy import TantivyEngine, ranking
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.kinds import fill

BY_TITLE = EngineRequest(parse(""), {}, "all", "title", 100, 0, NOW)
ALWAYS, NEVER = 10**9, 0
REQUESTS = (
    BY_TITLE,
    replace(BY_TITLE, query=parse("data")),
    replace(BY_TITLE, query=parse("water quality survey"), match="any"),
    replace(BY_TITLE, filters={"format": ("csv",)}),
    replace(BY_TITLE, query=parse("zzzqqq")),
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> TantivyEngine:
    """Several segments, equal titles, some documents replaced and some removed."""
    folder: Path = tmp_path_factory.mktemp("titles")
    made, given = TantivyEngine(folder), documents()
    same = [replace(one, title_key="the same") for one in given[:30]]
    fill(made, [*given, *same], at_once=100)
    with made.writer() as writer:
        writer.apply([], [Deletion(one.id) for one in given[40:60]])
        writer.commit(10_000)
    return made


@pytest.mark.parametrize("request_", REQUESTS)
def test_every_page_is_the_same_fetched_and_read(
    engine: TantivyEngine, request_: EngineRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    for offset in (0, 7, 90, 250, 100_000):
        asked = replace(request_, offset=offset)
        monkeypatch.setattr(ranking, "_TITLES_READ", NEVER)
        fetched = engine.search(asked)
        monkeypatch.setattr(ranking, "_TITLES_READ", ALWAYS)
        assert engine.search(asked) == fetched
