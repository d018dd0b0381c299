"""An engine's own search call for a request, ready to be made: what the hub's searches are compared with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.elasticsearch.reading import Reader
from index.engines.forms import facet_field
from index.engines.protocol import EngineRequest
from index.engines.tantivy.layout import Layout, read_state
from index.engines.tantivy.reading import select
from index.engines.tantivy.snapshot import Snapshot, open_index
from index.fields import FACETS

Bare = Callable[[EngineRequest], Callable[[], object]]


def bare_tantivy(folder: Path) -> Bare:
    """tantivy alone: the one search, and the one aggregation, its query objects at hand."""
    current = Layout(folder).current()
    assert current is not None
    snapshot = Snapshot(open_index(current), read_state(current))
    names = [facet.name for facet in FACETS if facet.kind == "value"]
    wanted: dict[str, Any] = {
        name: {"terms": {"field": facet_field(name), "size": 10, "segment_size": 2**31}} for name in names
    }

    def call(request: EngineRequest) -> Callable[[], object]:
        selection = select(snapshot, request)
        scored, matching = snapshot.builder.scored(selection), snapshot.builder.matching(selection)
        searcher = snapshot.searcher

        def run() -> object:
            found = searcher.search(scored, request.limit)
            return (found, searcher.aggregate(matching, wanted)) if request.facets else found

        return run

    return call


def bare_elasticsearch(engine: ElasticsearchEngine) -> Bare:
    """The official client's `search` with the same body, as it comes."""
    index = engine.cluster.names.read
    reader = Reader(engine.cluster, index)
    with engine.cluster.searching() as client:

        def call(request: EngineRequest) -> Callable[[], object]:
            body = reader.body(request)
            return lambda: client.search(index=index, **body)

    return call
