"""A store made by the first release is upgraded, and everything in it is there and goes on.

`first_release.json` is what version 0.1.0 wrote for five harvests of two towns.
"""

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Column, DateTime, LargeBinary, MetaData, create_engine, text

from index.ingest import ingest
from index.store import RecordHead, Store
from index.store.migrate import MIGRATIONS
from tests.index.ingest.support import SOURCE, TOY, Feed, days, numbers, record

WRITTEN: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "first_release.json").read_text(encoding="utf-8")
)
FEED = [record("a", "Wells of the town, revised", keywords=["Water"], views=6), record("c", "Trees é 日本")]


def as_the_first_release(url: str) -> None:
    """Make its tables and put into them what it wrote."""
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if rows := WRITTEN.get(table.name):
                connection.execute(table.delete())
                values = [{name: value(table.c[name], told) for name, told in row.items()} for row in rows]
                connection.execute(table.insert(), values)
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT setval('runs_id_seq', (SELECT max(id) FROM runs))"))
    engine.dispose()


def value(column: Column[Any], told: Any) -> Any:
    if isinstance(column.type, LargeBinary):
        return base64.b64decode(told)
    moment = isinstance(column.type, DateTime) and told is not None
    if not moment:
        return told
    if column.type.timezone:
        return datetime.fromisoformat(told)
    return datetime.fromisoformat(told).replace(tzinfo=None)


@pytest.fixture
def store(empty_url: str) -> Iterator[Store]:
    as_the_first_release(empty_url)
    opened = Store.open(empty_url)
    yield opened
    opened.close()


def test_records_sources_runs_and_labels_are_as_they_were(store: Store) -> None:
    heads = {(head.source, head.identifier): head for head in store.heads()}
    assert heads["town", "b"] == RecordHead("wy301msp5wbh", "Old map", "town", "b", deleted=True)
    assert sorted(name for name, head in heads.items() if not head.deleted) == [
        ("county", "a"), ("county", "d"), ("town", "a"), ("town", "c"),
    ]  # fmt: skip
    first = store.record("vx49vsrga5gd")
    assert (first.dataset.title, first.views, first.run) == ("Wells of the town, revised", 6, "3")
    assert (first.first_seen, first.last_seen) == (days(0), days(9))
    assert store.raw(first.id) == FEED[0].payload
    assert [(run.status, run.step) for run in store.runs()] == [
        ("held", 0), ("ok", 0), ("ok", 0), ("ok", 0), ("ok", 0),
    ]  # fmt: skip
    assert [entry.identifier for entry in store.quarantined("town")] == ["bad"]
    assert [error.slug for error in store.run_errors("1")] == ["duplicate-identifier", "missing-title"]
    assert store.facet_labels()["jurisdiction", "town-county"] == "Town County"
    assert store.source("county").contact_email == "data@county.example"


def test_the_change_sequence_and_the_runs_go_on_where_they_were(store: Store) -> None:
    assert store.last_sequence() == 8
    assert [change.sequence for change in store.changes_after(0, 10)] == [4, 5, 6, 7, 8]
    bad = record("bad", refuse="no title")
    run = ingest(store, SOURCE, Feed([*FEED, bad]), now=days(10), mapper=TOY)
    assert (run.id, numbers(run)) == ("6", {"fetched": 3, "unchanged": 2, "quarantined": 1})
    assert store.last_sequence() == 8
    run = ingest(store, SOURCE, Feed([*FEED, bad, record("b", "Old map")]), now=days(11), mapper=TOY)
    assert (run.added, store.last_sequence()) == (1, 9)
    assert store.record("wy301msp5wbh").deleted_at is None
