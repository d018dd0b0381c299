"""One feed all the way through the hub in this process: reader, spool, plan, store, index document, outputs.

The same code a harvest runs, but for the network and the process around the fetch.
"""

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import orjson

from benchmarks.faults.broken_feeds import BrokenFeed
from dcat.dcat_us_1_1 import to_entry
from harvesters.json_faults import JsonStreamError
from harvesters.json_stream import JsonStream
from harvesters.portal import Portal
from harvesters.records import source_record
from harvesters.run import FetchRun
from harvesters.spool import SpoolReader, SpoolWriter
from harvesters.types.dcat_us import looks_like_dataset
from harvesters.unicode_body import as_utf8
from index.cards import store_cards
from index.document import index_document
from index.ingest import Run, ingest
from index.ingest.identifiers import canonical
from index.present import present
from index.store import Source, Store
from index.store.model import StoredRecord
from search_api.feed_records import feed_record

NOW = datetime(2026, 1, 1, tzinfo=UTC)
URL = "https://feed.example/data.json"
_CHUNK = 65_536


@dataclass
class Passage:
    """What became of one feed.

    `seconds` are the processor's, so that a busy machine does not count. `lost` are identifiers of untouched
    records that are not stored as they were, `contested` counts those whose identifier broken ones claim.
    """

    seed: int
    done: list[str]
    status: str = ""
    slug: str = ""
    seconds: float = 0.0
    fetched: int = 0
    stored: int = 0
    untouched: int = 0
    contested: int = 0
    quarantined: int = 0
    lost: list[str] = field(default_factory=list)
    crash: str = ""
    wrong: str = ""


class Hub:
    """A store of its own that feeds pass through one after the other. Use as a context."""

    def __init__(self, folder: Path | None = None) -> None:
        self._stack = ExitStack()
        self._folder = folder

    def __enter__(self) -> Self:
        self.folder = self._folder or Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        self.store = Store.open(f"sqlite:///{self.folder / 'store.sqlite'}")
        self._stack.callback(self.store.close)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def passage(self, feed: BrokenFeed) -> Passage:
        """Take a feed in, look at all that is made of it, and forget it again."""
        result = Passage(feed.seed, feed.done)
        begun = time.process_time()
        try:
            self._pass(feed, result)
        except Exception as error:  # noqa: BLE001 (this is what is counted)
            result.crash = f"{type(error).__name__}: {error}"[:500]
        result.seconds = time.process_time() - begun
        return result

    def _pass(self, feed: BrokenFeed, result: Passage) -> None:
        spool = self.folder / "run.spool"
        read_feed(feed, spool)
        source = Source(f"feed{feed.seed}", "dcat-us", URL, "Feed", "Town", "city")
        self.store.put_source(source)
        reader = SpoolReader(spool)
        run = ingest(self.store, source, reader, now=NOW)
        stored = {record.identifier: record for record in self.store.live_records()}
        judge(feed, reader, run, stored, result)
        use(self.store, source, list(stored.values()))
        self.store.remove_source(source.id)


def read_feed(feed: BrokenFeed, spool: Path) -> None:
    """As the fetching child reads a document that lies on its disk."""
    portal = Portal(f"feed{feed.seed}", "dcat-us", URL)
    with SpoolWriter(spool) as writer:
        run = FetchRun(portal, "test", writer, spool.parent)
        key = "results" if feed.schema == "socrata-discovery" else "dataset"
        is_record = (lambda value: "resource" in value) if key == "results" else looks_like_dataset
        stream = JsonStream(as_utf8(_chunks(feed.body)), key, is_record=is_record)
        try:
            for element in stream.elements():
                schema = "dcat-us-1.0" if stream.kind == "list" else "dcat-us-1.1"
                schema = "socrata-discovery" if key == "results" else schema
                run.put(source_record(portal.id, schema, element, portal.url))
            run.complete()
        except JsonStreamError as error:
            run.incomplete(error.slug, error.message)
        writer.close(run.statement())


def judge(
    feed: BrokenFeed, reader: SpoolReader, run: Run, stored: dict[str, StoredRecord], result: Passage
) -> None:
    """Compare what is stored with what must be."""
    result.status, result.slug = run.status, run.slug
    result.fetched, result.quarantined, result.stored = run.fetched, run.quarantined, len(stored)
    named = Counter(canonical(record.identifier) for record in reader.headers())
    accounted = run.added + run.updated + run.unchanged + run.renamed + run.duplicate + run.filtered
    if accounted + run.quarantined != run.fetched:
        result.wrong = f"the account of the run does not add up: {run}"
    if run.added != len(stored):
        result.wrong = f"{run.added} added, {len(stored)} stored"
    digests = {record.identifier: record.digest for record in reader.headers()}
    for identifier, digest in feed.expected.items():
        result.untouched += 1
        if named[identifier] > 1:
            result.contested += 1
        elif identifier not in stored or digests[identifier] != digest:
            result.lost.append(identifier)


def use(store: Store, source: Source, records: list[StoredRecord]) -> None:
    """Make of every record what the engines, the pages and the feeds make of it."""
    sources = {source.id: source}
    for record in records:
        document = index_document([record], sources)
        for text in (*document.texts.values(), *(v for values in document.facets.values() for v in values)):
            text.encode()
        orjson.dumps(present(record, source, store.raw(record.id)))
        orjson.dumps(to_entry(feed_record(record, source, "https://hub.example")).fields)
    cards = store_cards(store)([record.cluster_id for record in records])
    if len(cards) != len({record.cluster_id for record in records}):
        raise AssertionError("a stored record has no card")


def _chunks(body: bytes) -> Iterator[bytes]:
    return (body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK))
