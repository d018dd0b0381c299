"""Opening a store: an empty place, one of this version, of an older one, of a newer one, of somebody else."""

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from index.store import Source, Store, StoreError, migrate, sqlite
from index.store.schema import REVISION, metadata

LATER = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("sources", sa.Column("colour", sa.Text()))
"""


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_the_migrations_make_exactly_the_tables_the_code_works_with(tmp_path: Path) -> None:
    Store.open(url(tmp_path / "s.sqlite")).close()
    engine = create_engine(url(tmp_path / "s.sqlite"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_the_newest_migration_is_the_revision_the_code_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_what_was_stored_is_there_when_opened_again(tmp_path: Path) -> None:
    source = Source("a", "dcat-us", "https://a.example", title="A", grace_days=0.5)
    store = Store.open(url(tmp_path / "s.sqlite"))
    store.put_source(source)
    store.close()
    store = Store.open(url(tmp_path / "s.sqlite"))
    assert store.sources() == [source]
    store.close()


def test_an_older_store_is_upgraded_and_keeps_what_it_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(url(tmp_path / "s.sqlite"))
    store.put_source(Source("a", "dcat-us", "https://a.example"))
    store.close()
    later = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, later)
    (later / "versions" / "r9999_later.py").write_text(LATER)
    monkeypatch.setattr(migrate, "MIGRATIONS", later)
    monkeypatch.setattr(migrate, "REVISION", "9999")
    Store.open(url(tmp_path / "s.sqlite")).close()
    with sqlite3.connect(tmp_path / "s.sqlite") as connection:
        assert connection.execute("SELECT id, colour FROM sources").fetchall() == [("a", None)]
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
    connection.close()


def test_two_who_open_an_empty_place_at_once_both_get_a_store(tmp_path: Path) -> None:
    stores: list[Store] = []
    openers = [
        threading.Thread(target=lambda: stores.append(Store.open(url(tmp_path / "s.sqlite")))) for _ in "ab"
    ]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [store.last_sequence() for store in stores] == [0, 0]
    for store in stores:
        store.close()


def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Store.open(url(tmp_path / "s.sqlite")).close()
    with sqlite3.connect(tmp_path / "s.sqlite") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StoreError, match="made by a newer version"):
        Store.open(url(tmp_path / "s.sqlite"))


def test_a_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "s.sqlite") as connection:
        connection.execute("CREATE TABLE records (id)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        Store.open(url(tmp_path / "s.sqlite"))


def test_a_file_that_is_no_database_is_named_as_that(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_text("Dear diary, " * 100)
    with pytest.raises(StoreError, match=r"s\.sqlite.*no SQLite database"):
        Store.open(url(tmp_path / "s.sqlite"))


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="check the path and its rights"):
        Store.open(url(tmp_path / "nowhere" / "s.sqlite"))


@pytest.mark.parametrize("bad", ["", "store.sqlite", "nosuch://x", "postgresql+nosuch://hub:secret@db/hub"])
def test_a_url_that_names_no_database_is_explained_without_its_password(bad: str) -> None:
    with pytest.raises(StoreError, match="sqlite:////") as caught:
        Store.open(bad)
    assert "secret" not in str(caught.value)


def test_a_locked_store_says_who_to_wait_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_SECONDS", 0)
    store = Store.open(url(tmp_path / "s.sqlite"))
    other = sqlite3.connect(tmp_path / "s.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another process"):
        store.put_source(Source("a", "dcat-us", "https://a.example"))
    other.execute("COMMIT")
    other.close()
    store.put_source(Source("a", "dcat-us", "https://a.example"))
    store.close()


def test_commits_reach_the_disk_and_readers_need_no_lock(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path / "s.sqlite"))
    with store.database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    store.close()


def test_every_table_can_be_made_in_postgresql() -> None:
    dialect = postgresql.dialect()
    for table in metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
