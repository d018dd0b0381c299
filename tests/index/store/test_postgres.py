"""What only a server can do: refuse, be full, be old, go away; and what is asked of its connections."""

import threading
import time

import psycopg
import pytest
from sqlalchemy import make_url
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from index.store import Source, Store, StoreError, postgres, retry
from index.store.database import Database
from index.store.errors import StoreAway, StoreConflict
from index.store.postgres_errors import explain, is_away, is_conflict
from index.store.schema import metadata
from tests.index.store.test_opening import run
from tests.servers.postgres import PostgresServer, newest
from tests.servers.process import free_port

A = Source("a", "dcat-us", "https://a.example")


@pytest.fixture(params=["newest", "oldest"])
def store_kind(request: pytest.FixtureRequest) -> str:
    kind: str = request.param
    return kind


def refused(url: str) -> str:
    with pytest.raises(StoreError) as caught:
        Store.open(url)
    return str(caught.value)


def test_the_driver_need_not_be_named(store_url: str) -> None:
    for scheme in ("postgres", "postgresql", "postgresql+psycopg"):
        url = make_url(store_url).set(drivername=scheme).render_as_string(hide_password=False)
        store = Store.open(url)
        assert store.sources() == []
        store.close()


def test_commits_reach_the_disk_and_nobody_waits_for_ever(store_url: str) -> None:
    run(store_url, f"ALTER DATABASE {make_url(store_url).database} SET synchronous_commit = off")
    store = Store.open(store_url)
    with store.database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("synchronous_commit", "application_name", *postgres.LIMITS)
        }
    assert settings == {"synchronous_commit": "on", "application_name": "hubsearch", **postgres.LIMITS}
    store.close()


def test_what_the_url_states_goes_before(store_url: str) -> None:
    url = make_url(store_url).update_query_dict(
        {"application_name": "town", "options": "-c lock_timeout=7s -c statement_timeout=11s"}
    )
    store = Store.open(url.render_as_string(hide_password=False))
    with store.database.read() as connection:
        names = ("application_name", "lock_timeout", "statement_timeout")
        assert [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in names] == [
            "town",
            "7s",
            "11s",
        ]
    store.close()


def test_reading_sees_one_state_to_its_end_and_cannot_write(store_url: str) -> None:
    store = Store.open(store_url)
    with store.database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sources").scalar() == 0
        store.put_source(A)
        assert connection.exec_driver_sql("SELECT count(*) FROM sources").scalar() == 0
    assert store.sources() == [A]
    with pytest.raises(StoreError, match="read-only"), store.database.read() as connection:
        connection.exec_driver_sql("DELETE FROM sources")
    store.close()


@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"password": "wrong-secret"}, "user or password are wrong"),
        ({"username": "nobody"}, "user or password are wrong"),
        ({"database": "nosuch"}, "there is no such database"),
        ({"port": 1}, "no PostgreSQL server answers there"),
        ({"host": "nosuch.invalid"}, "no PostgreSQL server answers there"),
    ],
)
def test_a_door_that_stays_shut_is_explained(
    store_url: str, change: dict[str, str | int], advice: str
) -> None:
    url = make_url(store_url).set(**change).render_as_string(hide_password=False)
    said = refused(url)
    assert advice in said
    assert "secret" not in said
    assert (make_url(store_url).password or "?") not in said


def test_a_password_in_the_query_is_not_shown_either(store_url: str) -> None:
    url = make_url(store_url)
    hidden = url.set(password=None, database="nosuch").update_query_dict({"password": str(url.password)})
    said = refused(hidden.render_as_string(hide_password=False))
    assert "there is no such database" in said
    assert str(url.password) not in said


def test_a_user_without_rights_is_told_which_to_get(empty_url: str) -> None:
    server = make_url(empty_url)
    guest = f"guest_{server.database}"
    run(empty_url, f"CREATE ROLE {guest} LOGIN PASSWORD 'x'", "REVOKE ALL ON SCHEMA public FROM PUBLIC")
    url = server.set(username=guest, password="x").render_as_string(hide_password=False)
    try:
        assert "this user lacks rights" in refused(url)
    finally:
        run(empty_url, f"DROP ROLE {guest}")


def test_a_database_that_cannot_hold_every_script_is_refused(empty_url: str) -> None:
    name = f"{make_url(empty_url).database}_latin"
    with psycopg.connect(make_url(empty_url).set(drivername="postgresql").render_as_string(False)) as server:
        server.autocommit = True
        server.execute(
            f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"
        )
        try:
            said = refused(make_url(empty_url).set(database=name).render_as_string(hide_password=False))
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert "ENCODING 'UTF8'" in said


