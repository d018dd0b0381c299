"""A held run can be approved wherever its spool is, after a backup too; elsewhere it is said where it is."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import hubsearch.backup
import hubsearch.spools
from harvesters.spool import SpoolReader, SpoolWriter
from hubsearch.backup import ATTEMPTS, back_up
from hubsearch.backup_restore import present, restore
from hubsearch.decisions import approve_run, reject_run
from hubsearch.doctor import examine
from hubsearch.hub import Hub, open_hub
from hubsearch.settings import Settings
from hubsearch.spools import drop_spool, new_spool
from index.ingest import ingest
from index.ingest.errors import IngestError
from index.store import Run, runs
from mappings.source_record import RunStatement, SourceRecord
from tests.conftest import run_command
from tests.hubsearch.test_backup import settings_of
from tests.index.ingest.support import SOURCE, days

Hook = Callable[[], object]


@pytest.fixture(params=["sqlite", "postgres"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    """On either store, with thirty records of one source."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    with open_hub(settings_of(tmp_path / "hub", url)) as opened:
        opened.store.put_source(SOURCE)
        assert run_of(opened, 30).status == "ok"
        yield opened


only_sqlite = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("hub", ["postgres"], indirect=True)


def run_of(hub: Hub, number: int, note: str = "") -> Run:
    """Land a fetch of so many records as a harvest does, from its spool."""
    spool = new_spool(hub.settings, SOURCE.id)
    with SpoolWriter(spool) as writer:
        for one in range(number):
            payload = json.dumps({"identifier": f"r{one}", "title": f"Record {one}{note}"}).encode()
            writer.write(
                SourceRecord(SOURCE.id, f"r{one}", "dcat-us-1.1", payload, None, f"{one:031x}{note[:1]}")
            )
        writer.close(RunStatement(complete=True))
    run = ingest(hub.store, SOURCE, SpoolReader(spool), now=days(1), spool_path=spool)
    if run.status != "held":
        drop_spool(spool)
    return run


def held_run_of(hub: Hub) -> Run:
    run = run_of(hub, 3)
    assert run.status == "held", run
    return run


def around_the_copy(monkeypatch: pytest.MonkeyPatch, before: Hook, after: Hook) -> list[None]:
    """Do something right before and right after the store is copied; as long as what is given back, so often
    it was copied."""
    real, times = hubsearch.backup.take_snapshot, []

    def take(*given: object) -> object:
        times.append(None)
        before()
        taken = real(*given)  # type: ignore[arg-type]
        after()
        return taken

    monkeypatch.setattr(hubsearch.backup, "take_snapshot", take)
    return times


def nothing() -> None:
    pass


def restored(home: Path, folder: Path) -> Settings:
    settings = settings_of(home)
    restore(settings, folder, present(settings), lambda message: None)
    return settings


def waiting(hub: Hub) -> list[Run]:
    return [run for run in hub.store.runs() if run.status == "held" and not run.decision]


def approve(hub: Hub, run: Run) -> Run:
    return approve_run(hub, run.id, lambda message: None)


