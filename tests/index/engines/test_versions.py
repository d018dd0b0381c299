"""Two versions of the hub on one engine folder: each has its index, and neither takes the other's away."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from index.engines.protocol import EngineRequest, EngineUnavailable
from index.engines.tantivy import TantivyEngine
from index.engines.tantivy.layout import OTHERS_GRACE, Layout
from index.follow import build, follow
from index.query.parse import parse
from tests.index.catalogue import NOW, documents
from tests.index.engines.memory_store import MemoryStore

EVERYTHING = EngineRequest(parse(""), {}, "all", "modified", 10, 0, NOW)

ANOTHER_VERSION = """
import sys
from pathlib import Path
from index.engines import forms
forms.ANALYSIS_VERSION = 1_000
from index.engines.tantivy import TantivyEngine
from index.follow import build, follow
from tests.index.engines.memory_store import MemoryStore
engine = TantivyEngine(Path(sys.argv[1]))
store = MemoryStore.of_sample(int(sys.argv[2]))
assert engine.needs_build() is not None or not any(Path(sys.argv[1]).glob("current*"))
follow(store, engine)
assert engine.needs_build() is None
print(engine.search(__import__("tests.index.engines.test_versions", fromlist=["x"]).EVERYTHING).total)
"""


def by_another_version(folder: Path, size: int) -> int:
    """Another version builds its own index in the folder; how much it finds there."""
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_VERSION, str(folder), str(size)],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def test_the_old_version_goes_on_while_and_after_the_new_one_builds(tmp_path: Path) -> None:
    old, store = TantivyEngine(tmp_path), MemoryStore.of_sample(50)
    follow(store, old)
    assert by_another_version(tmp_path, 30) == 30
    assert old.needs_build() is None
    assert old.search(EVERYTHING).total == 50
    assert TantivyEngine(tmp_path).search(EVERYTHING).total == 50, "opened anew, too"
    with old.writer() as writer:
        writer.apply(documents()[50:60], [])
        writer.commit(60)
    assert old.search(EVERYTHING).total == 60
    build(store, old)
    assert old.search(EVERYTHING).total == 50
    assert len(list(tmp_path.glob("current-*"))) == 2


def test_an_index_of_another_version_alone_is_none_of_ours(tmp_path: Path) -> None:
    assert by_another_version(tmp_path, 30) == 30
    ours = TantivyEngine(tmp_path)
    assert "hubsearch index build" in (ours.needs_build() or "")
    assert ours.watermark() == 0
    assert not ours.healthy()
    with pytest.raises(EngineUnavailable, match="hubsearch index build"):
        ours.search(EVERYTHING)
    assert follow(MemoryStore.of_sample(20), ours) == 20
    assert ours.search(EVERYTHING).total == 20


def aged(folder: Path, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(folder / "hub.json", (moment, moment))


@pytest.mark.parametrize(
    ("age", "stays"), [(0.0, True), (OTHERS_GRACE - 60, True), (OTHERS_GRACE + 60, False)]
)
def test_what_another_version_left_goes_when_it_was_not_written_for_days(
    tmp_path: Path, age: float, stays: bool
) -> None:
    by_another_version(tmp_path, 30)
    (theirs,) = tmp_path.glob("hub-*")
    follow(MemoryStore.of_sample(40), TantivyEngine(tmp_path))
    aged(theirs, age)
    build(MemoryStore.of_sample(50), TantivyEngine(tmp_path))
    assert theirs.exists() is stays
    assert len(list(tmp_path.glob("current-*"))) == (2 if stays else 1)


def test_an_index_of_another_version_that_is_as_far_as_ours_is_still_in_use(tmp_path: Path) -> None:
    by_another_version(tmp_path, 30)
    (theirs,) = tmp_path.glob("hub-*")
    follow(MemoryStore.of_sample(30), TantivyEngine(tmp_path))
    aged(theirs, 10 * OTHERS_GRACE)
    build(MemoryStore.of_sample(30), TantivyEngine(tmp_path))
    assert theirs.exists()


def as_the_first_release_left_it(folder: Path) -> None:
    """One pointer for all versions."""
    (pointer,) = folder.glob("current-*")
    pointer.rename(folder / "current")


def test_the_pointer_of_the_first_release_is_understood_and_kept_in_step(tmp_path: Path) -> None:
    store = MemoryStore.of_sample(50)
    follow(store, TantivyEngine(tmp_path))
    as_the_first_release_left_it(tmp_path)
    engine = TantivyEngine(tmp_path)
    assert engine.needs_build() is None
    assert engine.search(EVERYTHING).total == 50
    reader = TantivyEngine(tmp_path)
    assert reader.search(EVERYTHING).total == 50
    with engine.build() as made:
        with made.writer() as writer:
            writer.apply(documents()[:7], [])
            writer.commit(50)
        made.swap()
    assert reader.search(EVERYTHING).total == 7
    assert (tmp_path / "current").read_text() == Layout(tmp_path).current().name  # type: ignore[union-attr]


def test_the_pointer_of_the_first_release_stays_with_the_old_version(tmp_path: Path) -> None:
    """The processes of an older release know no other pointer: a newer version must not move it."""
    follow(MemoryStore.of_sample(50), TantivyEngine(tmp_path))
    as_the_first_release_left_it(tmp_path)
    before = (tmp_path / "current").read_text()
    assert by_another_version(tmp_path, 30) == 30
    assert (tmp_path / "current").read_text() == before
    assert TantivyEngine(tmp_path).search(EVERYTHING).total == 50


@pytest.mark.parametrize(
    "commit",
    [
        lambda engine: engine.writer().__enter__().commit(60),
        lambda engine: engine.build().__enter__().swap(),
    ],
    ids=["the same watermark again, as a repair does", "a swap"],
)
def test_every_commit_is_another_generation(tmp_path: Path, commit: Callable[[TantivyEngine], None]) -> None:
    engine, reader = TantivyEngine(tmp_path), TantivyEngine(tmp_path)
    with engine.writer() as writer:
        writer.apply(documents()[:5], [])
        writer.commit(60)
    before = reader.generation()
    assert reader.generation() == before
    commit(engine)
    assert reader.generation() != before
