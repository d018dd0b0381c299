"""Kills, several processes, replaced and outdated indexes: what a search sees and what can be written."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from index.document import index_document
from index.engines.protocol import Deletion, EngineBusy, EngineError, EngineRequest, EngineUnavailable
from index.engines.tantivy import TantivyEngine
from index.engines.tantivy import layout as layout_module
from index.engines.tantivy.layout import Layout, State, read_state, write_state
from index.follow import check, follow
from index.query.parse import parse
from tests.index.catalogue import NOW, documents, sources
from tests.index.engines.memory_store import MemoryStore

EVERYTHING = EngineRequest(parse(""), {}, "all", "modified", 10, 0, NOW)

WRITE_FOR_EVER = """
import sys
from dataclasses import replace
from pathlib import Path
import msgspec
from index.engines.protocol import IndexDocument
from index.engines.tantivy import TantivyEngine
some = msgspec.json.decode(Path(sys.argv[2]).read_bytes(), type=list[IndexDocument])
with TantivyEngine(Path(sys.argv[1])).writer() as writer:
    turn = 0
    while True:
        turn += 1
        start = turn * 7 % 150
        writer.apply([replace(document, title_key=str(turn)) for document in some[start : start + 50]], [])
        writer.commit(turn)
        print(turn, flush=True)
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[TantivyEngine]:
    made = TantivyEngine(tmp_path / "index")
    yield made
    made.close()


def filled(folder: Path, size: int = 20, watermark: int = 20) -> TantivyEngine:
    engine = TantivyEngine(folder)
    with engine.writer() as writer:
        writer.apply(documents()[:size], [])
        writer.commit(watermark)
    return engine


def test_after_a_kill_in_the_middle_of_writing_the_index_opens_and_follows(tmp_path: Path) -> None:
    store = MemoryStore.of_sample(200)
    given = [index_document([record], sources()) for record in store.live.values()]
    (tmp_path / "documents.json").write_bytes(msgspec.json.encode(given))
    for turn in range(4):
        _write_and_kill(tmp_path, turn * 0.005)
    engine = TantivyEngine(tmp_path / "index")
    assert engine.search(EVERYTHING).total >= 50
    with engine.writer() as writer:
        writer.commit(0)  # as if the note of the watermark had been lost
    follow(store, engine)
    assert check(store, engine) == {"store": 200, "index": 200, "missing": 0, "extra": 0, "stale": 0}
    engine.close()


