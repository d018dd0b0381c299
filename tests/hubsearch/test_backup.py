"""A backup is of one moment, whoever writes meanwhile, and one command makes a hub of it again."""

import json
import multiprocessing
import os
import shutil
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

import hubsearch.backup
from hubsearch.backup import PART, back_up
from hubsearch.backup_manifest import BackupError
from hubsearch.backup_restore import present, restore
from hubsearch.decisions import approve_run
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import Settings, read_settings
from index.follow import check
from index.ingest import ingest
from index.store import Run
from index.store.leases import Outcome
from tests.conftest import Command, run_command
from tests.conftest import Outcome as Ended
from tests.hubsearch.workers import accounts
from tests.index.ingest.support import NOW, SOURCE, TOY, Feed, days, many, record
from tests.portals import FeedsPortal

PORTALS = '[[portal]]\nid = "town"\ntype = "dcat-us"\nurl = "https://town.example/data.json"\n'


def settings_of(home: Path, store: str | None = None, **more: str) -> Settings:
    named = {"HUBSEARCH_HOME": str(home), "HUBSEARCH_PORTALS": str(home / "portals.toml"), **more}
    return read_settings(named | ({"HUBSEARCH_STORE": store} if store else {}))


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Of a hub on either store, with a portals file and a password."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    made = settings_of(tmp_path / "hub", url)
    made.home.mkdir()
    made.portals.write_text(PORTALS)
    (made.home / "secrets.toml").write_text('HUBSEARCH_SECRET_TOWN = "sesame"\n')
    return made


@pytest.fixture
def hub(settings: Settings) -> Iterator[Hub]:
    with open_hub(settings) as opened:
        opened.store.put_source(SOURCE)
        yield opened


@pytest.fixture
def elsewhere(tmp_path: Path) -> Settings:
    """Of an empty home."""
    return settings_of(tmp_path / "elsewhere")


@contextmanager
def restored(settings: Settings, folder: Path) -> Iterator[Hub]:
    restore(settings, folder, present(settings), lambda message: None)
    with open_hub(settings) as hub:
        assert_whole(hub)
        yield hub


def assert_whole(hub: Hub) -> None:
    """The index is the store's, every run that ended accounts for its records, nobody is at work."""
    counts = check(hub.store, hub.engine)
    assert (counts["missing"], counts["extra"], counts["stale"]) == (0, 0, 0)
    assert counts["store"] == counts["index"] == sum(hub.store.record_counts().values())
    assert all(accounts(run) for run in hub.store.runs())
    assert [job.name for job in hub.store.jobs.every() if job.owner] == []


def harvest(hub: Hub, feed: Feed, day: float = 0, **more: object) -> Run:
    return ingest(hub.store, SOURCE, feed, now=days(day), mapper=TOY, **more)


class MidHarvest(Feed):
    """Takes a backup when two batches of it have landed and the third is being read."""

    hub: Hub
    target: Path
    readings = 0

    def records(self):
        self.readings += 1
        for number, item in enumerate(self.items):
            if self.readings == 2 and number == 1_100:
                back_up(self.hub, self.target)
            yield item


def test_a_backup_in_mid_harvest_restores_to_what_had_landed_and_the_next_harvest_does_the_rest(
    hub: Hub, elsewhere: Settings, tmp_path: Path
) -> None:
    feed = MidHarvest(many(1_500))
    feed.hub, feed.target = hub, tmp_path / "backup"
    whole = harvest(hub, feed)
    assert (whole.status, whole.added) == ("ok", 1_500)
    with restored(elsewhere, tmp_path / "backup") as again:
        assert again.store.record_counts() == {"town": 1_000}
        (run,) = again.store.runs()
        assert (run.status, run.slug) == ("failed", "interrupted")
        rest = harvest(again, Feed(many(1_500)), 1)
        assert (rest.status, rest.added, rest.unchanged) == ("ok", 500, 1_000)
        ids = [(head.id, head.identifier) for head in again.store.heads()]
        assert ids == [(head.id, head.identifier) for head in hub.store.heads()]


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_held_run_is_approved_after_the_restore_in_another_home(
    hub: Hub, elsewhere: Settings, tmp_path: Path, command: Command
) -> None:
    with FeedsPortal({"town": 30}) as portal:
        hub.settings.portals.write_text(portal.entries())
        environment = {"HUBSEARCH_STORE": hub.settings.store}
        assert command("harvest", **environment).status == 0
        portal.sizes["town"] = 3
        assert command("harvest", **environment).status == 4
    back_up(hub, tmp_path / "backup")
    shutil.rmtree(hub.settings.spool)
    with restored(elsewhere, tmp_path / "backup") as again:
        held = again.store.runs()[0]
        assert Path(held.spool or "").is_relative_to(elsewhere.spool)
        run = approve_run(again, held.id, lambda message: None)
        assert (run.decision, run.deleted) == ("approved", 27)
        assert again.store.record_counts() == {"town": 3}


