"""Build a DCAT-US 1.1 feed of any size in constant memory.

Entries pass through a temporary database on disk, because two questions can be answered only when all are
known: who keeps an identifier that several records share, and which collections are in the feed, so that
`isPartOf` may name them. Its order is by public id whatever order the records come in, so an unchanged
catalogue gives the same bytes.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from dcat.errors import FeedError
from dcat.record import FeedRecord
from dcat.rendered import Rendered, render
from dcat.report import BuildReport, LeftOut

CONFORMS_TO = "https://project-open-data.cio.gov/v1.1/schema"
PIECE = 1 << 16
"""Bytes of the document given out at once: a web process hands each piece through several threads."""

_TABLES = """
CREATE TABLE entry (
    place INTEGER PRIMARY KEY, id TEXT, source TEXT, at_source TEXT,
    identifier TEXT, emitted TEXT, first_seen TEXT, url TEXT);
CREATE TABLE body (place INTEGER PRIMARY KEY, json BLOB);
CREATE TABLE parent (child INTEGER, rank INTEGER, identifier TEXT, PRIMARY KEY (child, rank));
"""
# Bodies lie apart: the questions below are about narrow rows, and walk only those.
_INDEXES = """
CREATE INDEX by_id ON entry (id);
CREATE INDEX by_emitted ON entry (emitted);
CREATE INDEX by_source ON entry (source, at_source);
"""
_LATER_CLAIMS = """
SELECT later.place, later.id FROM entry AS later
WHERE later.emitted IN (SELECT emitted FROM entry GROUP BY emitted HAVING count(*) > 1)
  AND later.emitted <> later.url
  AND EXISTS (
    SELECT 1 FROM entry AS earlier
    WHERE earlier.emitted = later.emitted AND earlier.place <> later.place
      AND (earlier.emitted = earlier.url OR (earlier.first_seen, earlier.id) < (later.first_seen, later.id)))
ORDER BY later.id
"""
_IN_ORDER = """
SELECT body.json, entry.identifier, entry.emitted, (
    SELECT above.emitted FROM parent
    JOIN entry AS above ON above.source = entry.source AND above.at_source = parent.identifier
    WHERE parent.child = entry.place AND above.place <> entry.place
    ORDER BY parent.rank, above.first_seen, above.id LIMIT 1)
FROM entry JOIN body ON body.place = entry.place ORDER BY entry.id
"""


class FeedBuild:
    """A feed that is complete but not yet written anywhere. `report` says what is in it and what is not."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.report = BuildReport()

    def add(self, record: Rendered) -> None:
        """Take in a record, or note why it is left out."""
        if record.reasons:
            self.report.left_out.append(_left_out(record))
            return
        self.report.datasets += 1
        place = self.report.datasets
        row = (
            place,
            record.id,
            record.source,
            record.at_source,
            record.identifier,
            record.identifier,
            record.first_seen,
            record.url,
        )
        self._database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        self._database.execute("INSERT INTO body VALUES (?, ?)", (place, record.body))
        if record.parents:
            self._database.executemany(
                "INSERT INTO parent VALUES (?, ?, ?)",
                ((place, rank, identifier) for rank, identifier in enumerate(record.parents)),
            )

    def settle(self) -> None:
        """Make identifiers unique: of those sharing one, the record seen first keeps it, the others go by
        the hub's own URL. Repeated until none is shared, for a hub that harvests its own feed meets its
        URLs again."""
        self._database.executescript(_INDEXES)  # commits first
        while later := self._database.execute(_LATER_CLAIMS).fetchall():
            self._database.executemany(
                "UPDATE entry SET emitted = url WHERE place = ?", [row[:1] for row in later]
            )
            self.report.renamed.extend(record_id for _, record_id in later)

    def chunks(self, feed_url: str | None = None) -> Iterator[bytes]:
        """The document, one entry a line, in pieces of about 64 KB. `feed_url` is where it will be found."""
        piece = bytearray(orjson.dumps(_head(feed_url))[:-1] + b',"dataset":[')
        separator = b"\n"
        for body, identifier, emitted, parent in self._database.execute(_IN_ORDER):
            as_is = emitted == identifier and parent is None
            piece += separator + (body if as_is else _amended(body, emitted, parent))
            separator = b",\n"
            if len(piece) >= PIECE:
                yield bytes(piece)
                piece.clear()
        yield bytes(piece) + b"\n]}\n"


def build_feed(
    records: Iterable[FeedRecord], folder: Path | None = None
) -> AbstractContextManager[FeedBuild]:
    """A build of these records, as `build_rendered`."""
    return build_rendered(map(render, records), folder)


@contextmanager
def build_rendered(records: Iterable[Rendered], folder: Path | None = None) -> Iterator[FeedBuild]:
    """A build of these records; its temporary database, which is about as large as the feed, is gone when the
    block ends. It lies in `folder`, without one where the system keeps such files: that may be memory.

    Raises FeedError when there is no room for it.
    """
    with ExitStack() as stack:
        aside = stack.enter_context(TemporaryDirectory(prefix=".feed-", dir=folder)) if folder else None
        name = str(Path(aside) / "entries.sqlite") if aside else ""
        try:
            database = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
            stack.enter_context(closing(database))
            build = _filled(database, records)
        except sqlite3.Error as error:
            raise FeedError(f"the feed cannot be made in {aside or 'memory'} ({error}); make room") from error
        yield build


def _filled(database: sqlite3.Connection, records: Iterable[Rendered]) -> FeedBuild:
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -8000")
    database.executescript(_TABLES)
    database.execute("BEGIN")
    build = FeedBuild(database)
    for record in records:
        build.add(record)
    build.settle()
    return build


def _head(feed_url: str | None) -> dict[str, Any]:
    head: dict[str, Any] = {"@context": f"{CONFORMS_TO}/catalog.jsonld"}
    if feed_url:
        head["@id"] = feed_url
    head |= {"@type": "dcat:Catalog", "conformsTo": CONFORMS_TO, "describedBy": f"{CONFORMS_TO}/catalog.json"}
    return head


def _amended(body: bytes, emitted: str, parent: str | None) -> bytes:
    fields = orjson.loads(body)
    fields["identifier"] = emitted
    if parent is not None:
        fields["isPartOf"] = parent
    return orjson.dumps(fields)


def _left_out(record: Rendered) -> LeftOut:
    return LeftOut(
        id=record.id,
        reason=", ".join(record.reasons),
        identifier=record.identifier,
        title=record.title,
        source=record.source,
        agency=record.agency,
    )
