"""How fast documents are indexed, and what a search costs beside the bare engine call it needs.

    python -m benchmarks.search [--records 100000] [--queries 200] [--engine tantivy|URL]

Real federal records, their titles and descriptions mixed to as many datasets as asked for, go through ingest
into a store and from there into an index. Then the same queries are timed side by side: the engine's own call
alone (`benchmarks.bare`: nothing read, nothing dressed), the whole service with results from the store, and
the same again; then, warm as both are by now, the bare call and our engine's answer to the same request.
Prints one JSON object; ratios are of medians in this run.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.bare import Bare, bare_elasticsearch, bare_tantivy
from benchmarks.engines import engine_at
from benchmarks.feeds import real_records
from index.document import index_document
from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.protocol import Engine, EngineRequest
from index.fields import FACETS
from index.follow import build
from index.ingest import ingest
from index.matching import resolve_match
from index.query.model import SearchRequest
from index.query.parse import parse
from index.search import SearchService
from index.store import Source, Store
from mappings.schemas import describe
from mappings.source_record import RunStatement, SourceRecord

NOW = datetime(2025, 3, 1, tzinfo=UTC)
SOURCE = Source("mixed", "dcat-us", "https://mixed.example/data.json", "Mixed", "Nowhere", "federal")
COUNTED = {facet.name: 10 for facet in FACETS}


@dataclass
class Mixture:
    """A finished fetch of so many records; each has the titles of two real records and texts of three."""

    size: int
    statement: RunStatement = field(default_factory=lambda: RunStatement(complete=True))

    def records(self) -> Iterator[SourceRecord]:
        """The records, the same at every call."""
        real, chance = real_records(), random.Random(20)
        for number in range(self.size):
            yield _spooled(_mixed(real, chance, number))


def _mixed(real: list[dict[str, Any]], chance: random.Random, number: int) -> dict[str, Any]:
    base, *others = real[number % len(real)], chance.choice(real), chance.choice(real)
    halves = [str(record.get("description") or "").split(". ") for record in others]
    return base | {
        "identifier": f"mixed-{number}",
        "title": f"{str(base['title'])[:60]} {str(others[0]['title'])[:60]}",
        "description": ". ".join(half[: 1 + len(half) // 2][0] for half in halves)
        + f" {base.get('description')}",
        "keyword": [
            *(base.get("keyword") or [])[:6],
            *(others[0].get("keyword") or [])[:3],
            f"series {number // 4}",
        ],
    }


def _spooled(record: dict[str, Any]) -> SourceRecord:
    light = describe("dcat-us-1.1", record)
    payload = json.dumps(record).encode()
    return SourceRecord(
        SOURCE.id, light.identifier, "dcat-us-1.1", payload, None, light.digest, light.version
    )


def queries(number: int) -> list[str]:
    """One to three words that stand together in a real title."""
    chance, titles = random.Random(7), [str(record["title"]).split() for record in real_records()]
    found: list[str] = []
    while len(found) < number:
        words = [word for word in chance.choice(titles) if word.isalpha() and len(word) > 3]
        if words:
            start = chance.randrange(len(words))
            found.append(" ".join(words[start : start + chance.choice([1, 2, 3])]))
    return found


def seconds(call: Callable[[], object]) -> float:
    """The time of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def median_ms(times: list[float]) -> float:
    """The median, in milliseconds."""
    return round(sorted(times)[len(times) // 2] * 1000, 3)


def measure(store: Store, engine: Engine, folder: Path, number: int) -> dict[str, Any]:
    """The times of both kinds of search: the bare call, the engine's answer, the whole service."""
    start = time.perf_counter()
    documents = build(store, engine)
    built = time.perf_counter() - start
    engine.refresh()
    bare, texts = bare_of(engine, folder), queries(number)
    service = SearchService(store, engine, "http://hub.example")
    figures: dict[str, Any] = {
        "engine": engine.name,
        "documents": documents,
        "build_from_store_per_second": round(documents / built),
    }
    for name, counted in (("plain", {}), ("with_facets", COUNTED)):
        alone, first, again, warm, answer = [], [], [], [], []
        for text in texts:
            request = _request(engine, text, counted)
            call, asked = bare(request), SearchRequest(now=NOW, q=text, facets=bool(counted))
            alone.append(seconds(call))
            first.append(seconds(partial(service.search, asked)))
            again.append(seconds(partial(service.search, asked)))
            warm.append(seconds(call))
            answer.append(seconds(partial(engine.search, request)))
        figures[name] = {
            "bare_p50_ms": median_ms(alone),
            "bare_warm_p50_ms": median_ms(warm),
            "engine_p50_ms": median_ms(answer),
            "service_p50_ms": median_ms(first),
            "engine_ratio": round(median_ms(answer) / median_ms(warm), 2),
            "ratio": round(median_ms(first) / median_ms(alone), 2),
            "repeated_ratio": round(median_ms(again) / median_ms(alone), 2),
        }
    return figures


def _request(engine: Engine, text: str, counted: dict[str, int]) -> EngineRequest:
    query = parse(text)
    match = resolve_match(engine, query, "auto", NOW)
    return EngineRequest(query, {}, match, "relevance", 20, 0, NOW, counted)


def bare_of(engine: Engine, folder: Path) -> Bare:
    """The bare call of an engine."""
    return bare_elasticsearch(engine) if isinstance(engine, ElasticsearchEngine) else bare_tantivy(folder)


def indexing(store: Store, engine: Engine) -> dict[str, Any]:
    """Documents a second, made from records in memory and written to an empty index."""
    records, sources = [], {SOURCE.id: SOURCE}
    for record in store.live_records():
        records.append(record)
        if len(records) == 20_000:
            break
    start = time.perf_counter()
    with engine.build() as made, made.writer() as writer:
        for at in range(0, len(records), 500):
            writer.apply([index_document([record], sources) for record in records[at : at + 500]], [])
            if at % 5_000 == 0:
                writer.commit(at)
        writer.commit(len(records))
        seconds = time.perf_counter() - start
    return {"documents_made_and_indexed_per_second": round(len(records) / seconds)}


def main() -> None:
    """Read the arguments, fill a store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--engine", default="tantivy", help="tantivy, or the URL of a cluster")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        store = Store.open(f"sqlite:///{home / 'store.sqlite'}")
        store.put_source(SOURCE)
        ingest(store, SOURCE, Mixture(given.records), now=NOW)
        with engine_at(given.engine, home / "index") as engine:
            figures = measure(store, engine, home / "index", given.queries)
        with engine_at(given.engine, home / "other") as engine:
            figures |= indexing(store, engine)
        store.close()
    json.dump(figures, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
