"""Writing to a cluster: the change numbers decide, every item is looked at, nothing shows too soon."""

import random
import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from index.engines.elasticsearch import ElasticsearchEngine
from index.engines.elasticsearch import writer as writer_module
from index.engines.elasticsearch.documents import upsert
from index.engines.elasticsearch.mapping import version
from index.engines.elasticsearch.names import Names
from index.engines.protocol import Deletion, EngineError, EngineRequest, IndexDocument, IndexReplaced
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.conftest import MakeElastic

SAMPLE = documents()[:30]


def ask(text: str = "") -> EngineRequest:
    return EngineRequest(parse(text), {}, "all", "modified", 100, 0, NOW)


def ids(engine: ElasticsearchEngine, text: str = "") -> set[str]:
    return {hit.id for hit in engine.search(ask(text)).hits}


def numbered(number: int, text: str = "", document: IndexDocument = SAMPLE[0]) -> IndexDocument:
    """A state of a document: of a change, with a text to find it by."""
    return replace(document, sequence=number, texts={"all": text, "title": text, "tags": ""})


def write(engine: ElasticsearchEngine, *upserts: IndexDocument, gone: tuple[Deletion, ...] = ()) -> None:
    with engine.writer() as writer:
        assert writer.apply(upserts, gone) + writer.flush() == []
        writer.commit(1)


def test_a_stale_document_never_replaces_a_newer_one(elastic: ElasticsearchEngine) -> None:
    write(elastic, numbered(7, "newer"))
    write(elastic, numbered(6, "older"))
    assert ids(elastic, "newer") == {SAMPLE[0].id}
    assert ids(elastic, "older") == set()


def test_a_change_that_comes_late_does_not_bring_a_deleted_document_back(
    elastic: ElasticsearchEngine,
) -> None:
    write(elastic, numbered(5, "here"), *SAMPLE[1:3])
    write(elastic, gone=(Deletion(SAMPLE[0].id, 9), Deletion("unknown", 9)))
    write(elastic, numbered(8, "late"), numbered(8, "late", replace(SAMPLE[0], id="unknown")))
    assert ids(elastic) == {document.id for document in SAMPLE[1:3]}
    write(elastic, numbered(10, "again"))
    assert ids(elastic, "again") == {SAMPLE[0].id}


def test_the_same_change_may_be_written_again(elastic: ElasticsearchEngine) -> None:
    write(elastic, numbered(5, "once"))
    write(elastic, numbered(5, "twice"))
    assert ids(elastic, "twice") == {SAMPLE[0].id}


def test_of_one_document_in_a_batch_the_latest_change_stays(elastic: ElasticsearchEngine) -> None:
    first, second = SAMPLE[0], SAMPLE[1]
    write(
        elastic,
        numbered(3, "three"),
        numbered(4, "four"),
        numbered(4, "last"),
        numbered(2, "two"),
        numbered(5, "kept", second),
        gone=(Deletion(first.id, 3), Deletion(second.id, 5)),
    )
    assert ids(elastic, "last") == {first.id}
    assert ids(elastic, "kept") == {second.id}


def test_changes_in_any_order_end_in_the_same_state(elastic: ElasticsearchEngine) -> None:
    changes = [numbered(number, f"state{number}") for number in range(1, 9)]
    random.Random(5).shuffle(changes)
    for change in changes:
        write(elastic, change)
    assert ids(elastic, "state8") == {SAMPLE[0].id}


def test_what_the_cluster_refuses_is_named_with_its_reason_and_harms_no_other(
    elastic: ElasticsearchEngine,
) -> None:
    beyond = replace(SAMPLE[3], modified=2**63, sequence=11)
    no_json = replace(SAMPLE[4], popularity=2**70, sequence=12)
    surrogate = replace(SAMPLE[5], title_key="half \ud83d", sequence=13)
    nameless = replace(SAMPLE[6], id="x" * 513, sequence=14)
    with elastic.writer() as writer:
        refused = writer.apply([*SAMPLE[:3], beyond, no_json, surrogate, nameless, *SAMPLE[7:12]], [])
        refused += writer.flush()
        writer.commit(1)
    reasons = {(one.id, one.sequence): one.reason for one in refused}
    assert reasons.keys() == {(one.id, one.sequence) for one in (beyond, no_json, surrogate, nameless)}
    assert "modified" in reasons[beyond.id, 11]
    assert "JSON" in reasons[no_json.id, 12]
    assert "JSON" in reasons[surrogate.id, 13]
    assert "id [xxx" in reasons[nameless.id, 14]
    assert ids(elastic) == {document.id for document in (*SAMPLE[:3], *SAMPLE[7:12])}


