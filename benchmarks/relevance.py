"""How well searches rank: nDCG@10, MAP and Recall@100 over a judged collection, and how long they take.

    python benchmarks/relevance.py DIR [--engine tantivy|URL] [--match auto|all|any]

DIR holds `corpus.jsonl` (or .gz; id, title, description, tags), `queries.tsv` (id, text) and `qrels.tsv`
(TREC: query, 0, document, grade). The documents go through `index.document`, the queries through the parser
and the engine, as a person's would. Prints one JSON object.
"""

import argparse
import gzip
import json
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.engines import engine_at
from index.document import index_document
from index.engines.protocol import Engine, EngineRequest, IndexDocument
from index.matching import resolve_match
from index.query.model import MATCHES, BadRequest, Match
from index.query.parse import parse
from index.store.model import StoredRecord
from mappings.dataset import Dataset

DEPTH = 100
BATCH = 5000
NOW = datetime(2025, 1, 1, tzinfo=UTC)


def documents(path: Path) -> Iterator[IndexDocument]:
    """The collection as the hub would index it."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as lines:
        for line in lines:
            if line.strip():
                yield index_document([_record(json.loads(line))], {})


def _record(item: dict[str, Any]) -> StoredRecord:
    dataset = Dataset(
        title=item.get("title") or "",
        description=item.get("description"),
        keywords=[str(tag) for tag in item.get("tags") or []],
    )
    return StoredRecord(
        item["id"], item["id"], "collection", "", "", None, dataset, [], "", None, NOW, NOW, ""
    )


def read_queries(path: Path) -> dict[str, str]:
    """Query id → text."""
    rows = (line.split("\t", 1) for line in path.read_text("utf-8").splitlines() if line.strip())
    return {row[0]: row[1] for row in rows}


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Query id → document id → grade."""
    found: dict[str, dict[str, int]] = {}
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            query, _, document, grade = line.split()
            found.setdefault(query, {})[document] = int(grade)
    return found


def build(engine: Engine, corpus: Path) -> None:
    """Index the collection."""
    with engine.build() as made:
        with made.writer() as writer:
            found = documents(corpus)
            while batch := list(islice(found, BATCH)):
                writer.apply(batch, [])
                writer.commit(1)
        made.swap()


def ranking(engine: Engine, text: str, match: Match) -> list[str]:
    """The ids a search for this text shows first; none for a text over the hub's limits."""
    try:
        query = parse(text)
    except BadRequest:
        return []
    rule = resolve_match(engine, query, match, NOW)
    request = EngineRequest(query, {}, rule, "relevance", DEPTH, 0, NOW)
    return [hit.id for hit in engine.search(request).hits]


def ndcg(ranked: list[str], grades: dict[str, int], depth: int = 10) -> float:
    """Normalised discounted cumulative gain, with gains 2^grade - 1."""
    gains = [2 ** grades.get(document, 0) - 1 for document in ranked[:depth]]
    best = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:depth]
    return _discounted(gains) / (_discounted(best) or 1)


def average_precision(ranked: list[str], relevant: set[str]) -> float:
    """Mean of the precisions at each relevant document."""
    found, total = 0, 0.0
    for rank, document in enumerate(ranked, 1):
        if document in relevant:
            found += 1
            total += found / rank
    return total / len(relevant)


def _discounted(gains: list[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, 1))


def measure(
    engine: Engine, queries: dict[str, str], qrels: dict[str, dict[str, int]], match: Match
) -> dict[str, Any]:
    """The figures over all queries with at least one relevant document."""
    scores: list[tuple[float, float, float]] = []
    times: list[float] = []
    for number, text in queries.items():
        grades = qrels.get(number, {})
        relevant = {document for document, grade in grades.items() if grade > 0}
        if not relevant:
            continue
        start = time.perf_counter()
        ranked = ranking(engine, text, match)
        times.append((time.perf_counter() - start) * 1000)
        found = len(relevant & set(ranked)) / len(relevant)
        scores.append((ndcg(ranked, grades), average_precision(ranked, relevant), found))
    columns = [statistics.fmean(column) for column in zip(*scores, strict=True)]
    names = ("ndcg@10", "map", f"recall@{DEPTH}")
    times.sort()
    return {
        **{name: round(value, 4) for name, value in zip(names, columns, strict=True)},
        "p50_ms": round(times[len(times) // 2], 3),
        "p95_ms": round(times[int(len(times) * 0.95)], 3),
        "queries": len(scores),
    }


def main() -> None:
    """Read the arguments, build, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", default="tantivy", help="tantivy, or the URL of a cluster")
    parser.add_argument("--match", default="auto", choices=MATCHES)
    given = parser.parse_args()
    corpus = next(path for path in sorted(given.folder.glob("corpus.jsonl*")))
    with tempfile.TemporaryDirectory() as folder, engine_at(given.engine, Path(folder)) as engine:
        build(engine, corpus)
        queries = read_queries(given.folder / "queries.tsv")
        figures = measure(engine, queries, read_qrels(given.folder / "qrels.tsv"), given.match)
    json.dump(figures, sys.stdout)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
