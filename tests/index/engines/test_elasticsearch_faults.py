"""What goes wrong with a cluster: a clear message, another try where that helps, and nothing lost."""

import json
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from index.engines.access import EngineAccess
from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.elasticsearch import bulk as bulk_module
from index.engines.elasticsearch.indexes import current, listed
from index.engines.protocol import EngineError, EngineRequest, EngineUnavailable
from index.follow import build, check, follow
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.conftest import MakeElastic
from tests.index.engines.memory_store import MemoryStore
from tests.index.engines.relay import Reply, relay

EVERYTHING = EngineRequest(parse(""), {}, "all", "modified", 0, 0, NOW)
CLEAN = {"missing": 0, "extra": 0, "stale": 0}
ALONE = {"number_of_replicas": 0}
SECRET = "s3cret-%2F-pass"


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_module, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(bulk_module, "_LONGEST_PAUSE", 0.05)


def visible(engine: ElasticsearchEngine) -> str:
    found = current(engine.cluster)
    assert found is not None
    return found.index


def put_settings(engine: ElasticsearchEngine, **index: Any) -> None:
    with engine.cluster.managing("a test") as client:
        client.indices.put_settings(index=visible(engine), settings={"index": index})


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def every_way(engine: ElasticsearchEngine) -> Iterator[Callable[[], object]]:
    """What a hub asks of an engine, one by one."""
    yield engine.watermark
    yield engine.generation
    yield engine.needs_build
    yield engine.writer
    yield engine.build
    yield lambda: engine.search(EVERYTHING)
    yield lambda: engine.count(EVERYTHING)
    yield lambda: list(engine.scan(EVERYTHING))
    yield lambda: engine.suggest("water", 3)
    yield engine.ids
    yield engine.fingerprints
    yield lambda: engine.facet_values("format")
    yield engine.report


def test_a_cluster_that_is_away_is_said_to_be_with_its_address_and_never_the_password(
    make_elastic: MakeElastic,
) -> None:
    port = closed_port()
    engine = make_elastic(f"http://hub:{SECRET}@127.0.0.1:{port}")
    for asked in every_way(engine):
        with pytest.raises(EngineUnavailable, match=rf"http://127\.0\.0\.1:{port}.*refused") as failed:
            asked()
        assert "s3cret" not in str(failed.value)
    assert not engine.healthy()


def test_a_wrong_password_is_said_to_be_wrong(make_elastic: MakeElastic, elasticsearch_url: str) -> None:
    engine = make_elastic(f"http://elastic:{SECRET}@{elasticsearch_url.rpartition('@')[2]}")
    for asked in every_way(engine):
        with pytest.raises(EngineError, match="HUBSEARCH_ENGINE_API_KEY") as failed:
            asked()
        assert not isinstance(failed.value, EngineUnavailable)
        assert "s3cret" not in str(failed.value)
    assert not engine.healthy()


def api_key(engine: ElasticsearchEngine, *, cluster: list[str], index: list[str]) -> str:
    """A key that may do these things with the indexes of this hub."""
    names = [f"{engine.cluster.access.index}-*"]
    role = {"cluster": cluster, "indices": [{"names": names, "privileges": index}]}
    with engine.cluster.managing("a test") as client:
        made = client.security.create_api_key(
            name=names[0], role_descriptors={"hub": role}, refresh="wait_for"
        )
    return str(made.body["encoded"])


def test_an_api_key_goes_before_user_and_password_and_needs_no_more_than_the_operators_page_says(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic, elasticsearch_url: str
) -> None:
    key = api_key(elastic, cluster=["monitor", "manage_index_templates"], index=["manage", "read", "write"])
    engine = make_elastic(f"http://x:y@{elasticsearch_url.rpartition('@')[2]}", api_key=key)
    store = MemoryStore.of_sample(20)
    assert follow(store, engine) == build(store, engine) == 20
    assert len(list(engine.scan(EVERYTHING))) == 20
    assert engine.healthy()
    assert check(store, engine) == {"store": 20, "index": 20, **CLEAN}
    assert engine.report().troubles == ()


