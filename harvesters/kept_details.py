"""What a portal said of single records, kept for the next run, so that only changed ones are asked for.

One SQLite file a source, of the fetching child alone. It is a cache: without it, or with one that is damaged,
everything is asked for anew. What was once known of a record stays known until something newer comes, so that
a record does not lose its details on the day its portal is in a bad mood, and change twice.
"""

import logging
import sqlite3
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

DAY = 86_400
ASKED_AGAIN = (20, 30)
"""Days after which details are asked for again though the record is the same: not all on the same day."""
FORGOTTEN = 90
"""Days after which what nobody asked for any more is dropped: the record is gone from its catalogue."""

_TABLE = "CREATE TABLE IF NOT EXISTS details (id TEXT PRIMARY KEY, digest TEXT, asked REAL, body BLOB)"


class KeptDetails:
    """Details by identifier, each with the digest of the record they belong to.

    `path` may be None: then nothing outlives the run. Nothing here raises: what cannot be read is not there,
    and what cannot be written is asked for again.
    """

    def __init__(self, path: Path | None, clock: Callable[[], float] = time.time) -> None:
        self._path = path
        self._clock = clock
        self._database = self._open() or sqlite3.connect(":memory:")
        self._database.execute(_TABLE)

    def is_due(self, identifier: str, digest: str) -> bool:
        """Whether the portal has to be asked: for what is new or changed, and now and then for the rest."""
        row = self._row("digest, asked", identifier)
        if row is None or row[0] != digest:
            return True
        first, last = ASKED_AGAIN
        days = first + zlib.crc32(identifier.encode()) % (last - first + 1)
        return not 0 <= self._clock() - row[1] < days * DAY

    def failed_before(self, identifier: str) -> bool:
        """Whether the portal owes an answer since the last run."""
        row = self._row("digest", identifier)
        return row is not None and row[0] == ""

    def body(self, identifier: str) -> bytes | None:
        """What was last known."""
        row = self._row("body", identifier)
        if row is None or row[0] is None:
            return None
        try:
            return zlib.decompress(row[0])
        except (zlib.error, TypeError):
            return None

    def keep(self, identifier: str, digest: str, body: bytes | None) -> None:
        """Note an answer: details, or None where the portal has none to give; older ones then stay."""
        packed = None if body is None else zlib.compress(body)
        self._write(
            "INSERT INTO details VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO UPDATE"
            " SET digest = ?2, asked = ?3, body = coalesce(?4, body)",
            (identifier, digest, self._clock(), packed),
        )

    def owed(self, identifier: str) -> None:
        """Note that no answer came: it is asked for again in the next run, after the others."""
        self.keep(identifier, "", None)

    def close(self) -> None:
        """Forget what is gone, and write the rest."""
        self._write("DELETE FROM details WHERE asked < ?", (self._clock() - FORGOTTEN * DAY,))
        with suppress(sqlite3.Error):
            self._database.commit()
        self._database.close()

    def _open(self) -> sqlite3.Connection | None:
        if self._path is None:
            return None
        for _ in range(2):
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                database = sqlite3.connect(self._path)
                database.execute(_TABLE)
                database.execute("SELECT count(digest) FROM details WHERE asked > body")
            except (sqlite3.Error, OSError) as error:
                logging.getLogger(__name__).warning(
                    "%s cannot be used and is begun anew: %s", self._path, error
                )
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)
            else:
                return database
        return None

    def _row(self, columns: str, identifier: str) -> Any:
        with suppress(sqlite3.Error):
            query = f"SELECT {columns} FROM details WHERE id = ?"  # noqa: S608  # columns are ours
            return self._database.execute(query, (identifier,)).fetchone()
        return None

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        with suppress(sqlite3.Error):
            self._database.execute(statement, values)
