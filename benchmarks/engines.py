"""The engine a benchmark names: `tantivy` in a folder, or a cluster by its URL, under a prefix of its own."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.engines.access import EngineAccess
from index.engines.protocol import Engine
from index.engines.tantivy import TantivyEngine


@contextmanager
def engine_at(name: str, folder: Path) -> Iterator[Engine]:
    """An engine without an index; what it makes in a cluster is removed afterwards."""
    if name == "tantivy":
        embedded = TantivyEngine(folder)
        yield embedded
        embedded.close()
        return
    from index.engines.elasticsearch import ElasticsearchEngine

    prefix = f"bench{secrets.token_hex(4)}"
    grown = ElasticsearchEngine(name, EngineAccess(index=prefix, timeout=60.0))
    try:
        yield grown
    finally:
        with grown.cluster.managing("clearing away") as client:
            for index in client.indices.get(index=f"{prefix}-*"):
                client.indices.delete(index=index)
            client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-*")
        grown.close()
