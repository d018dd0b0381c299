"""How fast documents get into a cluster, beside the bare client given the same documents.

    python -m benchmarks.elasticsearch_indexing URL [--records 20000] [--rounds 3]

Real federal records, mixed to as many datasets as asked for, are mapped and made into index documents first.
Then, in turns, the official client's `helpers.parallel_bulk` (2 threads, 500 a request, the bodies at hand)
and a build of ours (documents to bodies, every item inspected, commits, the swap) write them into a new index
with the same mapping. Prints one JSON object; the ratio is of the medians of this run.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from elasticsearch import helpers

from benchmarks.search import SOURCE, Mixture
from index.document import index_document
from index.engines.access import EngineAccess
from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.elasticsearch.documents import upsert
from index.engines.elasticsearch.indexes import remove, remove_template
from index.engines.protocol import IndexDocument
from index.follow import BATCH, COMMIT_EVERY
from index.store.model import StoredRecord
from mappings.schemas import map_record
from tests.index.catalogue import stored

PREFIX = "benchindexing"


def documents(size: int) -> list[IndexDocument]:
    """So many documents, each of a change number of its own."""
    return [index_document([record], {SOURCE.id: SOURCE}, n) for n, record in enumerate(_records(size), 1)]


def _records(size: int) -> Iterator[StoredRecord]:
    for given in Mixture(size).records():
        mapped = map_record(given.schema, given.payload)
        yield stored(SOURCE.id, str(given.identifier), given.schema, mapped)


def bare(engine: ElasticsearchEngine, bodies: list[tuple[str, int, dict[str, Any]]]) -> float:
    """Seconds the client's own helper takes, up to the refresh."""
    with engine.build() as made:
        actions = (
            {
                "_op_type": "index",
                "_index": made.index,
                "_id": key,
                "version": number,
                "version_type": "external_gte",
                "_source": body,
            }
            for key, number, body in bodies
        )
        with engine.cluster.managing("a benchmark") as client:
            start = time.perf_counter()
            for done, _ in helpers.parallel_bulk(client, actions, thread_count=2, chunk_size=500):
                assert done
            client.indices.refresh(index=made.index)
            return time.perf_counter() - start


def ours(engine: ElasticsearchEngine, given: list[IndexDocument]) -> float:
    """Seconds a build takes, in batches as `index.follow` makes them, up to the swap."""
    start = time.perf_counter()
    with engine.build() as made:
        with made.writer() as writer:
            for at in range(0, len(given), BATCH):
                assert writer.apply(given[at : at + BATCH], []) == []
                if at % COMMIT_EVERY == 0:
                    writer.commit(at)
        made.swap()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    given = documents(wanted.records)
    bodies = [(one.id, one.sequence, orjson.loads(upsert(one).lines.split(b"\n", 1)[1])) for one in given]
    engine = ElasticsearchEngine(wanted.url, EngineAccess(index=PREFIX))
    times: dict[Callable[..., float], list[float]] = {bare: [], ours: []}
    try:
        bare(engine, bodies[:5000])  # the server's compiler warms up
        for _ in range(wanted.rounds):
            times[bare].append(bare(engine, bodies))
            times[ours].append(ours(engine, given))
            print(f"bare {times[bare][-1]:.2f} s, ours {times[ours][-1]:.2f} s", file=sys.stderr)
    finally:
        with engine.cluster.managing("a benchmark") as client:
            for index in client.indices.get(index=f"{PREFIX}-*").body:
                remove(engine.cluster, index)
        remove_template(engine.cluster, engine.cluster.names.version)
        engine.close()
    usual, mine = statistics.median(times[bare]), statistics.median(times[ours])
    print(
        json.dumps(
            {
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "documents": len(given),
                "bare_per_second": round(len(given) / usual),
                "ours_per_second": round(len(given) / mine),
                "ratio": round(usual / mine, 3),
            },
            indent=2,
        )
    )


if __name__ == "__main__":
    main()
