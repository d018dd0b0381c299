"""The doctor finds what is broken, says what to do, changes nothing, and never breaks down itself."""

import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from hubsearch.doctor import Check, examine, well
from hubsearch.publishing import publish_feeds
from hubsearch.settings import Settings, read_settings
from index.engines.protocol import Refused
from index.store import Store
from index.store.schema import clusters, jobs, runs
from tests.conftest import Command, Outcome, run_command


@pytest.fixture
def settings(demo_home: Path, hub_home: Path) -> Settings:
    """A hub that is well, of this test alone."""
    shutil.copytree(demo_home, hub_home)
    return read_settings(
        {"HUBSEARCH_HOME": str(hub_home), "HUBSEARCH_PORTALS": str(hub_home / "portals.toml")}
    )


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    store = Store.open(settings.store)
    yield store
    store.close()


def findings(settings: Settings, part: str) -> list[Check]:
    return [check for check in examine(settings) if check.level == "finding" and check.part == part]


def finding(settings: Settings, part: str) -> Check:
    """The one finding about a part; every finding says what to do."""
    found = findings(settings, part)
    assert len(found) == 1, examine(settings)
    assert found[0].advice
    return found[0]


def test_a_hub_that_is_well_has_no_finding(settings: Settings) -> None:
    checks = examine(settings)
    assert well(checks), [check for check in checks if check.level == "finding"]
    told = {check.part: check for check in checks}
    assert told["store"].facts["records"] > 1_500
    assert told["engine"].facts["documents"] == told["engine"].facts["datasets"]
    assert told["feeds"].facts["datasets"] > 1_000


def test_a_hub_that_holds_nothing_yet_is_well_and_stays_empty(hub_home: Path, command: Command) -> None:
    done = command("doctor", "--json")
    assert done.status == 0, done.stdout
    assert {check["level"] for check in done.json["checks"]} == {"ok", "note"}
    assert not hub_home.exists(), "looking makes nothing"


def test_the_command_tells_people_and_scripts_the_same(demo_home: Path) -> None:
    done = run_command(demo_home, "doctor", "--only", "store", "--json")
    assert (done.status, done.json["ok"]) == (0, True)
    assert [check["check"] for check in done.json["checks"]] == ["store"]
    assert done.json["checks"][0]["says"] in run_command(demo_home, "doctor").stdout


def test_a_finding_gives_status_1_and_an_advice_on_the_next_line(settings: Settings) -> None:
    shutil.rmtree(settings.index)
    done: Outcome = run_command(settings.home, "doctor")
    assert done.status == 1
    assert "FINDING  engine" in done.stdout
    assert "hubsearch index" in done.stdout.partition("FINDING")[2].splitlines()[1]


def test_no_secret_is_shown(settings: Settings) -> None:
    given = {
        "HUBSEARCH_STORE": "postgresql+psycopg://hub:hunter2@127.0.0.1:1/hub",
        "HUBSEARCH_ENGINE": "http://elastic:hunter3@127.0.0.1:1,http://127.0.0.1:2",
        "HUBSEARCH_ENGINE_API_KEY": "hunter4",
    }
    done = run_command(settings.home, "doctor", "--json", **given)
    assert done.status == 1
    assert "hunter" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_portals_file_that_cannot_be_read_is_a_finding(settings: Settings) -> None:
    settings.portals.write_text("[[portal]]\nid = 'x'\n", encoding="utf-8")
    assert "type is missing" in finding(settings, "portals").says


def test_passwords_that_others_may_read_are_a_finding(settings: Settings) -> None:
    kept = settings.home / "secrets.toml"
    kept.write_text("A = 'b'\n", encoding="utf-8")
    kept.chmod(0o644)
    assert "chmod 600" in finding(settings, "settings").advice
    kept.chmod(0o600)
    assert findings(settings, "settings") == []


def test_a_clock_that_was_replaced_is_a_finding(settings: Settings) -> None:
    moment = settings.now() + timedelta(minutes=1)
    assert "HUBSEARCH_NOW" in finding(replace(settings, fixed_now=moment), "clock").says


