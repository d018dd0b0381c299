"""What only a file can do: be locked, be missing, be something else."""

import sqlite3
from pathlib import Path

import pytest

from index.store import Source, Store, StoreError, sqlite


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_file_that_is_no_database_is_named_as_that(tmp_path: Path) -> None:
    (tmp_path / "s.sqlite").write_text("Dear diary, " * 100)
    with pytest.raises(StoreError, match=r"s\.sqlite.*no SQLite database"):
        Store.open(url(tmp_path / "s.sqlite"))


def test_a_folder_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="check the path and its rights"):
        Store.open(url(tmp_path / "nowhere" / "s.sqlite"))


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