def test_a_run_that_is_held_while_the_backup_is_made_is_approved_after_the_restore(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    around_the_copy(monkeypatch, lambda: held_run_of(hub), nothing)
    assert back_up(hub, tmp_path / "backup").lacking == []
    shutil.rmtree(hub.settings.spool)
    with open_hub(restored(tmp_path / "elsewhere", tmp_path / "backup")) as again:
        (run,) = waiting(again)
        assert approve(again, run).deleted == 27
        assert again.store.record_counts() == {"town": 3}


@pytest.mark.parametrize(("decide", "left"), [(approve, 3), (lambda hub, run: reject_run(hub, run.id), 30)])
def test_a_run_that_is_decided_before_the_store_is_copied_comes_back_decided(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, decide: Callable[[Hub, Run], object], left: int
) -> None:
    held = held_run_of(hub)
    around_the_copy(monkeypatch, lambda: decide(hub, held), nothing)
    manifest = back_up(hub, tmp_path / "backup")
    assert manifest.counts["held"] == 0
    assert [file.path for file in manifest.files if file.path.startswith("spool/")] == []
    with open_hub(restored(tmp_path / "elsewhere", tmp_path / "backup")) as again:
        assert waiting(again) == []
        assert again.store.record_counts() == {"town": left}


def test_a_run_that_is_decided_after_the_store_is_copied_is_approved_after_the_restore(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy was made before the decision: it shows the run as held, and has its spool."""
    held = held_run_of(hub)
    times = around_the_copy(monkeypatch, nothing, lambda: reject_run(hub, held.id))
    assert back_up(hub, tmp_path / "backup").lacking == []
    assert len(times) == 1
    with open_hub(restored(tmp_path / "elsewhere", tmp_path / "backup")) as again:
        (run,) = waiting(again)
        assert approve(again, run).deleted == 27


def test_where_a_run_is_held_and_decided_within_the_backup_the_store_is_copied_again(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Run] = []

    def hold() -> None:
        if not held:
            held.append(held_run_of(hub))

    def reject() -> None:
        if hub.store.run(held[0].id) in waiting(hub):
            reject_run(hub, held[0].id)

    times = around_the_copy(monkeypatch, hold, reject)
    assert back_up(hub, tmp_path / "backup").lacking == []
    assert len(times) == 2
    with open_hub(restored(tmp_path / "elsewhere", tmp_path / "backup")) as again:
        assert waiting(again) == []


@only_sqlite
def test_a_run_that_is_being_approved_while_the_backup_is_made_is_approved_to_its_end_after_the_restore(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_of(hub, 1_200).added == 1_170
    held = run_of(hub, 600, "x")
    real, steps = runs.take_step, []

    def in_the_third(*given: object, **more: object) -> bool:
        """The first batch has landed then, and the second one is being written."""
        steps.append(None)
        if len(steps) == 3:
            back_up(hub, tmp_path / "backup")
        return real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(runs, "take_step", in_the_third)
    assert approve(hub, held).updated == 600
    monkeypatch.undo()
    with open_hub(restored(tmp_path / "elsewhere", tmp_path / "backup")) as again:
        (run,) = waiting(again)
        rest = approve(again, run)
        assert (rest.unchanged, rest.updated, rest.deleted) == (500, 100, 600)
        assert [(head.id, head.identifier) for head in again.store.heads()] == [
            (head.id, head.identifier) for head in hub.store.heads()
        ]


@only_sqlite
def test_a_backup_that_can_never_get_a_spool_says_so_and_the_restored_hub_does_too(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[Run] = []
    times = around_the_copy(
        monkeypatch, lambda: held.append(held_run_of(hub)), lambda: reject_run(hub, held[-1].id)
    )
    manifest = back_up(hub, tmp_path / "backup")
    assert len(times) == ATTEMPTS
    assert [one.run for one in manifest.lacking] == [held[-1].id]
    done = run_command(tmp_path / "elsewhere", "restore", str(tmp_path / "backup"))
    assert done.status == 0
    assert f"Run {held[-1].id} of town waits for a decision, and this backup cannot land it" in done.stderr
    with open_hub(settings_of(tmp_path / "elsewhere")) as again:
        (run,) = waiting(again)
        with pytest.raises(IngestError, match=r"is gone\. Harvest again: hubsearch harvest town"):
            approve(again, run)


@only_sqlite
def test_a_restore_keeps_a_spool_of_this_home_that_the_backup_lacks(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_run_of(hub)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(hubsearch.backup, "find_spool", lambda *_: None)
        assert len(back_up(hub, tmp_path / "backup").lacking) == 1
    done = restore(hub.settings, tmp_path / "backup", present(hub.settings), lambda message: None)
    assert done.lacking == []
    (run,) = waiting(hub)
    assert approve(hub, run).deleted == 27


@only_postgres
def test_from_another_home_it_is_said_where_the_spool_is_until_it_is_brought(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubsearch.spools, "this_machine", lambda: "worker-2-example")
    held = held_run_of(hub)
    monkeypatch.undo()
    spool = Path(held.spool or "")
    hub.settings.home.rename(tmp_path / "on-worker-2")
    where = f"its spool lies on worker-2-example, where it was fetched: {spool}"

    here = settings_of(tmp_path / "here", hub.settings.store)
    with open_hub(here) as other:
        with pytest.raises(IngestError) as refused:
            approve(other, held)
        assert str(refused.value) == (
            f"run {held.id} cannot land from here: {where}. Approve it there, or copy the file into "
            f"{here.spool / 'town'} and approve here. Harvest again: hubsearch harvest town"
        )
        assert waiting(other) != []
        assert any(where in check.says for check in examine(here, ["sources"]))
        done = run_command(here.home, "backup", str(tmp_path / "backup"), HUBSEARCH_STORE=here.store)
        assert done.status == 0
        assert where in done.stderr

        (here.spool / "town").mkdir(parents=True)
        shutil.copy(tmp_path / "on-worker-2/spool/town" / spool.name, here.spool / "town")
        assert back_up(other, tmp_path / "whole").lacking == []
        assert approve(other, held).deleted == 27
        assert list(here.spool.glob("*/*")) == []