@pytest.mark.parametrize("url", ["postgresql+psycopg://hub@127.0.0.1:1/hub", "nothing", "mysql://x/y"])
def test_a_store_that_is_away_or_unknown_is_a_finding_and_the_rest_is_looked_at(
    settings: Settings, url: str
) -> None:
    broken = replace(settings, store=url)
    assert finding(broken, "store").level == "finding"
    assert "engine" in {check.part for check in examine(broken) if check.level == "ok"}


def test_a_store_that_is_no_database_is_a_finding(settings: Settings) -> None:
    path = settings.home / "store.sqlite"
    for beside in settings.home.glob("store.sqlite*"):
        beside.unlink()
    path.write_text("this is no database, whatever its name says" * 100, encoding="utf-8")
    assert "no SQLite database" in finding(settings, "store").says


@pytest.mark.parametrize(("revision", "advice"), [("0001", "migrate"), ("9999", "upgrade")])
def test_tables_of_another_version_are_a_finding_and_are_left_as_they_are(
    settings: Settings, revision: str, advice: str
) -> None:
    connection = sqlite3.connect(settings.home / "store.sqlite")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        connection.execute("DELETE FROM compatibility")
    assert advice in finding(settings, "store").advice
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,)
    connection.close()


def test_tables_that_a_newer_version_shares_are_a_note(settings: Settings, store: Store) -> None:
    connection = sqlite3.connect(settings.home / "store.sqlite")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("DELETE FROM compatibility")
        connection.execute("INSERT INTO compatibility VALUES ('0001')")
    connection.close()
    assert findings(settings, "store") == []
    assert any(
        c.level == "note" and "newer version" in c.says for c in examine(settings) if c.part == "store"
    )


def test_an_empty_database_without_tables_is_a_finding(settings: Settings) -> None:
    for beside in settings.home.glob("store.sqlite*"):
        beside.unlink()
    (settings.home / "store.sqlite").touch()
    assert "hubsearch migrate" in finding(settings, "store").advice


@pytest.mark.parametrize("status", ["failed", "incomplete"])
def test_a_source_whose_last_run_is_not_well_is_a_finding(
    settings: Settings, store: Store, status: str
) -> None:
    with store.database.write() as connection:
        newest = connection.execute(select(runs.c.id, runs.c.source).order_by(runs.c.id.desc())).first()
        assert newest is not None
        connection.execute(update(runs).where(runs.c.id == newest.id).values(status=status, reason="cut off"))
    found = finding(settings, "sources")
    assert found.facts["source"] == newest.source
    assert "cut off" in found.says


def test_a_held_run_is_a_finding_until_somebody_decides(settings: Settings, store: Store) -> None:
    with store.database.write() as connection:
        connection.execute(update(runs).where(runs.c.id == 1).values(status="held"))
    assert "hubsearch approve 1" in finding(settings, "sources").advice
    with store.database.write() as connection:
        connection.execute(update(runs).where(runs.c.id == 1).values(decision="rejected"))
    assert findings(settings, "sources") == []


def test_a_run_that_never_ended_is_a_finding(settings: Settings, store: Store) -> None:
    with store.database.write() as connection:
        long_ago = settings.now() - timedelta(days=2)
        connection.execute(update(runs).where(runs.c.id == 2).values(status="running", started=long_ago))
    assert "never ended" in finding(settings, "sources").says


def test_a_portal_that_was_not_harvested_for_two_of_its_periods_is_a_finding(
    settings: Settings, store: Store
) -> None:
    run = store.runs()[0]
    settings.portals.write_text(
        f'[[portal]]\nid = "{run.source}"\ntype = "dcat-us"\nurl = "https://example.gov"\n', encoding="utf-8"
    )
    assert findings(replace(settings, fixed_now=run.started + timedelta(hours=47)), "sources") == []
    late = replace(settings, fixed_now=run.started + timedelta(hours=49))
    assert run.source in finding(late, "sources").says