def test_a_refusal_is_told_once_with_whatever_call_comes_next(elastic: ElasticsearchEngine) -> None:
    beyond = replace(SAMPLE[3], modified=2**63, sequence=11)
    with elastic.writer() as writer:
        told = writer.apply([beyond], [])
        writer.commit(1)
        told += writer.apply(SAMPLE[:2], [])
        told += writer.flush() + writer.flush()
    assert [one.id for one in told] == [beyond.id]


def test_a_refusal_is_not_told_once_the_document_comes_again(elastic: ElasticsearchEngine) -> None:
    beyond = replace(SAMPLE[3], modified=2**63, sequence=11)
    with elastic.writer() as writer:
        writer.apply([beyond], [])
        assert writer.apply([replace(SAMPLE[3], sequence=12)], []) + writer.flush() == []
        writer.commit(1)
    assert ids(elastic) == {beyond.id}


def test_a_document_larger_than_a_request_may_be_is_refused_without_being_sent(
    elastic: ElasticsearchEngine,
) -> None:
    size = max(len(upsert(document).lines) for document in SAMPLE[:3])
    large = numbered(9, "word " * size, SAMPLE[4])
    with elastic.writer() as writer:
        elastic.cluster.request_limit = size + 2
        refused = writer.apply([*SAMPLE[:3], large], [])
        writer.commit(1)
    assert [(one.id, one.sequence) for one in refused] == [(large.id, 9)]
    assert f"{size + 1:,}" in refused[0].reason
    assert ids(elastic) == {document.id for document in SAMPLE[:3]}


def test_a_batch_beyond_one_request_is_cut(
    elastic: ElasticsearchEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer_module, "REQUEST_BYTES", 4000)
    write(elastic, *documents()[:100])
    assert len(elastic.ids()) == 100


def test_titles_and_words_beyond_what_lucene_takes_as_a_term_are_no_hindrance(
    elastic: ElasticsearchEngine,
) -> None:
    endless = replace(
        numbered(1, f"before {'x' * 40_000} after"),
        title_key="𝄞" * 40_000,
        facets={"keyword": ["k" * 40_000]},
    )
    write(elastic, endless)
    assert ids(elastic, "before after") == {SAMPLE[0].id}
    assert ids(elastic, '"before after"') == set()


def test_nothing_is_seen_before_the_commit(elastic: ElasticsearchEngine, make_elastic: MakeElastic) -> None:
    other = make_elastic()
    with elastic.writer() as writer:
        writer.apply(SAMPLE, [])
        writer.flush()
        time.sleep(0.3)  # a cluster that showed changes by time would have shown them
        assert ids(other) == ids(elastic) == set()
        assert other.watermark() == 0
        writer.commit(30)
        assert other.watermark() == 30
        assert len(ids(other)) == len(ids(elastic)) == 30


def test_a_commit_into_an_index_that_was_replaced_says_so_and_notes_nothing(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic
) -> None:
    write(elastic, *SAMPLE)
    with elastic.writer() as writer:
        with make_elastic().build() as made:
            made.swap()
        writer.apply(SAMPLE, [])
        with pytest.raises(IndexReplaced, match="follow again"):
            writer.commit(40)
    assert elastic.watermark() == 0


def test_any_number_of_writers_may_write_at_once(
    elastic: ElasticsearchEngine, make_elastic: MakeElastic
) -> None:
    with elastic.writer() as one, make_elastic().writer() as other:
        one.apply([numbered(2, "quagga"), *SAMPLE[1:20]], [])
        other.apply([numbered(1, "zebra"), *SAMPLE[10:30]], [])
        one.commit(2)
        other.commit(1)
    assert len(ids(elastic)) == 30
    assert ids(elastic, "quagga") == {SAMPLE[0].id}


def test_every_commit_gives_the_state_another_name(elastic: ElasticsearchEngine) -> None:
    seen = set()
    for _ in range(3):
        write(elastic, *SAMPLE[:2])
        seen.add(elastic.generation())
    assert len(seen) == 3


def test_a_closed_writer_says_so(elastic: ElasticsearchEngine) -> None:
    writer = elastic.writer()
    writer.close()
    with pytest.raises(EngineError, match="closed"):
        writer.apply(SAMPLE, [])
    with pytest.raises(EngineError, match="closed"):
        writer.commit(1)


def test_names_are_told_apart_from_those_of_other_hubs_and_versions() -> None:
    names = Names.of("hub")
    index = names.new_index(datetime(2026, 11, 24, 21, 5, 6, 7, UTC))
    assert index == f"hub-{version()}-20261124t210506000007"
    assert names.version_of(index) == version()
    for other in (
        names.read,
        names.write,
        names.template,
        f"my{index}",
        f"hub2-{version()}-20261124t210506000007",
    ):
        assert names.version_of(other) is None
