"""Engines to run a claim against.

`make_engine`   opens an engine of each kind in turn; every call gives another object over the same index, as
                another process would have it. What it opened is closed, and removed, after the test.
`engine`        one such engine.
`make_elastic`  the same for Elasticsearch alone, with settings of the test's own (`EngineAccess`) and, where
                it is given, another address than the run's server.
`elastic`       one such engine.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.engines.access import EngineAccess
from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.protocol import Engine
from index.engines.tantivy import TantivyEngine

MakeEngine = Callable[[], Engine]
MakeElastic = Callable[..., ElasticsearchEngine]


@pytest.fixture(params=["tantivy", "elasticsearch"])
def make_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeEngine]:
    if request.param == "elasticsearch":
        yield request.getfixturevalue("make_elastic")
        return
    opened: list[Engine] = []

    def make() -> Engine:
        opened.append(TantivyEngine(tmp_path / "index"))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine()


@pytest.fixture
def make_elastic(elasticsearch_url: str, cluster_index: str) -> Iterator[MakeElastic]:
    opened: list[ElasticsearchEngine] = []

    def make(url: str = elasticsearch_url, **access: Any) -> ElasticsearchEngine:
        opened.append(ElasticsearchEngine(url, EngineAccess(**{"index": cluster_index, **access})))
        return opened[-1]

    yield make
    for engine in opened:
        engine.close()


@pytest.fixture
def elastic(make_elastic: MakeElastic) -> ElasticsearchEngine:
    return make_elastic()
