"""Run every benchmark and write its figures into docs/performance.md: `python -m benchmarks.report`.

With `--elasticsearch URL` the searches are measured in that cluster, too. What is compared was measured in
one run on one machine; the absolute figures are of that machine.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- table: begin -->", "<!-- table: end -->"
DATA = ROOT.parent / "shared" / "data"
RELEVANCE = DATA / "relevance" / "acordar"


def run(module: str, *arguments: str) -> dict[str, Any]:
    """The JSON object a benchmark prints."""
    print(f"running {module} …", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def rows() -> Iterator[tuple[str, str, str]]:
    """(what, wanted, measured) of everything there is a wish about."""
    harvest = run("benchmarks.harvest", "--megabytes", "300")
    first, again, memory = harvest["first"], harvest["again"], harvest["peak_rss_mb"]
    what = f"{harvest['megabytes']} MB feed, {harvest['records']:,} records"
    yield f"{what}: fetch to searchable", "≥ 2,000 records/s", f"{first['records_per_second']:,} records/s"
    yield f"{what}: the same again", "0 changes", f"{again['records_per_second']:,} records/s, 0 changes"
    yield f"{what}: a harvest beside bare parsing", "", f"{harvest['of_parsing']:g} ×"
    yield f"{what}: peak memory, parent", "≤ 256 MB", f"{memory['parent']} MB"
    yield f"{what}: peak memory, largest child", "≤ 256 MB", f"{memory['child']} MB"
    yield from search_rows(run("benchmarks.search"))
    feed = run("benchmarks.feed")
    yield "writing and publishing the feed", "", f"{feed['published_per_second']:,} datasets/s"
    yield "validating it with format checks", "", f"{feed['validated_per_second']:,} datasets/s"
    yield "errors in it", "0", f"{feed['errors']}"
    if RELEVANCE.is_dir():
        found = run("benchmarks.relevance", str(RELEVANCE))
        yield "ACORDAR keyword queries, nDCG@10", "", f"{found['ndcg@10']}"


def cluster_rows(url: str) -> Iterator[tuple[str, str, str]]:
    """The same searches in a cluster, beside the client's call with the same body."""
    search = run("benchmarks.search", "--engine", url)
    documents = f"{search['documents']:,} documents in Elasticsearch"
    for name, words in (("with_facets", "search with all facets"), ("plain", "search without counts")):
        part = search[name]
        ours, client = part["engine_p50_ms"], part["bare_warm_p50_ms"]
        told = f"{ours:.2f} ms; client {client:.2f} ms; {part['engine_ratio']:.2f} ×"
        yield f"{documents}: {words}, p50", "≤ 1.3 × client", told
        told = f"{part['service_p50_ms']:.2f} ms; {part['ratio']:.2f} × client"
        yield f"{documents}: {words}, with results from the store", "", told
    if RELEVANCE.is_dir():
        found = run("benchmarks.relevance", str(RELEVANCE), "--engine", url)
        yield "ACORDAR keyword queries in Elasticsearch, nDCG@10", "", f"{found['ndcg@10']}"


def search_rows(search: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """The figures of a search, with the bare engine call of the same run beside them."""
    documents = f"{search['documents']:,} documents"
    speed = search["documents_made_and_indexed_per_second"]
    yield f"{documents}: made and indexed", "", f"{speed:,} documents/s"
    for name, words in (("with_facets", "search with all facets"), ("plain", "search without counts")):
        part = search[name]
        service, bare = part["service_p50_ms"], part["bare_p50_ms"]
        told = f"{service:.2f} ms; engine alone {bare:.2f} ms; {part['ratio']:.2f} ×"
        yield f"{documents}: {words}, p50", "≤ 2 × engine", told


def main() -> None:
    """Measure, then put the table where the documentation has its markers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--elasticsearch", help="the URL of a cluster, with user and password")
    url = parser.parse_args().elasticsearch
    if DATA.is_dir():
        run("benchmarks.normalised", str(DATA), "--write")
        run("benchmarks.unmapped", str(DATA), "--write")
    measured = [*rows(), *(cluster_rows(url) if url else ())]
    lines = [f"| {what} | {wanted} | {found} |" for what, wanted, found in measured]
    head = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}."
    table = "\n".join([head, "", "| what | wanted | measured |", "| --- | --- | --- |", *lines])
    put_into(ROOT / "docs" / "performance.md", BEGIN, END, table)
    print(table)


def put_into(path: Path, begin: str, end: str, text: str) -> None:
    """Replace what stands between two marks of a file."""
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    path.write_text(f"{before}{begin}\n{text}\n{end}{rest.partition(end)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