def test_a_server_that_is_too_old_is_told_the_version_that_is_needed(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "OLDEST", 99)
    assert "hubsearch needs version 99 or later" in refused(store_url)


def test_a_server_without_a_free_connection_says_so(store_url: str) -> None:
    url = make_url(store_url)
    run(store_url, f"ALTER DATABASE {url.database} CONNECTION LIMIT 1")
    run(store_url, "CREATE ROLE one LOGIN PASSWORD 'x' CONNECTION LIMIT 1")
    one = url.set(username="one", password="x").render_as_string(hide_password=False)
    try:
        with _connected(one):
            assert "the server has no connection left" in refused(one)
    finally:
        run(store_url, "DROP ROLE one")


def test_a_lock_that_is_not_given_is_waited_for(store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LIMITS", {"lock_timeout": "50ms"})
    store = Store.open(store_url)
    with psycopg.connect(store_url.replace("+psycopg", "")) as other:
        other.execute("LOCK TABLE sources")  # and a question, which has no patience, does not try again
        writer = threading.Thread(target=lambda: store.put_source(A))
        with pytest.raises(StoreConflict, match="another process has kept a lock"):
            store.sources()
        monkeypatch.setattr(store, "source", lambda _: None)
        writer.start()
        time.sleep(0.3)
    writer.join()
    assert [source.id for source in store.sources()] == ["a"]
    store.close()


def test_a_deadlock_is_tried_again_until_both_have_written(store_url: str) -> None:
    store = Store.open(store_url)
    for name in "ab":
        store.put_source(Source(name, "dcat-us", "https://a.example"))
    meeting = threading.Barrier(2, timeout=5)

    def write(first: str, second: str) -> None:
        met = False

        def work(connection: object) -> None:
            nonlocal met
            connection.exec_driver_sql(f"UPDATE sources SET title = title || 'x' WHERE id = '{first}'")
            if not met:
                met = True
                meeting.wait()
            connection.exec_driver_sql(f"UPDATE sources SET title = title || 'x' WHERE id = '{second}'")

        store.database.transact(work)

    writers = [threading.Thread(target=write, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [source.title for source in store.sources()] == ["xx", "xx"]
    store.close()


def test_a_server_that_is_away_is_waited_for_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "PATIENCE", 0.3)
    database = Database.connect(f"postgresql://hub@127.0.0.1:{free_port()}/hub")
    with pytest.raises(StoreAway, match="no PostgreSQL server answers there"):
        database.reading(lambda connection: connection.exec_driver_sql("SELECT 1"), patience=0.3)
    database.close()


def test_connections_that_died_unused_are_replaced_unnoticed() -> None:
    with PostgresServer(newest()) as server:
        store = Store.open(server.url())
        store.put_source(A)
        server.restart()
        assert store.sources() == [A]
        server.kill()
        server.start()
        assert store.sources() == [A]
        store.close()


def test_every_table_can_be_made_in_postgresql() -> None:
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))


@pytest.mark.parametrize(
    ("code", "away", "conflict", "advice"),
    [
        ("53100", False, False, "the server's disk is full; free some space"),
        ("53300", False, False, "no connection left"),
        ("25006", False, False, "only reads"),
        ("57P03", True, False, "starting up"),
        ("57P01", True, False, "was shut down"),
        ("08006", True, False, "connection was lost"),
        ("40001", False, True, "again and again"),
        ("40P01", False, True, "again and again"),
        ("55P03", False, True, "kept a lock"),
        ("23505", False, True, "report it"),
        ("57014", False, False, "statement_timeout"),
        ("42P01", False, False, "by hand"),
    ],
)
def test_errors_are_told_by_their_codes(code: str, away: bool, conflict: bool, advice: str) -> None:
    error = psycopg.errors.lookup(code)("said in any language")
    assert (is_away(error), is_conflict(error)) == (away, conflict)
    assert advice in (explain(error) or "")


def test_errors_of_other_databases_are_not_judged() -> None:
    assert explain(ValueError("x")) is None
    assert not is_away(None)


def _connected(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    """A connection, once the server has noticed that the one before is over."""
    for _ in range(200):
        try:
            return psycopg.connect(url.replace("+psycopg", ""))
        except psycopg.OperationalError as error:
            if "too many connections" not in str(error):
                raise
            time.sleep(0.05)
    raise AssertionError("the server keeps a connection that is over")
