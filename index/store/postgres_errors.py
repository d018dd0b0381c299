"""What PostgreSQL's errors mean for an operator, and which of them pass.

Errors have a code (SQLSTATE, appendix A of its manual); those of a connection that did not come about have
none, and are known by their words.
"""

import re
from typing import Any

AWAY = re.compile(r"08|57P0[1235]|25P03")
"""Connection lost or refused for the moment: class 08, shutting down, crashed, starting up, ended for being
idle in a transaction."""

CONFLICT = re.compile(r"40001|40P01|55P03|23505")
"""Serialization failure, deadlock, a lock not given in time; and a unique value somebody else took at the
same moment (two sources that mint one id): asked again, the transaction sees it."""

_BY_CODE: tuple[tuple[str, str], ...] = (
    (r"28", "user or password are wrong, or pg_hba.conf does not let this host in; check the store's URL"),
    (r"3D000", "there is no such database; make it: CREATE DATABASE hub ENCODING 'UTF8' TEMPLATE template0"),
    (
        r"42501|3F000",
        "this user lacks rights; GRANT ALL ON DATABASE and ON SCHEMA public, or make it the owner",
    ),
    (
        r"53300",
        "the server has no connection left; raise max_connections, or run fewer processes "
        "(each takes up to 15)",
    ),
    (
        r"53100",
        "the server's disk is full; free some space and run the command again, nothing written is lost",
    ),
    (r"53", "the server lacks memory or another resource; see its log"),
    (r"25006", "the server only reads (a standby?); name the primary in the store's URL"),
    (r"57P0[12]|57P05", "the server was shut down or crashed; when it is back, run the command again"),
    (r"57P03", "the server is starting up; try again in a moment"),
    (r"08|25P03", "the connection was lost; when the server is back, run the command again"),
    (r"55P03", "another process has kept a lock for 30 s; wait for it or end it, then try again"),
    (r"57014", "the server cut the statement off (statement_timeout); see whether its disk keeps up"),
    (r"40", "other processes were in the way again and again; run the command once more"),
    (r"23", "the tables hold something this version did not expect; please report it"),
    (r"42", "the tables are not those of this version; did somebody change them by hand?"),
    (r"XX|58", "the server reported a damage or a fault of its disk; see its log"),
)

_BY_WORDS: tuple[tuple[str, str], ...] = (
    ("too many clients", "53300"),
    ("too many connections", "53300"),
    ("connection slots", "53300"),
    ("authentication failed", "28"),
    ("no password supplied", "28"),
    ("pg_hba.conf", "28"),
    ('role "', "28"),
    ('database "', "3D000"),
    ("permission denied for database", "42501"),
    ("starting up", "57P03"),
    ("not yet accepting connections", "57P03"),
    ("recovery", "57P03"),
    ("shutting down", "57P01"),
)
"""Parts of a refusal at the door, and the code it would have later on."""

_NOBODY = ("connection failed", "timeout", "resolve host", "translate host")

NOT_REACHED = "no PostgreSQL server answers there; check that it runs, and host and port in the store's URL"


def code_of(error: BaseException | None) -> str | None:
    """The SQLSTATE of a driver's error; "08" for a connection that did not come about or was lost; None for
    what is no error of PostgreSQL."""
    code: Any = getattr(error, "sqlstate", None)
    if code is not None:
        return str(code)
    if type(error).__module__.partition(".")[0] != "psycopg":
        return None
    said = str(error).lower()
    by_words = next((code for words, code in _BY_WORDS if words in said), None)
    if by_words is not None:
        return by_words
    return "08" if type(error).__name__ in {"OperationalError", "ConnectionTimeout"} else None


def explain(error: BaseException | None) -> str | None:
    """What an error means and what to do about it; None when nothing is known."""
    code = code_of(error)
    if code is None:
        return None
    if code == "08" and any(word in str(error).lower() for word in _NOBODY):
        return NOT_REACHED
    return next((advice for pattern, advice in _BY_CODE if re.match(pattern, code)), None)


def is_away(error: BaseException | None) -> bool:
    """Whether the server may be back soon."""
    code = code_of(error)
    return code is not None and AWAY.match(code) is not None


def is_conflict(error: BaseException | None) -> bool:
    """Whether the same transaction may succeed when it is tried again."""
    code = code_of(error)
    return code is not None and CONFLICT.match(code) is not None
