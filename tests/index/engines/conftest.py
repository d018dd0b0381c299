"""Engines to run a claim against.

`make_engine`   opens an engine of each kind in turn; every call gives another object over the same index, as
                another process would have it. What it opened is closed, and removed, after the test.
`engine`        one such engine.
`make_elastic`  the same for Elasticsearch alone, with settings of the test's own (`EngineAccess`) and, where
                it is given, another address than the run's server.
`elastic`       one such engine.
`sample`        holds the bundled sample, made once for each kind (also for a cluster's index in 3 shards) by
                several commits, so that it has several segments; read it, never write it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from index.engines.access import EngineAccess
from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.protocol import Engine
from index.engines.tantivy import TantivyEngine
from tests.index.catalogue import documents
from tests.index.engines.kinds import KINDS, SHARDED, fill, opened

MakeEngine = Callable[[], Engine]
MakeElastic = Callable[..., ElasticsearchEngine]


@pytest.fixture(params=["tantivy", "elasticsearch"])
def make_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeEngine]:
    if request.param == "elasticsearch":
        yield request.getfixturevalue("make_elastic")
        return
    made: list[Engine] = []

    def make() -> Engine:
        made.append(TantivyEngine(tmp_path / "index"))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine(make_engine: MakeEngine) -> Engine:
    return make_engine()


@pytest.fixture
def make_elastic(elasticsearch_url: str, cluster_index: str) -> Iterator[MakeElastic]:
    made: list[ElasticsearchEngine] = []

    def make(url: str = elasticsearch_url, **access: Any) -> ElasticsearchEngine:
        made.append(ElasticsearchEngine(url, EngineAccess(**{"index": cluster_index, **access})))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def elastic(make_elastic: MakeElastic) -> ElasticsearchEngine:
    return make_elastic()


@pytest.fixture(scope="session", params=[*KINDS, SHARDED])
def sample(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with opened(request.param, request, tmp_path_factory.mktemp("sample")) as made:
        fill(made, documents())
        yield made
