"""`hubsearch remap`, and a worker that does the same after an upgrade."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from index.store.changes import touch
from index.store.codec import Encoder, decode_dataset
from index.store.schema import contents, records
from mappings.schemas import MAPPING_VERSION
from tests.hubsearch.workers import Hub, document, wait_until
from tests.portals import FeedsPortal


@pytest.fixture(params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    """A hub that harvested two sources with the mappings of an older version, which did not know titles."""
    url = f"sqlite:///{tmp_path / 'hub' / 'store.sqlite'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    opened = Hub(tmp_path / "hub", url)
    with FeedsPortal({"a": 30, "b": 5}) as portal:
        opened.portals.write_text(portal.entries())
        assert opened.command("harvest", "--all", "--quiet").returncode == 0
    grow_old(opened)
    yield opened
    opened.close()


def grow_old(hub: Hub) -> None:
    encoder = Encoder()
    with hub.store.database.write() as connection:
        for row in connection.execute(select(contents.c.record, contents.c.dataset)).all():
            dataset = decode_dataset(row.dataset)
            dataset.title = "Bridges of an older version"
            values = {"dataset": encoder.json(dataset)}
            connection.execute(update(contents).where(contents.c.record == row.record).values(values))
        connection.execute(update(records).values(mapping_version=MAPPING_VERSION - 1))
        touch(connection, connection.execute(select(records.c.cluster_id)).scalars().all())


def old_titles(hub: Hub) -> int:
    return sum("older" in record.dataset.title for record in hub.store.live_records())


def test_by_command_records_index_and_feed_become_what_this_version_makes(hub: Hub) -> None:
    done = hub.command("remap", "--source", "a", "--json")
    assert done.returncode == 0, done.stderr
    told = document(done)
    counts = {name: told[name] for name in ("records", "current", "remapped", "changed", "failed")}
    assert counts == {"records": 30, "current": 0, "remapped": 30, "changed": 30, "failed": 0}
    assert [one["source"] for one in told["sources"]] == ["a"]
    assert (told["version"], told["errors"]) == (MAPPING_VERSION, [])
    assert old_titles(hub) == 5
    assert hub.drift() == {"store": 35, "index": 35, "missing": 0, "extra": 0, "stale": 0}
    again = document(hub.command("remap", "--json"))
    assert [(one["source"], one["current"], one["remapped"]) for one in again["sources"]] == [
        ("a", 30, 0),
        ("b", 0, 5),
    ]
    assert old_titles(hub) == 0
    full = document(hub.command("remap", "--full", "--json"))
    assert (full["remapped"], full["changed"]) == (35, 0)
    assert "remap" in {job.name for job in hub.store.jobs.every()}
    assert document(hub.command("search", "older", "--json"))["total"] == 0


def test_what_is_no_source_is_named(hub: Hub) -> None:
    done = hub.command("remap", "--source", "nowhere")
    assert (done.returncode, "there are: a, b" in done.stderr) == (2, True)


def test_a_new_level_of_the_portal_reaches_what_is_stored(hub: Hub) -> None:
    hub.portals.write_text(hub.portals.read_text().replace('id = "b"', 'id = "b"\nlevel = "county"'))
    assert hub.command("remap", "--source", "b", "--full").returncode == 0
    assert hub.store.source("b").level == "county"


def test_a_worker_does_it_by_itself(hub: Hub) -> None:
    worker = hub.worker()
    wait_until(lambda: old_titles(hub) == 0, worker)
    wait_until(lambda: "mappings: b: 5 records, 5 changed" in worker.said(), worker)
    with hub.store.database.read() as connection:
        assert connection.execute(select(records.c.mapping_version).distinct()).scalars().all() == [
            MAPPING_VERSION
        ]
    worker.kill()
