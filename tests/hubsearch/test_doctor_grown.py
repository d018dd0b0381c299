"""The doctor on a hub of two servers, Elasticsearch and PostgreSQL: well, and broken in each way."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from sqlalchemy import create_engine, insert, make_url, text

from harvesters.portal import Portal as PortalEntry
from hubsearch.cli.progress import Silence
from hubsearch.doctor import Check, examine
from hubsearch.harvesting import harvest
from hubsearch.hub import open_hub
from hubsearch.settings import Settings, read_settings
from index.store.schema import jobs
from tests.conftest import run_command
from tests.hubsearch.test_harvest import portal_on_loopback

FOR_TESTS_ALONE = ("acknowledged writes", "is yellow")
"""The tests' database does not wait for its disk, and the doctor says so. The tests' cluster is yellow for
the moment in which another test makes an index."""


@pytest.fixture
def settings(elasticsearch_url: str, cluster_index: str, postgres_url: str, hub_home: Path) -> Settings:
    """A hub on both servers with thirty datasets."""
    settings = read_settings(
        {
            "HUBSEARCH_HOME": str(hub_home),
            "HUBSEARCH_PORTALS": str(hub_home / "portals.toml"),
            "HUBSEARCH_STORE": postgres_url,
            "HUBSEARCH_ENGINE": elasticsearch_url,
            "HUBSEARCH_ENGINE_INDEX": cluster_index,
        }
    )
    with portal_on_loopback() as portal, open_hub(settings) as hub:
        portal.publish(*range(30))
        url = f"http://127.0.0.1:{portal.server_port}/data.json"
        (run,) = harvest(hub, [PortalEntry("roads", "dcat-us", url, allow_private=True)], Silence())
        assert run.status == "ok", run
    return settings


def findings(settings: Settings, *parts: str) -> list[Check]:
    return [
        check
        for check in examine(settings, parts or ("settings", "store", "sources", "work", "engine", "feeds"))
        if check.level == "finding" and not any(words in check.says for words in FOR_TESTS_ALONE)
    ]


def test_a_grown_hub_that_is_well_has_no_finding(settings: Settings) -> None:
    assert findings(settings) == []
    told = {check.part: check for check in examine(settings) if check.level != "finding"}
    assert (told["store"].facts["kind"], told["store"].facts["records"]) == ("PostgreSQL", 30)
    assert told["engine"].facts["documents"] == told["engine"].facts["datasets"] == 30
    (cluster,) = [c for c in examine(settings, ["engine"]) if "health" in c.facts]
    assert cluster.facts["health"] in {"green", "yellow"}
    assert "basic" in cluster.facts["licence"]
    assert told["feeds"].facts["datasets"] == 30


def test_no_password_of_the_servers_is_shown(settings: Settings) -> None:
    done = run_command(
        settings.home,
        "doctor",
        "--json",
        HUBSEARCH_STORE=settings.store,
        HUBSEARCH_ENGINE=settings.engine,
        HUBSEARCH_ENGINE_INDEX=settings.engine_access.index,
    )
    password = make_url(settings.engine).password
    assert isinstance(password, str)
    assert password
    assert password not in done.stdout + done.stderr


def test_a_cluster_that_is_away_is_a_finding_and_the_store_is_looked_at(settings: Settings) -> None:
    away = replace(settings, engine="http://127.0.0.1:1")
    assert [check.part for check in findings(away)] == ["engine"]


def test_a_wrong_password_is_a_finding(settings: Settings) -> None:
    wrong = make_url(settings.engine).set(password="wrong").render_as_string(hide_password=False)
    (found,) = findings(replace(settings, engine=wrong), "engine")
    assert "401" in found.says


def test_a_mapping_somebody_changed_is_a_finding(settings: Settings) -> None:
    client = Elasticsearch(settings.engine)
    client.indices.put_mapping(
        index=f"{settings.engine_access.index}-*", properties={"stray": {"type": "keyword"}}
    )
    client.close()
    (found,) = findings(settings, "engine")
    assert "stray" in found.says
    assert "hubsearch index build" in found.advice


def test_an_index_deleted_by_hand_is_a_finding_and_following_brings_it_back(settings: Settings) -> None:
    client = Elasticsearch(settings.engine)
    names = client.indices.get(index=f"{settings.engine_access.index}-*").body
    client.indices.delete(index=",".join(names))
    client.close()
    (found,) = findings(settings, "engine")
    assert found.advice
    with open_hub(settings) as hub:
        hub.follow()
    assert findings(settings, "engine") == []


def test_a_store_without_tables_is_a_finding_that_migrate_mends(settings: Settings) -> None:
    engine = create_engine(settings.store, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    (found,) = findings(settings, "store")
    assert "hubsearch migrate" in found.advice


def test_a_worker_that_died_is_a_finding_by_the_clock_of_the_database(settings: Settings) -> None:
    with open_hub(settings) as hub, hub.store.database.write() as connection:
        ended = settings.now() - timedelta(minutes=2)
        connection.execute(
            insert(jobs).values(
                name="harvest:bridges",
                token=1,
                attempts=1,
                owner="host:7",
                leased_at=ended,
                lease_until=ended,
            )
        )
    (found,) = findings(settings, "work")
    assert "host:7" in found.says
