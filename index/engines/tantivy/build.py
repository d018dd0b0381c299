"""Make a new index aside and put it in the place of the visible one in one step."""

import shutil
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import tantivy

from index.engines.protocol import EngineError
from index.engines.tantivy.layout import Layout, State, write_state
from index.engines.tantivy.schema import register, schema, version
from index.engines.tantivy.snapshot import OpenIndex
from index.engines.tantivy.writer import TantivyWriter


class TantivyBuild:
    """One new index, from an empty folder to `swap` or `discard`. Only one is made at a time."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        with ExitStack() as held:
            held.enter_context(layout.lock())
            layout.sweep()
            self._opened = create(layout)
            self._held = held.pop_all()
        self._open = True

    @property
    def folder(self) -> Path:
        """Where it is made."""
        return self._opened.folder

    def writer(self) -> TantivyWriter:
        """The writer of the new index."""
        return TantivyWriter(self._layout, self._opened, visible=False)

    def swap(self) -> None:
        """Make it the visible index. Searches going on end on the old one, which is removed later."""
        self._layout.show(self.folder)
        self._finish()

    def discard(self) -> None:
        """Throw it away, unless it has become the visible one."""
        if self._open:
            shutil.rmtree(self.folder, ignore_errors=True)
            self._finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def _finish(self) -> None:
        self._open = False
        self._held.close()


def create(layout: Layout) -> OpenIndex:
    """An empty index in a new folder, which nobody sees yet."""
    folder = layout.make(version())
    try:
        index = tantivy.Index(schema(), path=str(folder))
    except (ValueError, OSError) as error:
        raise EngineError(f"no index can be made in {folder}: {error}") from error
    register(index)
    write_state(folder, State(0, version()))
    return OpenIndex(folder, index)
