"""Write an index: one writer across all processes, idempotent, durable at `commit`."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Self

import tantivy

from index.engines.protocol import (
    Deletion,
    EngineBusy,
    EngineError,
    IndexDocument,
    IndexReplaced,
    Refused,
)
from index.engines.tantivy.documents import to_tantivy
from index.engines.tantivy.layout import Layout, State, write_state
from index.engines.tantivy.schema import ID, version
from index.engines.tantivy.snapshot import OpenIndex

HEAP = 24_000_000
"""Bytes of postings kept before a segment is written. With one thread and a commit every 5,000 documents a
writing process grows by 80 MB; twice both, by 130 MB and no faster."""
THREADS = 1
"""Beside the thread that makes the documents, which costs as much as indexing them."""


REMEMBERED = 100_000
"""Ids remembered while an empty index is filled (10 MB), so that nothing has to be looked for that they might
replace: a tenth of the time."""


class TantivyWriter:
    """Holds tantivy's writer lock from the beginning to `close`.

    `visible` says whether the index must stay the visible one while it is written; a build's is not yet.
    """

    def __init__(self, layout: Layout, opened: OpenIndex, *, visible: bool) -> None:
        self._layout = layout
        self._folder = opened.folder
        self._visible = visible
        self._writer: tantivy.IndexWriter | None = _open_writer(opened)
        opened.index.reload()  # somebody may have committed before the lock was ours
        self._met: set[str] | None = set() if opened.index.searcher().num_docs == 0 else None

    def apply(self, upserts: Sequence[IndexDocument], deletes: Sequence[Deletion]) -> list[Refused]:
        """Remove `deletes`, then put `upserts` in place of what had their ids; the last of one id stays.
        Change numbers need no comparing here: there is one writer, and it follows them in order."""
        with self._boundary() as writer:
            for gone in deletes:
                writer.delete_documents_by_term(ID, gone.id)
            for document in upserts:
                if not self._is_new(document.id):
                    writer.delete_documents_by_term(ID, document.id)
                writer.add_document(to_tantivy(document))
        return []

    def flush(self) -> list[Refused]:
        """Nothing: tantivy answers at once."""
        return []

    def commit(self, watermark: int) -> None:
        """Make what was applied durable and visible. Raises IndexReplaced, writing nothing, when another
        index has become the visible one."""
        if self._visible and self._layout.current() != self._folder:
            raise IndexReplaced("another index was built and took the place of this one; follow again")
        with self._boundary() as writer:
            writer.commit()
            write_state(self._folder, State(watermark, version()))

    def close(self) -> None:
        """Let go of the index; what was not committed is dropped."""
        writer, self._writer = self._writer, None
        if writer is not None:
            # A thread of it that failed, on a full disk, says so again here. What was committed is whole, and
            # whoever waited for a commit has been told.
            with suppress(ValueError):
                writer.wait_merging_threads()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _is_new(self, document_id: str) -> bool:
        """Whether there is certainly nothing to replace: in an index that was empty, an id not met before."""
        if self._met is None or document_id in self._met:
            return False
        self._met.add(document_id)
        if len(self._met) > REMEMBERED:
            self._met = None
        return True

    @contextmanager
    def _boundary(self) -> Iterator[tantivy.IndexWriter]:
        """tantivy reports a full disk, a dead thread and a closed writer alike as ValueError."""
        if self._writer is None:
            raise EngineError("this writer is closed; open another one")
        try:
            yield self._writer
        except (ValueError, OSError) as error:
            raise EngineError(
                f"writing the index in {self._folder} failed, and it stays as it was: {error} "
                "Look whether the disk is full"
            ) from error


def _open_writer(opened: OpenIndex) -> tantivy.IndexWriter:
    try:
        writer = opened.index.writer(HEAP, THREADS)
    except ValueError as error:
        if "LockBusy" in str(error):
            raise EngineBusy(
                f"another process writes the index in {opened.folder}; it will also index these changes"
            ) from error
        raise EngineError(f"the index in {opened.folder} cannot be written: {error}") from error
    # After a kill the folder may hold files of a commit that never happened; they would make the next one
    # fail (FileAlreadyExists), so they go first.
    writer.garbage_collect_files()
    return writer
