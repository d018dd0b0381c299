"""Opening a store: an empty place, one of this version, of an older one, of a newer one, of somebody else."""

import shutil
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import ForeignKeyConstraint, create_engine, text

from index.store import Source, Store, StoreError, migrate
from index.store.database import Database
from index.store.migrate import Migrated
from index.store.schema import REVISION, metadata

LATER = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("sources", sa.Column("colour", sa.Text()))
"""


def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Carry out statements on a database past hubsearch; the rows of the last."""
    engine = create_engine(url)
    with engine.begin() as connection:
        results = [connection.execute(text(statement)) for statement in statements]
        rows = [tuple(row) for row in results[-1]] if results[-1].returns_rows else []
    engine.dispose()
    return rows


def is_the_link_that_can_wait(difference: object) -> bool:
    """PostgreSQL's link from records to clusters, which only there has to be declared deferrable."""
    match difference:
        case ("add_fk" | "remove_fk", ForeignKeyConstraint(name="fk_records_cluster_id")):
            return True
    return False


def test_the_migrations_make_exactly_the_tables_the_code_works_with(empty_url: str) -> None:
    Store.open(empty_url).close()
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    engine.dispose()
    assert [difference for difference in found if not is_the_link_that_can_wait(difference)] == []


def test_the_newest_migration_is_the_revision_the_code_asks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [REVISION]


def test_what_was_stored_is_there_when_opened_again(store_url: str) -> None:
    source = Source("a", "dcat-us", "https://a.example", title="A", grace_days=0.5)
    store = Store.open(store_url)
    store.put_source(source)
    store.close()
    store = Store.open(store_url)
    assert store.sources() == [source]
    store.close()


def test_an_older_store_is_upgraded_and_keeps_what_it_holds(
    store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(store_url)
    store.put_source(Source("a", "dcat-us", "https://a.example"))
    store.close()
    later = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, later)
    (later / "versions" / "r9999_later.py").write_text(LATER)
    monkeypatch.setattr(migrate, "MIGRATIONS", later)
    monkeypatch.setattr(migrate, "REVISION", "9999")
    Store.open(store_url).close()
    assert run(store_url, "SELECT id, colour FROM sources") == [("a", None)]
    assert run(store_url, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_many_who_open_an_empty_place_at_once_all_get_a_store(empty_url: str) -> None:
    done: list[Migrated] = []

    def open_it() -> None:
        database = Database.connect(empty_url)
        done.append(migrate.migrate(database))
        database.close()

    openers = [threading.Thread(target=open_it) for _ in range(6)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    assert [one.revision for one in done] == [REVISION] * 6
    assert [one.found for one in done].count(None) == 1
    assert run(empty_url, "SELECT version_num FROM alembic_version") == [(REVISION,)]


@pytest.mark.parametrize("store_kind", ["newest", "oldest"])
def test_a_migration_does_not_queue_others_behind_a_long_question(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a dump that reads a table the migration changes: the migration steps back and comes again."""
    Store.open(empty_url).close()
    later = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, later)
    (later / "versions" / "r9999_later.py").write_text(LATER)
    old = Store.open(empty_url)
    monkeypatch.setattr(migrate, "MIGRATIONS", later)
    monkeypatch.setattr(migrate, "REVISION", "9999")
    monkeypatch.setattr(migrate, "TABLE_LOCK", "100ms")
    upgrade = threading.Thread(target=lambda: Store.open(empty_url).close())
    with old.database.read() as dump:
        dump.execute(text("SELECT * FROM sources"))
        upgrade.start()
        upgrade.join(timeout=1)
        assert upgrade.is_alive()
        assert old.sources() == []
    upgrade.join()
    assert run(empty_url, "SELECT version_num FROM alembic_version") == [("9999",)]
    old.close()


def test_a_store_of_a_newer_version_is_left_alone(store_url: str) -> None:
    Store.open(store_url).close()
    run(
        store_url,
        "UPDATE alembic_version SET version_num = '9999'",
        "INSERT INTO compatibility VALUES ('9998')",
    )
    with pytest.raises(StoreError, match=r"made by a newer version .* from 9998 on; this one knows"):
        Store.open(store_url)


def test_a_newer_version_that_can_be_worked_beside_is_worked_beside(store_url: str) -> None:
    """As while a hub is upgraded: the new version has migrated, an old process is started once more."""
    Store.open(store_url).close()
    run(
        store_url,
        "UPDATE alembic_version SET version_num = '9999'",
        f"INSERT INTO compatibility VALUES ('{REVISION}')",
        "ALTER TABLE sources ADD COLUMN colour TEXT",
    )
    store = Store.open(store_url)
    store.put_source(Source("a", "dcat-us", "https://a.example"))
    assert [source.id for source in store.sources()] == ["a"]
    store.close()
    assert run(store_url, "SELECT version_num FROM alembic_version") == [("9999",)]


def test_a_database_of_another_program_is_left_alone(empty_url: str) -> None:
    run(empty_url, "CREATE TABLE records (id INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        Store.open(empty_url)
    assert run(empty_url, "SELECT * FROM records") == []


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "store.sqlite",
        "nosuch://x",
        "mysql://hub:secret@db/hub",
        "postgresql+nosuch://hub:secret@db/hub",
        "postgresql+psycopg2://hub:secret@db/hub",
        "postgresql://hub:secret@db:port/hub",
    ],
)
def test_a_url_that_names_no_database_is_explained_without_its_password(bad: str) -> None:
    with pytest.raises(StoreError, match="sqlite:////") as caught:
        Store.open(bad)
    assert "secret" not in str(caught.value)
