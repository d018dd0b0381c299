"""What a hub of a given size needs: disk, memory, time to build, time of a search.

    python -m benchmarks.sizes --records 100000 [--store URL] [--engine URL] [--index NAME]

Records mixed from real ones (as in benchmarks.search) are ingested into the store and indexed by the engine
the arguments name (SQLite and tantivy by default). Prints one JSON object: bytes each in store and index,
datasets a second, median and 95th percentile of a search with all facets and without, in milliseconds.
A store or cluster that is given must hold nothing of a hub under these names.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from typing import Any

from benchmarks.search import NOW, SOURCE, Mixture, queries, seconds
from hubsearch.doctor.store_check import server
from hubsearch.hub import open_engine
from hubsearch.settings import read_settings
from index.engines.protocol import Engine
from index.follow import build
from index.ingest import ingest
from index.query.model import SearchRequest
from index.search import SearchService
from index.store import Store

BATCH = 100_000
"""Records of one ingested source: a state has many sources, none of half a million records."""


def fill(store: Store, records: int) -> dict[str, Any]:
    """Ingest so many records from as many sources as they make; how fast."""
    start = time.perf_counter()
    for number, first in enumerate(range(0, records, BATCH)):
        source = replace(SOURCE, id=f"mixed{number}", title=f"Mixed {number}")
        store.put_source(source)
        ingest(store, source, Mixture(min(BATCH, records - first)), now=NOW)
    return {"ingested_per_second": round(records / (time.perf_counter() - start))}


def searches(service: SearchService, number: int) -> dict[str, Any]:
    """Median and 95th percentile of the first time each query is asked."""
    figures: dict[str, Any] = {}
    for name, facets in (("plain", False), ("with_facets", True)):
        times = sorted(
            seconds(partial(service.search, SearchRequest(now=NOW, q=words, facets=facets)))
            for words in queries(number)
        )
        figures[name] = {
            "p50_ms": round(times[len(times) // 2] * 1000, 1),
            "p95_ms": round(times[int(len(times) * 0.95)] * 1000, 1),
        }
    return figures


def store_bytes(store: Store) -> int:
    """Bytes on disk of the store's database."""
    with store.database.read() as connection:
        return server(connection)[2]


def index_bytes(engine: Engine) -> int:
    """Bytes on disk of the index, its copies included."""
    told = engine.report().facts["bytes"]
    assert isinstance(told, int)
    return told


def main() -> None:
    """Read the arguments, fill, build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--store", default="")
    parser.add_argument("--engine", default="tantivy")
    parser.add_argument("--index", default="sizes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        settings = read_settings(
            {
                "HUBSEARCH_HOME": name,
                "HUBSEARCH_STORE": given.store,
                "HUBSEARCH_ENGINE": given.engine,
                "HUBSEARCH_ENGINE_INDEX": given.index,
            }
        )
        store, engine = Store.open(settings.store), open_engine(settings)
        figures: dict[str, Any] = {
            "records": given.records,
            "store": store.database.name,
            "engine": engine.name,
        }
        figures |= fill(store, given.records)
        start = time.perf_counter()
        documents = build(store, engine)
        figures["build_seconds"] = round(time.perf_counter() - start, 1)
        figures["documents"] = documents
        figures["store_bytes_each"] = round(store_bytes(store) / documents)
        figures["index_bytes_each"] = round(index_bytes(engine) / documents)
        figures |= searches(SearchService(store, engine, "http://hub.example"), given.queries)
        figures["peak_rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        engine.close()
        store.close()
    json.dump(figures, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
