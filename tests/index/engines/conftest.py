"""Engines to run a claim against.

`make_engine`  opens an engine of each kind in turn, every call another object over the same index, as another
               process would have it; what it opened is closed and removed after the test.
`engine`       one such engine.
`cluster_url`  the address of a real Elasticsearch (with user and password), for what only it can show.
`elastic`      opens Elasticsearch engines alone, under a prefix of the test's own.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from index.engines.access import EngineAccess
from index.engines.protocol import Engine
from index.engines.tantivy import TantivyEngine

MakeEngine = Callable[[], Engine]


@pytest.fixture(params=["tantivy", "elasticsearch"])
def make_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeEngine]:
    opened: list[Engine] = []

    def make() -> Engine:
        if request.param == "tantivy":
            opened.append(TantivyEngine(tmp_path / "index"))
        else:
            from index.engines.elasticsearch import ElasticsearchEngine

            url = request.getfixturevalue("elasticsearch_url")
            prefix = request.getfixturevalue("cluster_index")
            opened.append(ElasticsearchEngine(url, EngineAccess(index=prefix)))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine()
