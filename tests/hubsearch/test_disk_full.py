"""A full disk pauses a hub and loses nothing; when there is room it goes on. The long form is
`benchmarks.faults.disk_full`.

The disk is a small file system of its own, in memory; a user who may not mount one skips these tests.
"""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import hubsearch.room
from benchmarks.faults.changing_feeds import ChangingPortal
from benchmarks.faults.disk_full import rounds
from benchmarks.faults.killed_hub import KilledHub
from benchmarks.faults.small_disk import NoSmallDisk, fill, make_room, small_disk
from hubsearch.backup import PART, back_up
from hubsearch.backup_manifest import BackupError
from hubsearch.doctor import examine, well
from hubsearch.feed_key import feed_key
from hubsearch.hub import Hub, open_hub
from hubsearch.publishing import feed_place
from hubsearch.room import room_warning
from hubsearch.serving import _application
from hubsearch.settings import read_settings
from index.engines.protocol import EngineError
from index.follow import check, everything
from index.ingest import ingest
from index.owner import this_process
from index.store import StoreError
from index.store.leases import Outcome
from tests.hubsearch.workers import Hub as Workers
from tests.hubsearch.workers import wait_until
from tests.index.ingest.support import SOURCE, TOY, Feed, days, many
from tests.portals import FeedsPortal
from tests.search_api.browser import TestClient

TEXT = "Water quality at every station, sampled weekly. " * 40


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    try:
        with small_disk(tmp_path / "disk", 48) as mounted:
            yield mounted
    except NoSmallDisk as missing:
        pytest.skip(f"{missing}; run as root to test a full disk")


@pytest.fixture
def hub(disk: Path) -> Iterator[Hub]:
    """With ten records, on a disk that can be filled."""
    with open_hub(read_settings({"HUBSEARCH_HOME": str(disk / "hub")})) as opened:
        opened.store.put_source(SOURCE)
        ingest(opened.store, SOURCE, Feed(many(10)), now=days(0), mapper=TOY)
        opened.catch_up(lambda message: None)
        yield opened


def visible(hub: Hub) -> int:
    return hub.engine.count(everything())


def test_a_store_without_room_says_what_to_do_and_keeps_what_it_has(hub: Hub, disk: Path) -> None:
    fill(disk, 100_000)
    with pytest.raises(StoreError, match="the disk is full; free some space"):
        ingest(hub.store, SOURCE, Feed(many(3_000, text=TEXT)), now=days(1), mapper=TOY)
    assert hub.store.record_counts() == {"town": 10}
    make_room(disk)
    run = ingest(hub.store, SOURCE, Feed(many(3_000, text=TEXT)), now=days(2), mapper=TOY)
    assert (run.status, run.added, run.updated) == ("ok", 2_990, 10)


def test_an_index_without_room_stays_the_searchable_one_and_follows_when_there_is(
    hub: Hub, disk: Path
) -> None:
    ingest(hub.store, SOURCE, Feed(many(3_000)), now=days(1), mapper=TOY)
    fill(disk, 20_000)
    with pytest.raises(EngineError, match=r"stays as it was.*the disk is full"):
        hub.follow()
    assert visible(hub) == 10
    make_room(disk)
    hub.follow()
    assert visible(hub) == 3_000
    assert check(hub.store, hub.engine)["missing"] == 0


def test_a_disk_without_room_is_told_where_a_load_balancer_and_an_operator_look(
    hub: Hub, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubsearch.room, "LEAST_FREE", 4 << 20)  # the whole disk is a small one
    assert room_warning(hub.settings) is None
    assert well(examine(hub.settings, ["disk"]))
    fill(disk, 2 << 20)
    with ExitStack() as stack:
        client = TestClient(_application(hub, stack))
        health, readiness = client.get("/healthz"), client.get("/readyz")
    assert (health.status_code, readiness.status_code) == (200, 200)
    for answer in (health, readiness):
        (warning,) = answer.json()["warnings"]
        assert "little room is left on the disk" in warning
        assert str(hub.settings.home) not in warning, "everybody may read it"
    (found,) = examine(hub.settings, ["disk"])
    assert (found.level, found.facts["free"] <= 2 << 20) == ("finding", True)


def test_a_feed_without_room_is_the_one_before_and_the_rest_of_the_harvest_is_none_the_worse(
    disk: Path,
) -> None:
    with ChangingPortal(large=False) as portal:
        killed = KilledHub(disk, portal)
        killed.restart()
    feed, said = killed.settings.feeds / "data.json", []
    before = feed.read_bytes()
    with open_hub(killed.settings) as hub:
        source = hub.store.sources()[0]
        hub.store.put_source(replace(source, contact_name="Data Desk", contact_email="data@example.gov"))
        fill(disk, 200_000)
        hub.catch_up(said.append)
        assert "The feed is as it was before" in "".join(said)
        assert feed.read_bytes() == before
        make_room(disk)
        hub.catch_up(said.append)
        assert len(said) == 1
        assert feed_place(hub.store, hub.settings).key() == feed_key(hub.store, hub.settings.base_url)


def test_a_backup_without_room_leaves_nothing(hub: Hub, disk: Path) -> None:
    fill(disk, 100_000)
    with pytest.raises((BackupError, StoreError), match=r"full|No space"):
        back_up(hub, disk / "backup")
    assert not (disk / "backup").exists()
    assert not (disk / PART).exists()


def test_harvests_on_a_full_disk_end_with_a_message_and_the_next_one_does_the_rest(disk: Path) -> None:
    with ChangingPortal(large=False) as portal:
        hub = KilledHub(disk, portal)
        rounds(hub, disk, 2, seed=4)
    assert hub.broken == []


def test_a_worker_on_a_full_disk_waits_says_so_and_goes_on_when_there_is_room(disk: Path) -> None:
    with FeedsPortal({"town": 50}) as portal:
        hub = Workers(disk / "hub", f"sqlite:///{disk / 'hub' / 'store.sqlite'}")
        try:
            hub.portals.write_text(portal.entries())
            worker = hub.worker()
            wait_until(lambda: hub.harvested("town"), worker)
            portal.sizes["town"], portal.seconds = 80, 2.0
            hub.store.jobs.plan({"harvest:town": datetime.now(UTC)})
            wait_until(portal.under_way, worker)
            fill(disk, 20_000)
            wait_until(lambda: "disk is full" in worker.said(), worker)
            make_room(disk)
            # what came of it is written down as soon as that can be, and when it is tried again
            wait_until(lambda: "disk is full" in (hub.job("town").trouble or ""), worker)
            due = hub.job("town").due_at
            assert due is not None
            assert due > datetime.now(UTC) + timedelta(minutes=3)
            lease = hub.store.jobs.take("harvest:town", this_process(), seconds=30)
            assert lease is not None
            hub.store.jobs.finish(lease, Outcome(datetime.now(UTC)))
            wait_until(lambda: hub.store.record_counts() == {"town": 80}, worker)
            assert worker.process.poll() is None
            worker.signal(signal.SIGTERM)
            worker.ended()
            assert hub.drift()["missing"] == 0
        finally:
            hub.close()
