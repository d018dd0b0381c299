"""Each kind of engine, opened empty at a place of its own, for claims that share one filled engine."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.engines.access import EngineAccess
from index.engines.protocol import Engine, IndexDocument
from index.engines.tantivy import TantivyEngine
from tests.servers.fresh import fresh_prefix

KINDS = ("tantivy", "elasticsearch")
SHARDED = "elasticsearch-in-3-shards"


@contextmanager
def opened(kind: str, request: pytest.FixtureRequest, folder: Path) -> Iterator[Engine]:
    """An engine without an index; what is made with it is removed afterwards."""
    if kind == "tantivy":
        engine: Engine = TantivyEngine(folder)
        yield engine
        engine.close()
        return
    from index.engines.elasticsearch import ElasticsearchEngine

    url = request.getfixturevalue("elasticsearch_url")
    with fresh_prefix(url) as prefix:
        engine = ElasticsearchEngine(url, EngineAccess(index=prefix, shards=3 if kind == SHARDED else 1))
        yield engine
        engine.close()


def fill(engine: Engine, documents: Sequence[IndexDocument], at_once: int = 500) -> None:
    """Index these documents, committing in between, so that there are several segments."""
    with engine.writer() as writer:
        for start in range(0, len(documents), at_once):
            refused = writer.apply(documents[start : start + at_once], [])
            assert refused == []
            writer.commit(start + at_once)