def test_a_missing_privilege_is_named(elastic: ElasticsearchEngine, make_elastic: MakeElastic) -> None:
    follow(MemoryStore.of_sample(20), elastic)
    reading = ["read", "view_index_metadata", "monitor"]
    reader = make_elastic(api_key=api_key(elastic, cluster=["monitor"], index=reading))
    assert reader.count(EVERYTHING) == 20
    assert reader.healthy()
    with reader.writer() as writer:
        writer.apply(documents()[:3], [])
        with pytest.raises(EngineError, match="privilege") as failed:
            writer.flush()
    assert "write" in str(failed.value)
    with pytest.raises(EngineError, match="privilege") as failed:
        reader.build()
    assert "manage_index_templates" in str(failed.value)


def test_secrets_stand_in_no_message_no_log_and_no_description(
    elastic: ElasticsearchEngine,
    make_elastic: MakeElastic,
    elasticsearch_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    password = elasticsearch_url.split("//")[1].split("@", maxsplit=1)[0].partition(":")[2]
    key = api_key(elastic, cluster=["monitor", "manage_index_templates"], index=["all"])
    caplog.set_level(logging.DEBUG)
    said = []
    for url, access_key in (
        (elasticsearch_url, None),
        (elasticsearch_url, key),
        (f"http://hub:{password}@127.0.0.1:{closed_port()}", None),
        (f"http://elastic:{password}x@{elasticsearch_url.rpartition('@')[2]}", None),
    ):
        engine = make_elastic(url, api_key=access_key)
        try:
            follow(MemoryStore.of_sample(5), engine)
            engine.search(EVERYTHING)
            said.append(repr(engine.report()))
        except EngineError as error:
            said += [str(error), repr(error), repr(error.__cause__)]
        said += [repr(engine), repr(engine.cluster), repr(engine.cluster.access)]
    for url in (f"http://u:{password}@[::1:9200", f"ftp://u:{password}@host", f"http://u:{password}@h:99999"):
        with pytest.raises(EngineError, match="%40") as failed:
            ElasticsearchEngine(url, EngineAccess())
        said += [str(failed.value), repr(failed.value.__cause__)]
    everything = "\n".join([*said, caplog.text])
    assert "127.0.0.1" in everything
    assert password not in everything
    assert key not in everything


def test_an_address_may_name_several_nodes_and_hold_any_password(make_elastic: MakeElastic) -> None:
    engine = make_elastic(
        "https://hub:a%40b%3Ac%2F@one.example:9200,https://two.example,http://[::1]:9200/es/"
    )
    assert engine.cluster.where == ("https://one.example:9200, https://two.example:443, http://[::1]:9200/es")
    assert not engine.cluster.encrypted
    with pytest.raises(EngineError, match="different users"):
        make_elastic("http://a:1@one.example,http://b:2@two.example")
    with pytest.raises(EngineError, match="names no address"):
        make_elastic(" , ")


@pytest.mark.parametrize(
    ("version", "said"), [("8.19.4", "too old"), ("7.17.0", "too old"), ("10.0.1", "upgrade hubsearch")]
)
def test_another_version_of_elasticsearch_is_told(make_elastic: MakeElastic, version: str, said: str) -> None:
    def rule(method: str, path: str, body: bytes) -> Reply:
        return Reply(200, {"nodes": {"a": {"version": version}}})

    with relay(rule) as url:
        engine = make_elastic(url)
        for asked in every_way(engine):
            with pytest.raises(EngineError, match=said) as failed:
                asked()
            assert version in str(failed.value)


def test_a_server_that_does_not_speak_our_protocol_is_told(make_elastic: MakeElastic) -> None:
    """The answer of Elasticsearch 8 to a client of version 9."""
    reason = (
        "A compatible version is required on both Content-Type and Accept headers if either one has "
        "requested a compatible version. Accept version must be either version 8 or 7, but found 9."
    )
    error = {"type": "media_type_header_exception", "reason": reason}

    def old(method: str, path: str, body: bytes) -> Reply:
        return Reply(400, {"error": {"root_cause": [error], **error}, "status": 400})

    def other(method: str, path: str, body: bytes) -> Reply:
        return Reply(200, {"hello": "world"}, product=False)

    for rule, said in ((old, "older than Elasticsearch 9"), (other, "no Elasticsearch")):
        with relay(rule) as url, pytest.raises(EngineError, match=said):
            make_elastic(url).watermark()


def test_an_overloaded_cluster_is_asked_again(make_elastic: MakeElastic, elasticsearch_url: str) -> None:
    """First whole requests are turned down, then some items, then none."""
    turned_down: list[int] = []

    def rule(method: str, path: str, body: bytes) -> Reply | None:
        if "_bulk" not in path or len(turned_down) >= 4:
            return None
        turned_down.append(1)
        if len(turned_down) < 3:
            return Reply(429 if len(turned_down) == 1 else 503, {"error": "busy", "status": 429})
        rejected = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "full"}}
        return Reply(200, {"items": [{"index": rejected} for _ in range(body.count(b'"_id":"'))]})

    store = MemoryStore.of_sample(40)
    with relay(rule, elasticsearch_url) as url:
        engine = make_elastic(url)
        assert follow(store, engine) == 40
        assert check(store, engine) == {"store": 40, "index": 40, **CLEAN}
    assert len(turned_down) == 4


