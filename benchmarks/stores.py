"""The two record stores beside each other: what is written in a second, by one and by eight at once.

    python -m benchmarks.stores [--records 10000] [--server URL]

Real federal records, each under an identifier of its own, are harvested (mapped and stored) for the first
time, again unchanged, and again with every title changed; then the same records, mapped before, are only
written and written again. Eight writers write eight sources at once, each an eighth of the records; `ratio`
is to one writer in the same run. Last the SQLite store is copied into PostgreSQL. Without `--server` a
PostgreSQL 18 is started for it, its commits on disk (fsync) as in production. Prints one JSON object; records
a second.
"""

import argparse
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import islice
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

from benchmarks.feeds import copies
from index.ingest import Mapper, ingest
from index.store import Source, Store
from index.store.codec import Content, Encoder
from index.store.database import BATCH
from index.store.moving import move
from index.store.write import RecordWrite, Stamp, write_records
from mappings.source_record import RunStatement, SourceRecord
from tests.index.stores import at, create, drop
from tests.servers.postgres import PostgresServer, newest

NOW = datetime(2025, 3, 1, tzinfo=UTC)
SOURCE = Source("federal", "dcat-us", "https://federal.example/data.json", "Federal", "", "federal")
WRITERS = 8


@dataclass
class Feed:
    """A finished fetch of real records; `title` is put before each of their titles."""

    size: int
    title: str = ""
    statement: RunStatement = field(default_factory=lambda: RunStatement(complete=True))

    def records(self) -> Iterator[SourceRecord]:
        for item in islice(copies(), self.size):
            item["title"] = self.title + item["title"]
            payload = json.dumps(item).encode()
            digest = blake2b(payload, digest_size=16).hexdigest()
            name = item["identifier"]
            yield SourceRecord(SOURCE.id, name, "dcat-us-1.1", payload, SOURCE.url, digest=digest)


def prepared(size: int) -> list[RecordWrite]:
    """The records of the feed, mapped and encoded."""
    encoder, mapper = Encoder(), Mapper.standard()
    made = []
    for record in Feed(size).records():
        mapped = mapper.map_record(record.schema, record.payload)
        content = Content(
            encoder.json(mapped.dataset), encoder.json(mapped.issues), encoder.raw(record.payload)
        )
        made.append(
            RecordWrite(
                None,
                record.identifier or "",
                record.schema,
                record.url,
                mapped.dataset.title,
                record.digest,
                content,
            )
        )
    return made


def harvests(store: Store, size: int) -> dict[str, float]:
    """Records a second through all of ingest, mapping in this process."""
    store.put_source(SOURCE)
    mapper = replace(Mapper.standard(), processes=0)
    speeds = {}
    for name, feed in (("first", Feed(size)), ("unchanged", Feed(size)), ("changed", Feed(size, "New "))):
        begun = time.perf_counter()
        run = ingest(store, SOURCE, feed, now=NOW, mapper=mapper)
        assert run.status == "ok", run
        speeds[name] = round(size / (time.perf_counter() - begun))
    return speeds


def write(store: Store, source: str, writes: Sequence[RecordWrite]) -> float:
    """Write records in batches; the seconds it took."""
    stamp = Stamp(source, 1, NOW, 1)
    begun = time.perf_counter()
    for start in range(0, len(writes), BATCH):
        batch = writes[start : start + BATCH]
        store.database.transact(lambda connection, batch=batch: write_records(connection, batch, [], stamp))
    return time.perf_counter() - begun


def writes_alone(store: Store, writes: list[RecordWrite]) -> dict[str, float]:
    """Records a second of writing alone."""
    source = replace(SOURCE, id="alone")
    store.put_source(source)
    added = write(store, source.id, writes)
    known = {head.identifier: head.id for head in store.heads(source=source.id)}
    updated = write(store, source.id, [replace(one, id=known[one.identifier]) for one in writes])
    return {"written": round(len(writes) / added), "rewritten": round(len(writes) / updated)}


def at_once(url: str, writes: list[RecordWrite], writers: int) -> float:
    """Records a second of so many processes, each with its share, from the begin to the last one's end."""
    context = multiprocessing.get_context("spawn")
    ready, go = context.Barrier(writers + 1), context.Event()
    share = len(writes) // writers
    processes = [
        context.Process(target=_writer, args=(url, f"w{writers}-{n}", writes[n * share :][:share], ready, go))
        for n in range(writers)
    ]
    for process in processes:
        process.start()
    ready.wait()
    begun = time.perf_counter()
    go.set()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    return round(share * writers / (time.perf_counter() - begun))


def _writer(url: str, source: str, writes: list[RecordWrite], ready: Barrier, go: Event) -> None:
    store = Store.open(url)
    store.put_source(replace(SOURCE, id=source))
    ready.wait()
    go.wait()
    write(store, source, writes)
    store.close()


def measure(server: str, folder: Path, size: int) -> dict[str, object]:
    """Everything, on both stores in turn."""
    writes = prepared(size)
    databases = [create(server), create(server)]
    try:
        return _measure(server, databases, folder, writes)
    finally:
        for database in databases:
            drop(server, database)


def _measure(server: str, databases: list[str], folder: Path, writes: list[RecordWrite]) -> dict[str, object]:
    size = len(writes)
    urls = {"sqlite": f"sqlite:///{folder / 'store.sqlite'}", "postgresql": at(server, databases[0])}
    told: dict[str, dict[str, float]] = {}
    concurrent: dict[str, dict[str, float]] = {}
    for name, url in urls.items():
        store = Store.open(url)
        told[name] = harvests(store, size) | writes_alone(store, writes)
        one, many = at_once(url, writes, 1), at_once(url, writes, WRITERS)
        concurrent[name] = {"1": one, str(WRITERS): many, "ratio": round(many / one, 2)}
        store.close()
    with ExitStack() as until_the_end:
        source, target = Store.open(urls["sqlite"]), Store.open(at(server, databases[1]))
        until_the_end.callback(source.close)
        until_the_end.callback(target.close)
        begun = time.perf_counter()
        copied = move(source.database, target.database)["records"].rows
        moved = round(copied / (time.perf_counter() - begun))
    ratios = {name: round(told["postgresql"][name] / speed, 2) for name, speed in told["sqlite"].items()}
    return {"records": size, **told, "postgresql_to_sqlite": ratios, "writers": concurrent, "moved": moved}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--server", help="a PostgreSQL where databases may be made, as the store's URL")
    arguments = parser.parse_args()
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory()))
        server = arguments.server
        if server is None:
            started = PostgresServer(newest(), settings={"fsync": True})
            server = until_the_end.enter_context(started).url()
        json.dump(measure(server, folder, arguments.records), sys.stdout, indent=2)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
