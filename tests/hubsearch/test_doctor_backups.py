"""The doctor tells how old the backups are, what a restore left, and where something piles up."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hubsearch.backup import back_up
from hubsearch.backup_restore import present, restore
from hubsearch.doctor import Check, examine
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import read_settings
from index.ingest import ingest
from tests.index.ingest.support import SOURCE, TOY, Feed, days, many, record


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    settings = replace(read_settings({"HUBSEARCH_HOME": str(tmp_path / "hub")}), fixed_now=days(1))
    with open_hub(settings) as opened:
        opened.store.put_source(SOURCE)
        ingest(opened.store, SOURCE, Feed(many(40)), now=days(0), mapper=TOY)
        yield opened


def told(hub: Hub, part: str, after: timedelta = timedelta(0)) -> list[Check]:
    later = replace(hub.settings, fixed_now=hub.settings.now() + after)
    return [check for check in examine(later, [part]) if check.part == part]


def test_a_backup_is_missed_then_fresh_then_too_old(hub: Hub, tmp_path: Path) -> None:
    (never,) = told(hub, "backups")
    assert (never.level, "hubsearch backup" in never.advice) == ("note", True)
    back_up(hub, tmp_path / "backup")
    (fresh,) = told(hub, "backups", timedelta(days=7))
    assert (fresh.level, fresh.facts["folder"]) == ("ok", str(tmp_path / "backup"))
    (old,) = told(hub, "backups", timedelta(days=9))
    assert (old.level, "9 days old" in old.says) == ("finding", True)


def test_a_restore_that_was_cut_off_is_a_finding_that_names_the_way_back(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(hub, tmp_path / "backup")
    ingest(hub.store, SOURCE, Feed(many(41)), now=days(0.5), mapper=TOY)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("hubsearch.backup_restore.build_in_turn", killed)
    with pytest.raises(KeyboardInterrupt):
        restore(hub.settings, tmp_path / "backup", present(hub.settings), lambda message: None)
    monkeypatch.undo()
    (finding,) = [check for check in told(hub, "backups") if check.level == "finding"]
    before = Path(finding.facts["folders"][0])
    assert str(before) in finding.advice
    assert hub.store.record_counts() == {"town": 40}
    restore(hub.settings, before, present(hub.settings), lambda message: None)
    assert hub.store.record_counts() == {"town": 41}
    assert [check.level for check in told(hub, "backups")] == ["ok"]


def test_a_portal_that_sends_many_more_refused_records_is_a_finding(hub: Hub) -> None:
    assert told(hub, "sources")[0].level == "ok"
    refused = [record(f"bad{n}", refuse="no title") for n in range(9)]
    ingest(hub.store, SOURCE, Feed([*many(40), *refused]), now=days(0.5), mapper=TOY)
    (finding,) = told(hub, "sources")
    assert (finding.level, finding.facts["quarantined"]) == ("finding", 9)
    assert "runs show" in finding.advice
    ingest(hub.store, SOURCE, Feed([*many(40), *refused]), now=days(0.6), mapper=TOY)
    assert told(hub, "sources")[0].level == "ok", "known by now"


def test_spools_that_no_run_needs_are_told(hub: Hub) -> None:
    folder = hub.settings.spool / "gone"
    folder.mkdir(parents=True)
    (folder / "1.spool").write_bytes(b"x" * 2048)
    assert len(told(hub, "disk")) == 1
    long_ago = (hub.settings.now() - timedelta(days=3)).timestamp()
    os.utime(folder / "1.spool", (long_ago, long_ago))
    note = told(hub, "disk")[-1]
    assert (note.level, note.facts) == ("note", {"files": 1, "bytes": 2048})
    assert "gone" in note.says


def test_a_build_by_hand_that_was_killed_is_only_told(hub: Hub) -> None:
    held = hub.leases.take("build")
    assert held is not None
    job = hub.store.jobs.get("build")
    assert job is not None
    hub.store.jobs.expire(job)
    (note,) = told(hub, "work")
    assert (note.level, "index build" in note.advice) == ("note", True)