def test_a_cluster_that_stays_overloaded_is_given_up_and_nothing_is_lost(
    make_elastic: MakeElastic, elasticsearch_url: str
) -> None:
    store, busy = MemoryStore.of_sample(40), [True]

    def rule(method: str, path: str, body: bytes) -> Reply | None:
        rejected = {"error": {"type": "es_rejected_execution_exception", "reason": "the queue is full"}}
        return Reply(429, rejected) if "_bulk" in path and busy[0] else None

    with relay(rule, elasticsearch_url) as url:
        engine = make_elastic(url)
        with pytest.raises(EngineUnavailable, match=r"8 times: the queue is full.*nothing committed is lost"):
            follow(store, engine)
        assert engine.watermark() == 0
        busy[0] = False
        assert follow(store, engine) == 40
        assert check(store, engine) == {"store": 40, "index": 40, **CLEAN}


def test_a_document_a_proxy_finds_too_large_is_refused_alone(
    make_elastic: MakeElastic, elasticsearch_url: str
) -> None:
    given = documents()[:8]
    longest = max(given, key=lambda document: len(json.dumps(document.texts)))

    def rule(method: str, path: str, body: bytes) -> Reply | None:
        return Reply(413, {"error": "too large"}) if longest.id.encode() in body else None

    with relay(rule, elasticsearch_url) as url:
        engine = make_elastic(url)
        with engine.writer() as writer:
            refused = writer.apply(given, []) + writer.flush()
            writer.commit(8)
        assert [one.id for one in refused] == [longest.id]
        assert set(engine.ids()) == {document.id for document in given} - {longest.id}


def test_a_full_disk_stops_writing_with_advice_and_following_goes_on_afterwards(
    elastic: ElasticsearchEngine,
) -> None:
    """What Elasticsearch does by itself when a disk passes the flood-stage watermark."""
    store = MemoryStore.of_sample(30)
    follow(store, elastic)
    store.retitle(next(iter(store.live)), "Zebra crossings")
    put_settings(elastic, blocks={"read_only_allow_delete": True})
    with pytest.raises(EngineUnavailable, match=r"disk.*full.*free space.*nothing committed is lost"):
        follow(store, elastic)
    assert elastic.count(EVERYTHING) == 30
    assert any("disk" in trouble.advice for trouble in elastic.report().troubles)
    put_settings(elastic, blocks={"read_only_allow_delete": None})
    assert follow(store, elastic) == 1
    assert check(store, elastic) == {"store": 30, "index": 30, **CLEAN}


