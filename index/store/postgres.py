"""All that is particular to PostgreSQL: its URL, how a connection is set up, what the server must be."""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from index.store.errors import StoreError

DRIVER = "postgresql+psycopg"
EXAMPLE = f"{DRIVER}://hub@db.example:5432/hub"

OLDEST = 15
"""The oldest major version that is taken: the oldest its makers still mend, and that the tests run on."""

CONNECTIONS = 5
BURST = 10
"""Connections a process keeps, and how many more it opens while all are in use. A server takes a hundred
unless told otherwise: six processes of this size."""

ARGUMENTS: dict[str, Any] = {
    "application_name": "hubsearch",
    "connect_timeout": 10,
    # A server that vanished without a word (a pulled cable, a failed-over address) is noticed in a minute.
    "keepalives": 1,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""libpq's parameters; what the URL states itself goes before."""

LIMITS = {
    "lock_timeout": "30s",  # as long as SQLite's writers wait: batches hold locks for hundredths of a second
    "statement_timeout": "5min",  # the longest statements, over all records of a source, take seconds
    "idle_in_transaction_session_timeout": "30s",  # a process that hangs must not keep the others waiting
}
"""Set where the server, the role or the URL sets no limit of its own."""

SECRET = ("password", "sslpassword", "passfile", "sslkey")
"""Parameters of a URL's query that are nobody's to read."""


def is_meant(url: URL) -> bool:
    """Whether a URL names PostgreSQL, by whatever driver."""
    return url.drivername.partition("+")[0] in {"postgresql", "postgres"}


def create(url: URL) -> Engine:
    """An engine for the URL, which may leave out the driver. Raises StoreError for another driver."""
    if url.drivername not in {"postgres", "postgresql", DRIVER}:
        raise StoreError(
            f"PostgreSQL is reached with the driver psycopg, not as {url.drivername}; "
            f"the store's URL should look like {EXAMPLE} (or sqlite:////var/lib/hubsearch/store.sqlite)"
        )
    url = url.set(drivername=DRIVER)
    engine = create_engine(
        url,
        pool_pre_ping=True,  # a connection the server dropped while nobody used it is replaced unnoticed
        pool_size=CONNECTIONS,
        max_overflow=BURST,
        connect_args={name: value for name, value in ARGUMENTS.items() if name not in url.query},
    )
    event.listen(engine, "connect", _set_up, insert=True)  # before SQLAlchemy asks what an old one cannot say
    return engine


def reading(engine: Engine) -> Engine:
    """For transactions that see one state of the database from their first question on, and write nothing."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def writing(engine: Engine) -> Engine:
    """For transactions that see what others have committed, and lock what they depend on."""
    return engine.execution_options(isolation_level="READ COMMITTED")


def shown(url: URL) -> str:
    """The URL without secrets."""
    return url.difference_update_query(SECRET).render_as_string(hide_password=True)


_LIMIT = "SELECT set_config(%(name)s, %(value)s, false) WHERE current_setting(%(name)s) = '0'"

# What was acknowledged survives a crash, whatever the server's default is.
_DURABLE = """
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'
"""


def _set_up(connection: Any, _record: Any) -> None:
    trouble = _unfit(connection.info.server_version, connection.info.parameter_status("server_encoding"))
    if trouble:
        connection.close()
        raise StoreError(trouble)
    connection.autocommit = True
    for name, value in LIMITS.items():
        connection.execute(_LIMIT, {"name": name, "value": value})
    connection.execute(_DURABLE)
    connection.autocommit = False


def _unfit(version: int, encoding: str | None) -> str | None:
    """Why a server or database cannot hold a store; `version` as libpq numbers it (150018 is 15.18)."""
    if version < OLDEST * 10_000:
        return (
            f"the server is PostgreSQL {version // 10_000}; hubsearch needs version {OLDEST} or later. "
            "Upgrade the server, or name another"
        )
    if encoding != "UTF8":
        return (
            f"the database keeps texts as {encoding}, and titles are in every script; make it anew "
            "with CREATE DATABASE hub ENCODING 'UTF8' TEMPLATE template0"
        )
    return None