def test_a_portal_that_was_never_harvested_is_a_note(settings: Settings) -> None:
    settings.portals.write_text(
        '[[portal]]\nid = "new"\ntype = "dcat-us"\nurl = "https://example.gov"\n', encoding="utf-8"
    )
    notes = [check for check in examine(settings) if check.part == "sources"]
    assert [(check.level, check.facts["source"]) for check in notes] == [("note", "new")]


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"due": -60}, "nobody has taken it"),
        ({"owner": "host:1", "lease": -60}, "not heard of"),
        ({"trouble": "the disk is full"}, "the disk is full"),
        ({"due": -5}, None),
        ({"due": 60}, None),
        ({"owner": "host:1", "lease": 60, "due": -60}, None),
    ],
)
def test_jobs_nobody_does_are_findings(
    settings: Settings, store: Store, state: dict[str, object], words: str | None
) -> None:
    now = settings.now()
    minutes = {key: now + timedelta(minutes=value) for key, value in state.items() if isinstance(value, int)}
    with store.database.write() as connection:
        connection.execute(
            insert(jobs).values(
                name="harvest:x",
                token=3,
                attempts=1,
                owner=state.get("owner"),
                due_at=minutes.get("due"),
                leased_at=minutes.get("lease") and now,
                lease_until=minutes.get("lease"),
                trouble=state.get("trouble"),
            )
        )
    found = findings(settings, "work")
    assert [words in check.says for check in found if words] == ([True] if words else [])
    assert len(found) == (words is not None)


def test_an_index_that_is_gone_is_a_finding_and_following_makes_it_well(settings: Settings) -> None:
    shutil.rmtree(settings.index)
    assert "hubsearch index check --repair" in finding(settings, "engine").advice
    assert run_command(settings.home, "index", "check", "--repair").status == 0
    assert findings(settings, "engine") == []


def test_an_index_of_another_version_is_a_finding(settings: Settings) -> None:
    for state in settings.index.glob("*/hub.json"):
        changed = json.loads(state.read_text(encoding="utf-8")) | {"version": "00000000"}
        state.write_text(json.dumps(changed), encoding="utf-8")
    assert "hubsearch index build" in finding(settings, "engine").advice


def test_an_index_behind_the_store_is_a_finding_that_says_by_how_much(
    settings: Settings, store: Store
) -> None:
    with store.database.write() as connection:
        last = store.last_sequence()
        some = connection.execute(select(clusters.c.id).limit(3)).scalars().all()
        for number, cluster in enumerate(some, start=last + 1):
            connection.execute(update(clusters).where(clusters.c.id == cluster).values(sequence=number))
    with store.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE change_counter SET value = {last + 3}")
    found = finding(settings, "engine")
    assert found.facts["behind"] == 3
    with store.database.write() as connection:
        connection.execute(update(runs).where(runs.c.id == 1).values(status="running"))
    assert findings(settings, "engine") == [], "somebody is at it"


def test_an_index_that_lacks_documents_is_a_finding(settings: Settings, store: Store) -> None:
    with store.database.write() as connection:
        some = connection.exec_driver_sql(
            "SELECT id FROM records WHERE deleted_at IS NULL LIMIT 1"
        ).scalar_one()
        connection.exec_driver_sql("UPDATE records SET deleted_at = first_seen WHERE id = ?", (some,))
    assert "hubsearch index check --repair" in finding(settings, "engine").advice


def test_an_unknown_engine_is_a_finding(settings: Settings) -> None:
    assert "HUBSEARCH_ENGINE" in finding(replace(settings, engine="solr"), "engine").says


def test_documents_the_engine_refused_are_a_finding_with_their_reasons(
    settings: Settings, store: Store
) -> None:
    store.note_refused([Refused("abc", 1, "a keyword too long")], [])
    said = [check.says for check in findings(settings, "engine")]
    assert any("abc: a keyword too long" in says for says in said)


def test_a_feed_that_is_held_back_is_a_finding_until_it_is_published(
    settings: Settings, store: Store
) -> None:
    with store.database.write() as connection:
        connection.exec_driver_sql("UPDATE records SET deleted_at = first_seen WHERE source = 'cms'")
        connection.exec_driver_sql("UPDATE records SET deleted_at = first_seen WHERE source LIKE 'data%'")
    publish_feeds(store, settings)
    assert "held back" in finding(settings, "feeds").says
    publish_feeds(store, settings, allow_shrink=True)
    assert findings(settings, "feeds") == []


def test_a_home_this_user_may_not_write_is_a_finding(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert str(settings.home) in finding(settings, "disk").says


def test_a_disk_that_is_nearly_full_is_a_finding(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hubsearch.room.LEAST_FREE", 1 << 60)
    assert "only" in finding(settings, "disk").says
