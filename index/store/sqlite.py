"""All that is particular to SQLite: how a connection is set up, begins, and explains its troubles."""

import sqlite3
from typing import Any

from sqlalchemy import Connection, Engine, event

BUSY_SECONDS = 30
"""How long a writer waits for another one. Batches hold the lock for some hundredths of a second, so whoever
waits this long waits for something that hangs."""

IMMEDIATE = "hubsearch_immediate"
"""Execution option of connections that will write: they take the write lock when they begin, because a
transaction that reads first and asks for the lock later is refused at once when somebody wrote between."""


def prepare(engine: Engine) -> None:
    """Make every connection of the engine durable (WAL, fsync at each commit) and explicit in transactions.

    Python's sqlite3 begins transactions by itself, too late and not for every statement; it is told not to,
    and SQLAlchemy's begin event says BEGIN instead.
    """
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)


def explain(error: BaseException | None) -> str | None:
    """What a SQLite error means for an operator and what to do about it; None when nothing is known."""
    if not isinstance(error, sqlite3.Error):
        return None
    text = str(error).lower()
    if getattr(error, "sqlite_errorname", "") in _NO_ROOM:
        text = "full"
    for sign, advice in _ADVICE:
        if sign in text:
            return advice
    return None


_NO_ROOM = {"SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_SHMMAP"}
"""Whoever opens a store first finds no room for the file its readers share: SQLite calls that an error of the
disk."""

_ADVICE: tuple[tuple[str, str], ...] = (
    (
        "locked",
        f"another process has been writing for {BUSY_SECONDS} s; wait for it or end it, then try again",
    ),
    (
        "unable to open",
        "the file or its folder is not there or may not be written; check the path and its rights",
    ),
    ("readonly", "this user may not write the file, or the folder it is in; check the rights of both"),
    ("full", "the disk is full; free some space and run the command again, nothing written before is lost"),
    (
        "not a database",
        "the file is no SQLite database; name another file or move this one away",
    ),
    ("malformed", "the file is damaged; restore the last backup"),
    ("disk i/o", "the disk reported an error; check it, then run the command again"),
)


def _set_up(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get(IMMEDIATE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