def test_portals_file_passwords_and_feed_come_back_and_only_the_owner_reads_the_passwords(
    hub: Hub, elsewhere: Settings, tmp_path: Path
) -> None:
    harvest(hub, Feed(many(5)))
    hub.publish()
    back_up(hub, tmp_path / "backup")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o700
    with restored(elsewhere, tmp_path / "backup") as again:
        assert elsewhere.portals.read_text() == PORTALS
        kept = elsewhere.home / "secrets.toml"
        assert "sesame" in kept.read_text()
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        assert [path.name for path in elsewhere.home.glob(".*")] == []
        assert present(again.settings).counts["records"] == 5


@pytest.mark.parametrize(
    ("settings", "engine"), [("sqlite", "tantivy"), ("postgres", "elasticsearch")], indirect=["settings"]
)
def test_an_older_backup_over_a_hub_whose_index_is_ahead(
    hub: Hub, tmp_path: Path, engine: str, request: pytest.FixtureRequest
) -> None:
    settings = hub.settings
    if engine == "elasticsearch":
        index = request.getfixturevalue("cluster_index")
        access = replace(settings.engine_access, index=index)
        url = request.getfixturevalue("elasticsearch_url")
        settings = replace(settings, engine=url, engine_access=access)
    with open_hub(settings) as before:
        harvest(before, Feed(many(20)))
        before.catch_up(lambda message: None)
        back_up(before, tmp_path / "backup")
        harvest(before, Feed([*many(20, note="new"), record("later")]), 1)
        before.catch_up(lambda message: None)
        assert before.engine.watermark() > 20
    with restored(settings, tmp_path / "backup") as again:
        assert again.store.record_counts() == {"town": 20}
        assert again.engine.watermark() == again.store.last_sequence() == 20
        assert list(settings.home.glob("before-restore-*")) == []


def test_without_yes_a_restore_over_something_only_says_what_it_would_do(
    tmp_path: Path, hub_home: Path, command: Command
) -> None:
    with open_hub(settings_of(hub_home)) as hub:
        hub.store.put_source(SOURCE)
        harvest(hub, Feed(many(3)))
        done = command("backup", str(tmp_path / "backup"), "--json")
        assert (done.status, done.json["records"]) == (0, 3), done.stderr
        harvest(hub, Feed(many(4)), 1)
        only_said = command("restore", str(tmp_path / "backup"))
        assert only_said.status == 0
        assert "4 records" in only_said.stderr
        assert "--yes" in only_said.stderr
        assert hub.store.record_counts() == {"town": 4}
    done = command("restore", str(tmp_path / "backup"), "--yes", "--json")
    assert (done.status, done.json["restored"], done.json["documents"]) == (0, True, 3), done.stderr
    assert command("backup", str(tmp_path / "backup")).status == 2, "another backup is never written over"