def test_a_write_block_set_by_hand_is_told_as_one(elastic: ElasticsearchEngine) -> None:
    store = MemoryStore.of_sample(30)
    follow(store, elastic)
    store.retitle(next(iter(store.live)), "Zebra crossings")
    put_settings(elastic, blocks={"write": True})
    with pytest.raises(EngineUnavailable, match="lift the block"):
        follow(store, elastic)


def test_a_closed_index_is_told_and_no_document_is_blamed(elastic: ElasticsearchEngine) -> None:
    store = MemoryStore.of_sample(30)
    follow(store, elastic)
    store.retitle(next(iter(store.live)), "Zebra crossings")
    with elastic.cluster.managing("a test") as client:
        client.indices.close(index=visible(elastic))
    with pytest.raises(EngineError, match="_open"):
        follow(store, elastic)
    with pytest.raises(EngineError, match="_open"):
        elastic.search(EVERYTHING)
    assert store.refused == {}
    assert build(store, elastic) == 30


def test_a_mapping_somebody_replaced_is_told_and_no_document_is_blamed(elastic: ElasticsearchEngine) -> None:
    store = MemoryStore.of_sample(30)
    follow(store, elastic)
    index, found = visible(elastic), current(elastic.cluster)
    assert found is not None
    with elastic.cluster.managing("a test") as client:
        client.indices.delete(index=index)
        client.indices.delete_index_template(name=elastic.cluster.names.template)
        client.indices.create(
            index=index,
            mappings={"dynamic": "strict", "_meta": found.meta.as_dict()},
            aliases={elastic.cluster.names.read: {}},
            settings=ALONE,
        )
    store.retitle(next(iter(store.live)), "Zebra crossings")
    with pytest.raises(EngineError, match=r"mapping.*hubsearch index build"):
        follow(store, elastic)
    assert store.refused == {}
    assert any("mapping properties.all" in trouble.what for trouble in elastic.report().troubles)
    assert build(store, elastic) == 30
    assert elastic.report().troubles == ()


def test_an_index_somebody_else_made_under_our_alias_is_told_and_a_build_takes_the_alias_back(
    elastic: ElasticsearchEngine, cluster_index: str
) -> None:
    foreign = f"{cluster_index}-foreign"
    with elastic.cluster.managing("a test") as client:
        client.indices.create(index=foreign, aliases={elastic.cluster.names.read: {}}, settings=ALONE)
    store = MemoryStore.of_sample(30)
    for asked in (lambda: follow(store, elastic), lambda: elastic.search(EVERYTHING), elastic.watermark):
        with pytest.raises(EngineError, match=f"{foreign}.*hubsearch index build"):
            asked()
    assert build(store, elastic) == 30
    with elastic.cluster.managing("a test") as client:
        assert client.indices.exists(index=foreign)


def test_an_index_that_is_called_like_our_alias_is_told(elastic: ElasticsearchEngine) -> None:
    with elastic.cluster.managing("a test") as client:
        client.indices.create(index=elastic.cluster.names.read, settings=ALONE)
    store = MemoryStore.of_sample(3)
    with pytest.raises(EngineError, match="did not make"):
        follow(store, elastic)
    with pytest.raises(EngineError, match="HUBSEARCH_ENGINE_INDEX"):
        build(store, elastic)


@pytest.mark.parametrize("priority", [500, 900])
def test_a_template_of_somebody_else_over_our_names_is_told_before_anything_is_written(
    elastic: ElasticsearchEngine, cluster_index: str, priority: int
) -> None:
    with elastic.cluster.managing("a test") as client:
        client.indices.put_index_template(
            name=f"{cluster_index}-foreign",
            index_patterns=[f"{cluster_index}-*"],
            priority=priority,
            template={"mappings": {"properties": {"spy": {"type": "keyword"}}}},
        )
    for asked in (elastic.writer, elastic.build):
        with pytest.raises(EngineError, match=r"template.*priority"):
            asked()
    assert listed(elastic.cluster) == []
