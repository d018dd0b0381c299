"""What becomes visible with a swap: all that the old index showed, whoever changed it in the last moment."""

from collections.abc import Iterator
from contextlib import contextmanager

from index.engines.protocol import EngineRequest
from index.follow import build, follow
from index.query.parse import parse
from tests.index.catalogue import NOW, records
from tests.index.engines.conftest import MakeEngine
from tests.index.engines.memory_store import MemoryStore

EVERYTHING = EngineRequest(parse(""), {}, "all", "modified", 0, 0, NOW)


def test_what_was_followed_in_the_last_moment_is_in_the_new_index_from_the_first(
    make_engine: MakeEngine,
) -> None:
    store, engine, reader = MemoryStore.of_sample(40), make_engine(), make_engine()
    follow(store, engine)
    reached: list[int] = []

    @contextmanager
    def alone() -> Iterator[None]:
        """Until now others followed the old index; when it ends, they may go on."""
        for record in records()[40:45]:
            store.put(record)
        follow(store, make_engine())
        reader.refresh()
        reached.append(reader.watermark())
        yield
        reader.refresh()
        reached.append(reader.watermark())

    build(store, engine, alone=alone)
    assert reached == [store.last_sequence()] * 2
    assert engine.count(EVERYTHING) == 45
