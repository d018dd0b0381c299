"""Clusters of the tests' own: TLS, a restart, a small limit of requests, the loss of one node of two."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from index.engines.access import EngineAccess
from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.elasticsearch import bulk as bulk_module
from index.engines.elasticsearch.documents import upsert
from index.engines.protocol import EngineRequest, EngineUnavailable
from index.follow import build, check, follow
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.memory_store import MemoryStore
from tests.servers.elasticsearch import ElasticsearchServer

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

EVERYTHING = EngineRequest(parse(""), {}, "all", "modified", 0, 0, NOW)
CLEAN = {"missing": 0, "extra": 0, "stale": 0}
LIMIT = 1024**2


@pytest.fixture(scope="module")
def encrypted() -> Iterator[ElasticsearchServer]:
    """One node that speaks TLS alone and takes requests of a megabyte, as an operator's proxy may."""
    with ElasticsearchServer(tls=True, settings={"http.max_content_length": f"{LIMIT}b"}) as server:
        yield server


def test_tls_is_verified_by_the_authority_that_is_named(encrypted: ElasticsearchServer) -> None:
    store = MemoryStore.of_sample(30)
    engine = ElasticsearchEngine(encrypted.url, EngineAccess(ca=encrypted.ca, index="tls"))
    assert follow(store, engine) == 30
    assert engine.count(EVERYTHING) == 30
    assert engine.report().facts["encrypted"] is True
    engine.close()
    stranger = ElasticsearchEngine(encrypted.url, EngineAccess(index="tls"))
    with pytest.raises(EngineUnavailable, match=r"certificate.*HUBSEARCH_ENGINE_CA"):
        stranger.watermark()
    stranger.close()
    plain = ElasticsearchEngine(encrypted.url.replace("https", "http"), EngineAccess(index="tls"))
    with pytest.raises(EngineUnavailable, match="no connection"):
        plain.watermark()
    plain.close()


def test_a_document_over_the_clusters_own_limit_is_refused_alone(encrypted: ElasticsearchServer) -> None:
    engine = ElasticsearchEngine(encrypted.url, EngineAccess(ca=encrypted.ca, index="small"))
    some = documents()[:1500]
    assert sum(len(upsert(document).lines) for document in some) > 2 * LIMIT
    too_large = replace(some[7], texts={"all": "word " * LIMIT, "title": "", "tags": ""})
    given = [*some[:7], too_large, *some[8:]]
    with engine.writer() as writer:
        refused = writer.apply(given, []) + writer.flush()
        writer.commit(1)
    assert [one.id for one in refused] == [too_large.id]
    assert engine.count(EVERYTHING) == len({document.id for document in given}) - 1
    engine.close()


def test_a_cluster_killed_and_started_again_in_the_middle_of_following_loses_nothing(
    encrypted: ElasticsearchServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_module, "ATTEMPTS", 2)
    engine = ElasticsearchEngine(encrypted.url, EngineAccess(ca=encrypted.ca, index="killed"))
    store = MemoryStore.of_sample(900)
    told: list[int] = []

    def progress(applied: int) -> None:
        if not told:
            encrypted.kill()
        told.append(applied)

    with pytest.raises(EngineUnavailable, match="nothing committed is lost"):
        follow(store, engine, progress)
    assert not engine.healthy()
    encrypted.start()
    store.delete(next(iter(store.live)))
    assert follow(store, engine) == 900
    assert check(store, engine) == {"store": 899, "index": 899, **CLEAN}
    engine.close()


def test_searches_and_writes_go_on_when_one_of_two_nodes_is_lost() -> None:
    with ElasticsearchServer(nodes=2) as server:
        engine = ElasticsearchEngine(server.urls, EngineAccess(index="two"))
        store = MemoryStore.of_sample(300)
        assert build(store, engine) == 300
        report = engine.report()
        assert (report.facts["nodes"], report.facts["copies"], report.troubles) == (2, 1, ())
        server.kill(1)
        assert engine.count(EVERYTHING) == 300
        store.retitle(next(iter(store.live)), "Zebra crossings")
        assert follow(store, engine) == 1
        assert check(store, engine) == {"store": 300, "index": 300, **CLEAN}
        assert build(store, engine) == 300
        server.start(1)
        assert soon(lambda: engine.report().troubles == ())
        # Without a leader a node knows only those users it has met.
        with closing(ElasticsearchEngine(server.url_of(1), EngineAccess(index="two"))) as second:
            assert second.count(EVERYTHING) == 300
        server.kill(0)  # the one that leads: no index can be made now, but what is there is searched
        assert engine.count(EVERYTHING) == 300
        assert len(list(engine.scan(EVERYTHING))) == 300
        engine.close()


def soon(claim: Callable[[], bool], seconds: float = 120.0) -> bool:
    """Whether something becomes true in time."""
    until = time.monotonic() + seconds
    while not (held := claim()) and time.monotonic() < until:
        time.sleep(0.5)
    return held
