"""The servers of the tests are the real ones, hold what the hub's mapping names, and leave nothing behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
from elasticsearch import AuthenticationException, Elasticsearch
from elasticsearch import ConnectionError as NoConnection

from tests.conftest import ROOT
from tests.servers.distribution import VERSION
from tests.servers.elasticsearch import ElasticsearchServer
from tests.servers.postgres import PostgresServer, newest, oldest, version
from tests.servers.process import alive

Programs = Callable[[], Path]


def connect(server: PostgresServer) -> psycopg.Connection:
    return psycopg.connect(server.url().replace("+psycopg", ""), autocommit=True)


def test_the_shared_elasticsearch_is_the_version_the_tests_are_written_for(elasticsearch_url: str) -> None:
    with Elasticsearch(elasticsearch_url) as cluster:
        nodes = cluster.nodes.info(filter_path="nodes.*.version")["nodes"]
    assert {node["version"] for node in nodes.values()} == {VERSION}


def test_an_api_key_can_be_made_and_used(elasticsearch_url: str) -> None:
    address = elasticsearch_url.partition("@")[2]
    with Elasticsearch(elasticsearch_url) as cluster:
        key = cluster.security.create_api_key(name="t", expiration="1h")
    with Elasticsearch(f"http://{address}", api_key=key["encoded"]) as by_key:
        assert by_key.cluster.health()["number_of_nodes"] == 1
    with Elasticsearch(f"http://{address}") as stranger, pytest.raises(AuthenticationException):
        stranger.cluster.health()


def test_the_full_distributions_analysis_is_there(elasticsearch_url: str, cluster_index: str) -> None:
    stemmed = {"type": "custom", "tokenizer": "whitespace", "filter": ["lowercase", "english"]}
    analysis = {
        "analyzer": {"stemmed": stemmed},
        "filter": {"english": {"type": "stemmer", "language": "porter2"}},
    }
    with Elasticsearch(elasticsearch_url) as cluster:
        cluster.indices.create(index=f"{cluster_index}-a", settings={"analysis": analysis})
        found = cluster.indices.analyze(
            index=f"{cluster_index}-a", analyzer="stemmed", text="Restaurants generously inspecting"
        )
    assert [token["token"] for token in found["tokens"]] == ["restaur", "generous", "inspect"]


@pytest.mark.slow
def test_a_cluster_of_two_nodes_with_tls_keeps_its_documents_when_nodes_end() -> None:
    with ElasticsearchServer(nodes=2, tls=True) as server:
        with Elasticsearch(server.url, ca_certs=str(server.ca), request_timeout=60) as cluster:
            cluster.indices.create(index="kept", settings={"number_of_replicas": 1})
            cluster.cluster.health(wait_for_status="green")
            cluster.index(index="kept", id="1", document={"title": "Süßwasser"}, refresh=True)
            server.kill(1)
            assert cluster.get(index="kept", id="1")["_source"]["title"] == "Süßwasser"
        with Elasticsearch(server.url, max_retries=0) as stranger, pytest.raises(NoConnection):
            stranger.cluster.health()
        server.kill(0)
        server.start()
        with Elasticsearch(server.urls.split(","), ca_certs=str(server.ca), request_timeout=60) as cluster:
            assert cluster.cluster.health(wait_for_status="green")["number_of_nodes"] == 2
            assert cluster.count(index="kept")["count"] == 1


@pytest.mark.parametrize("programs", [newest, oldest])
def test_postgres_keeps_what_was_committed_through_a_restart_and_a_kill(programs: Programs) -> None:
    with PostgresServer(programs()) as server:
        with connect(server) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (1)")
            assert connection.info.server_version // 10_000 == version(programs())
            server.restart()
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
        with connect(server) as connection:
            connection.execute("INSERT INTO kept VALUES (2)")
            server.kill()
        server.start()
        with connect(server) as connection:
            assert connection.execute("SELECT n FROM kept ORDER BY n").fetchall() == [(1,), (2,)]


def test_both_versions_of_postgres_give_each_test_a_database_of_its_own(any_postgres_url: str) -> None:
    with psycopg.connect(any_postgres_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert tables == (0,)


def test_a_server_ends_with_the_process_that_started_it_even_if_that_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time\n"
        "from tests.servers.postgres import PostgresServer, newest\n"
        "server = PostgresServer(newest()).start()\n"
        "print(server.folder, server.port, flush=True)\n"
        "time.sleep(600)\n"
    )
    starter = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    with starter, starter.stdout:
        folder = Path(starter.stdout.readline().split()[0])
        server = psutil.Process(int((folder / "data/postmaster.pid").read_text().splitlines()[0]))
        os.kill(starter.pid, signal.SIGKILL)
    until = time.monotonic() + 30
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not folder.exists()
    assert not alive(server)


@pytest.mark.parametrize(("required", "outcome"), [("", "1 skipped"), ("servers", "1 error")])
def test_a_test_without_its_server_says_what_to_install(tmp_path: Path, required: str, outcome: str) -> None:
    chosen = "tests/servers/test_servers.py::test_an_api_key_can_be_made_and_used"
    environment = {"PATH": str(tmp_path), "HUBSEARCH_TEST_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", chosen, "-p", "no:cacheprovider", f"--basetemp={tmp_path}/run"],
        cwd=ROOT,
        env=environment | {"HUBSEARCH_TEST_REQUIRE": required},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in done.stdout
    assert re.search(r"install (maven|one)", done.stdout)
    assert (done.returncode == 0) is (required == "")