def test_a_store_that_is_damaged_is_put_aside_and_replaced(
    hub_home: Path, tmp_path: Path, command: Command
) -> None:
    with open_hub(settings_of(hub_home)) as hub:
        hub.store.put_source(SOURCE)
        harvest(hub, Feed(many(3)))
        back_up(hub, tmp_path / "backup")
    (hub_home / "store.sqlite").write_bytes(b"no database at all" * 1_000)
    assert "not a database" in command("restore", str(tmp_path / "backup")).stderr
    done: Ended = command("restore", str(tmp_path / "backup"), "--yes")
    assert done.status == 0, done.stderr
    with open_hub(settings_of(hub_home)) as hub:
        assert_whole(hub)
        assert hub.store.record_counts() == {"town": 3}


def spoil(folder: Path) -> None:
    data = bytearray((folder / "store.sqlite").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "store.sqlite").write_bytes(data)


def lose(folder: Path) -> None:
    (folder / "portals.toml").unlink()


def outgrow(folder: Path) -> None:
    said = json.loads((folder / "backup.json").read_text())
    (folder / "backup.json").write_text(json.dumps(said | {"format": 2, "files": "elsewhere"}))


def climb(folder: Path) -> None:
    said = json.loads((folder / "backup.json").read_text())
    said["files"].append({"path": "spool/../../../etc/passwd", "bytes": 1, "sha256": "0"})
    (folder / "backup.json").write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (spoil, "store.sqlite is not what was written"),
        (lose, "portals.toml cannot be read"),
        (outgrow, "newer version of hubsearch"),
        (climb, "which no backup holds"),
        (lambda folder: (folder / "backup.json").unlink(), "is no backup"),
    ],
)
@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_damaged_or_newer_backup_is_refused_and_nothing_is_changed(
    hub: Hub, tmp_path: Path, harm: object, says: str
) -> None:
    harvest(hub, Feed(many(3)))
    back_up(hub, tmp_path / "backup")
    harvest(hub, Feed(many(4)), 1)
    assert callable(harm)
    harm(tmp_path / "backup")
    with pytest.raises(BackupError, match=says):
        restore(hub.settings, tmp_path / "backup", present(hub.settings), lambda message: None)
    assert hub.store.record_counts() == {"town": 4}
    assert hub.settings.portals.read_text() == PORTALS
    assert [path.name for path in hub.settings.home.glob("*restore*")] == []


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_hub_at_work_is_not_replaced(hub: Hub, tmp_path: Path) -> None:
    back_up(hub, tmp_path / "backup")
    held = hub.leases.take("worker")
    assert held is not None
    with pytest.raises(BackupError, match=r"worker by process .*; stop workers and harvests"):
        restore(hub.settings, tmp_path / "backup", present(hub.settings), lambda message: None)
    hub.leases.finish(held, Outcome(done_at=NOW))


def back_up_and_die(home: str, target: str) -> None:
    hubsearch.backup.write_manifest = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    with open_hub(settings_of(Path(home))) as hub:
        back_up(hub, Path(target))


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_killed_backup_leaves_nothing_that_looks_like_one(hub: Hub, tmp_path: Path) -> None:
    target = tmp_path / "backups" / "monday"
    process = multiprocessing.get_context("spawn").Process(
        target=back_up_and_die, args=(str(hub.settings.home), str(target))
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert [path.name for path in target.parent.iterdir()] == [PART]
    back_up(hub, target)
    assert [path.name for path in target.parent.iterdir()] == ["monday"], "the remains are cleared away"


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_backup_on_a_full_disk_says_so_and_leaves_nothing(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(hubsearch.backup, "write_manifest", full)
    with pytest.raises(BackupError, match=r"No space left.*Make room"):
        back_up(hub, tmp_path / "full" / "backup")
    assert list((tmp_path / "full").iterdir()) == []


def test_the_demo_hub_goes_into_a_backup_and_comes_out_the_same(demo_home: Path, tmp_path: Path) -> None:
    shutil.copytree(demo_home, tmp_path / "demo")
    assert run_command(tmp_path / "demo", "backup", str(tmp_path / "backup")).status == 0
    home = tmp_path / "hub"
    done = run_command(home, "restore", str(tmp_path / "backup"))
    assert done.status == 0, done.stderr
    for words in (("search", "medicare", "--facets"), ("record", "list")):
        assert run_command(home, *words, "--json").json == run_command(demo_home, *words, "--json").json
