"""What only a cluster can do to a search: hold it in several shards, be slow, lose a part."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.engines.access import EngineAccess
from index.engines.elasticsearch import ElasticsearchEngine, asking, reading, scanning
from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.query_builder import head_start
from index.engines.elasticsearch.reading import Reader
from index.engines.protocol import Engine, EngineRequest, EngineUnavailable, IndexDocument
from index.engines.selection import Selection
from index.fields import FACETS
from index.query.model import MAX_TERMS
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.kinds import KINDS, SHARDED, fill, opened
from tests.index.engines.reference import Reference

in_a_cluster = pytest.mark.parametrize("sample", [KINDS[1], SHARDED], indirect=True)
COUNTED = dict.fromkeys([facet.name for facet in FACETS], 10)


def everything(**given: Any) -> EngineRequest:
    return replace(EngineRequest(parse(""), {}, "all", "relevance", 0, 0, NOW), **given)


@pytest.fixture
def engine(sample: Engine) -> ElasticsearchEngine:
    assert isinstance(sample, ElasticsearchEngine)
    return sample


@pytest.fixture
def cluster(elasticsearch_url: str) -> Iterator[Cluster]:
    made = Cluster(elasticsearch_url, EngineAccess())
    yield made
    made.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """The bodies sent."""
    sent: list[Mapping[str, Any]] = []

    def listening(cluster: Cluster, body: Mapping[str, Any], **given: Any) -> Mapping[str, Any]:
        sent.append(body)
        return asking.ask(cluster, body, **given)

    monkeypatch.setattr(reading, "ask", listening)
    monkeypatch.setattr(scanning, "ask", listening)
    return sent


@in_a_cluster
@pytest.mark.parametrize("length", [1, 12, 40, 500])
@pytest.mark.parametrize("size", [1, 3, 30])
def test_counts_are_exact_however_short_the_lists_of_the_shards_are(
    engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch, length: int, size: int
) -> None:
    monkeypatch.setattr("index.engines.elasticsearch.facets.LONG_LIST", length)
    reference = Reference(documents())
    for text in ("", "health", "water quality"):
        sizes = dict.fromkeys(["keyword", "publisher", "format"], size)
        request = everything(query=parse(text), filters={"keyword": ("energy",)}, facets=sizes)
        engine.refresh()
        expected = {name: reference.facet(request, name, size) for name in sizes}
        assert engine.search(request).facets == expected


def test_a_page_with_all_facets_and_selections_is_one_request(
    request: pytest.FixtureRequest, tmp_path: Path, asked: list[Mapping[str, Any]]
) -> None:
    with opened(KINDS[1], request, tmp_path) as engine:
        fill(engine, documents()[:500], at_once=1000)
        filters = {"format": ("csv", "zzz"), "publisher": ("centers-for-medicare-medicaid-services",)}
        engine.search(everything(query=parse("health"), filters=filters, limit=20, facets=COUNTED))
        assert len(asked) == 1
        partly = everything(query=parse("health plan"), match="any", limit=20, facets=COUNTED)
        engine.search(partly)
        assert len(asked) == 3  # one more to learn how frequent the words are
        engine.search(replace(partly, offset=20))
        engine.search(replace(partly, query=parse("plan health"), sort="title"))
        assert len(asked) == 5


def test_scores_do_not_depend_on_the_shards(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    found = []
    for kind in (KINDS[1], SHARDED):
        with opened(kind, request, tmp_path) as engine:
            fill(engine, documents(), at_once=5000)
            hits = engine.search(everything(query=parse("medicare plan data"), match="any", limit=50)).hits
            found.append({hit.id: hit.score for hit in hits})
    assert found[0] == pytest.approx(found[1], rel=1e-4)


def test_partial_hits_never_reach_the_complete_ones(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """A document with one rare word a thousand times over scores as high as can be, and stays behind."""
    words = [f"word{number}" for number in range(MAX_TERMS)]
    long = {"all": f"{' '.join(words)} {'other ' * 5000}", "title": "title", "tags": "tag"}
    rare = " ".join(words[1:] * 20)
    shouting = {"all": rare, "title": rare, "tags": rare}
    made = [IndexDocument("complete", long, {}, "a"), IndexDocument("partial", shouting, {}, "b")]
    fillers = [
        IndexDocument(f"x{number}", {"all": "x", "title": "x", "tags": ""}, {}, "x") for number in range(500)
    ]
    with opened(KINDS[1], request, tmp_path) as engine:
        fill(engine, [*made, *fillers], at_once=1000)
        hits = engine.search(everything(query=parse(" ".join(words)), match="any", limit=10)).hits
    assert [(hit.id, hit.partial) for hit in hits] == [("complete", False), ("partial", True)]
    assert hits[1].score > hits[0].score


def test_the_head_start_costs_scores_little() -> None:
    for count, at_most in ((2, 512), (3, 1024), (MAX_TERMS, 8192)):
        query = parse(" ".join(f"w{number}" for number in range(count)))
        selection = Selection.of(
            everything(query=query, match="any"), lambda clauses: ([1] * len(clauses), 10)
        )
        assert head_start(selection) <= at_most


@in_a_cluster
def test_a_search_out_of_time_is_an_error_and_no_half_answer(engine: ElasticsearchEngine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hurried = Cluster(f"http://127.0.0.1:{silent.getsockname()[1]}", EngineAccess(timeout=0.2))
        reader = Reader(hurried, engine.cluster.names.read)
        with pytest.raises(EngineUnavailable):
            reader.search(everything(limit=20, facets=COUNTED))
        hurried.close()


@in_a_cluster
def test_a_scan_whose_state_is_lost_says_to_begin_again(
    engine: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch, asked: list[Mapping[str, Any]]
) -> None:
    monkeypatch.setattr("index.engines.elasticsearch.scanning.PAGE", 100)
    scan = engine.scan(everything())
    next(scan)
    with engine.cluster.managing("losing the state") as client:
        client.close_point_in_time(id=asked[-1]["pit"]["id"])
    with pytest.raises(EngineUnavailable, match="begin again"):
        list(scan)


def test_a_missing_shard_is_an_error_and_no_half_answer(cluster: Cluster, cluster_index: str) -> None:
    index = f"{cluster_index}-lost"
    nowhere = {"index.number_of_shards": 2, "index.routing.allocation.require._name": "nobody"}
    with cluster.managing("making an index without a place") as client:
        client.indices.create(index=index, settings=nowhere, wait_for_active_shards="0")
    reader = Reader(cluster, index)
    for call in (
        lambda: reader.search(everything()),
        lambda: reader.count(everything()),
        lambda: list(reader.scan(everything())),
        reader.ids,
        lambda: reader.suggest("a", 3),
    ):
        with pytest.raises(EngineUnavailable):
            call()