def _write_and_kill(folder: Path, delay: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", WRITE_FOR_EVER, str(folder / "index"), str(folder / "documents.json")],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert child.stdout is not None
    for _ in range(3):
        assert child.stdout.readline()
    time.sleep(delay)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()


def test_remains_of_a_commit_that_never_happened_do_not_hinder_the_next(tmp_path: Path) -> None:
    """A kill between writing a segment's deletions and naming them: the same commit, repeated, would find its
    file there already."""
    filled(tmp_path / "killed").close()
    shutil.copytree(tmp_path / "killed", tmp_path / "went-on")
    _delete_one(tmp_path / "went-on")
    killed, went_on = (Layout(tmp_path / name).current() for name in ("killed", "went-on"))
    assert killed is not None
    assert went_on is not None
    shutil.copytree(
        went_on, killed, ignore=shutil.ignore_patterns("meta.json", "hub.json"), dirs_exist_ok=True
    )
    assert list(killed.glob("*.del"))
    _delete_one(tmp_path / "killed")
    assert TantivyEngine(tmp_path / "killed").search(EVERYTHING).total == 19


def _delete_one(folder: Path) -> None:
    with TantivyEngine(folder).writer() as writer:
        writer.apply([], [Deletion(documents()[3].id)])
        writer.commit(21)


def test_nothing_is_seen_before_the_commit_and_all_at_once_after_it(engine: TantivyEngine) -> None:
    other = TantivyEngine(engine._layout.root)
    with engine.writer() as writer:
        writer.apply(documents()[:30], [])
        assert other.search(EVERYTHING).total == 0
        assert other.watermark() == 0
        writer.commit(30)
        assert other.search(EVERYTHING).total == 30
        assert other.watermark() == 30


def test_what_is_not_committed_is_dropped(engine: TantivyEngine) -> None:
    with engine.writer() as writer:
        writer.apply(documents()[:5], [])
        writer.commit(5)
        writer.apply(documents()[5:9], [])
    assert engine.search(EVERYTHING).total == 5
    with engine.writer() as writer:
        writer.commit(6)
    assert engine.search(EVERYTHING).total == 5


def test_a_document_applied_twice_is_there_once_and_the_last_stays(engine: TantivyEngine) -> None:
    first, *others = documents()[:3]
    changed = replace(first, texts={**first.texts, "all": "zebra"})
    with engine.writer() as writer:
        writer.apply([first, *others, first, changed], [Deletion("unknown")])
        writer.commit(1)
    assert engine.search(EVERYTHING).total == 3
    assert engine.count(EngineRequest(parse("zebra"), {}, "all", "modified", 0, 0, NOW)) == 1


def test_a_second_writer_is_refused_also_in_another_process(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    with engine.writer():
        with pytest.raises(EngineBusy):
            engine.writer()
        asked = subprocess.run(
            [
                sys.executable,
                "-c",
                "import sys; from pathlib import Path; from index.engines.tantivy import TantivyEngine\n"
                "TantivyEngine(Path(sys.argv[1])).writer()",
                str(tmp_path),
            ],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[3],
            check=False,
        )
        assert "EngineBusy: another process writes the index" in asked.stderr
    with engine.writer() as writer:
        writer.commit(21)


def test_only_one_build_at_a_time(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    with engine.build():
        with pytest.raises(EngineBusy):
            engine.build()
        with engine.writer() as writer:  # following goes on meanwhile
            writer.commit(22)
    with engine.build():
        pass


def test_a_swap_is_seen_at_once_by_every_reader(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    other = TantivyEngine(tmp_path)
    assert other.search(EVERYTHING).total == 20
    with engine.build() as made:
        with made.writer() as writer:
            writer.apply(documents()[:7], [])
            writer.commit(40)
        assert other.search(EVERYTHING).total == 20
        made.swap()
    assert other.search(EVERYTHING).total == engine.search(EVERYTHING).total == 7
    assert other.watermark() == 40


def test_a_build_left_without_a_swap_leaves_nothing(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    with engine.build() as made, made.writer() as writer:
        writer.apply(documents()[:7], [])
        writer.commit(1)
    assert engine.search(EVERYTHING).total == 20
    assert len(list(tmp_path.glob("hub-*"))) == 1


def test_replaced_indexes_go_after_a_grace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = filled(tmp_path)
    for _ in range(2):
        with engine.build() as made:
            made.swap()
    assert len(list(tmp_path.glob("hub-*"))) == 3
    monkeypatch.setattr(layout_module, "GRACE", -1.0)
    with engine.build() as made:
        made.swap()
    assert len(list(tmp_path.glob("hub-*"))) == 2


def test_remains_of_a_killed_build_go_with_the_next_one(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    remains = Layout(tmp_path).make("dead")
    with engine.build() as made:
        made.swap()
    assert not remains.exists()


def test_an_index_of_another_version_has_to_be_built_anew(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    folder = Layout(tmp_path).current()
    assert folder is not None
    write_state(folder, State(20, "older"))
    assert engine.watermark() == 0
    assert "hubsearch index build" in (engine.needs_build() or "")
    assert not engine.healthy()
    with pytest.raises(EngineUnavailable, match="hubsearch index build"):
        engine.search(EVERYTHING)
    with pytest.raises(EngineError, match="hubsearch index build"):
        engine.writer()
    store = MemoryStore.of_sample(30)
    assert follow(store, engine) == 30
    assert engine.needs_build() is None
    assert engine.search(EVERYTHING).total == 30


def test_an_index_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    engine = filled(tmp_path)
    folder = Layout(tmp_path).current()
    assert folder is not None
    (folder / "meta.json").write_text("{")
    engine.close()
    assert not engine.healthy()
    with pytest.raises(EngineUnavailable, match="hubsearch index build"):
        engine.search(EVERYTHING)
    with engine.build() as made:
        made.swap()
    assert engine.healthy()


def test_a_state_that_is_half_written_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "hub.json").write_bytes(b'{"watermark": 7')
    assert read_state(tmp_path) == State(0, "")


def test_a_closed_writer_says_so(tmp_path: Path) -> None:
    writer = filled(tmp_path).writer()
    writer.close()
    with pytest.raises(EngineError, match="closed"):
        writer.commit(1)


def test_many_threads_search_while_one_writes(tmp_path: Path) -> None:
    engine = filled(tmp_path, size=200)
    wrong: list[int] = []
    done = threading.Event()

    def search() -> None:
        while not done.is_set():
            total = engine.search(EVERYTHING).total
            if total % 200:
                wrong.append(total)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    with engine.writer() as writer:
        for turn in range(1, 6):
            writer.apply(documents()[turn * 200 : turn * 200 + 200], [])
            writer.commit(turn)
    done.set()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert engine.search(EVERYTHING).total == 1200
