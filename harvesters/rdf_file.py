"""The triples of one document in a file: a catalogue of any size is read in the same memory.

rdflib keeps a kilobyte of memory for each triple; 3,000 datasets in one document were all that a fetching
child had room for. On disk a triple takes about 200 bytes, and a million of them 40 seconds to read.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from rdflib import BNode, Graph, Literal, URIRef
from rdflib.store import Store
from rdflib.term import Node

from harvesters.fetch_error import FetchError

TRIPLES = 5_000_000
"""Of one document: five minutes of processor time. The largest national catalogues page, and have fewer."""
_BATCH = 5_000
_PATTERN = ("s", "p", "o")


class TripleFile(Store):
    """A store for rdflib over SQLite, for one document that is written once and then read.

    `path` is a new file; whoever made the store closes it with `close_file`. `still` is called every few
    thousand triples and may raise. Raises FetchError `too-large`, `disk-full`.
    """

    context_aware = False
    formula_aware = False
    transaction_aware = False
    graph_aware = False

    def __init__(self, path: Path, still: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._path, self._still = path, still
        self._written = 0
        self._waiting: list[tuple[str, str, str]] = []
        self._indexed = False
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-16384", "temp_store=FILE"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("CREATE TABLE t(s TEXT, p TEXT, o TEXT, PRIMARY KEY (s, p, o)) WITHOUT ROWID")

    def add(self, triple: tuple[Node, Node, Node], context: Graph | None, quoted: bool = False) -> None:
        """rdflib's own: one triple of the document."""
        subject, name, value = triple
        self._waiting.append((_kept(subject), _kept(name), _kept(value)))
        if len(self._waiting) >= _BATCH:
            self._flush()

    def triples(
        self, triple_pattern: Any, context: Graph | None = None
    ) -> Iterator[tuple[tuple[Node, Node, Node], Iterator[Graph | None]]]:
        """rdflib's own: the triples that fit, None fitting everything."""
        self._finish()
        terms = {name: _kept(term) for name, term in zip(_PATTERN, triple_pattern, strict=True) if term}
        where = " AND ".join(f"{name} = ?" for name in terms)
        found = self._db.execute(
            f"SELECT s, p, o FROM t{f' WHERE {where}' if where else ''}",  # noqa: S608  # names of ours
            tuple(terms.values()),
        )
        for row in found:
            subject, name, value = map(_term, row)
            yield (subject, name, value), iter((context,))

    def __len__(self, context: Graph | None = None) -> int:
        self._finish()
        with closing(self._db.execute("SELECT COUNT(*) FROM t")) as rows:
            return int(rows.fetchone()[0])

    def close_file(self) -> None:
        """The file is not needed any more."""
        self._db.close()
        self._path.unlink(missing_ok=True)

    def _flush(self) -> None:
        self._still()
        self._written += len(self._waiting)
        if self._written > TRIPLES:
            raise FetchError("too-large", f"over {TRIPLES:,} triples in one document")
        try:
            self._db.execute("BEGIN")
            self._db.executemany("INSERT OR IGNORE INTO t VALUES (?, ?, ?)", self._waiting)
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            raise FetchError("disk-full", f"the triples cannot be kept: {error}") from error
        self._waiting.clear()

    def _finish(self) -> None:
        if self._waiting:
            self._flush()
        if not self._indexed:
            self._db.execute("CREATE INDEX by_value ON t(p, o)")
            self._indexed = True


def _kept(term: Node) -> str:
    """A term as text, its kind in front."""
    if isinstance(term, Literal):
        said = str(term).encode("utf-8", "replace").decode()  # no lone surrogates
        return f"L{term.language or ''}\n{term.datatype or ''}\n{said}"
    return f"{'B' if isinstance(term, BNode) else 'I'}{term}".encode("utf-8", "replace").decode()


def _term(kept: str) -> Node:
    kind, rest = kept[0], kept[1:]
    if kind == "I":
        return URIRef(rest)
    if kind == "B":
        return BNode(rest)
    language, datatype, said = rest.split("\n", 2)
    return Literal(said, language or None, datatype or None, normalize=False)
