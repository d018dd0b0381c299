"""Bring the index to where the store is: follow the change sequence, build a new index aside, compare.

The store is the truth, the index is derived. Whatever is done here reads the clusters as they are now, so it
may be interrupted, repeated, or run in two processes without harm.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

from index.document import index_document
from index.engines.fingerprint import fingerprint
from index.engines.protocol import (
    Deletion,
    Engine,
    EngineError,
    EngineRequest,
    IndexDocument,
    IndexReplaced,
    Refused,
    Writer,
)
from index.query.syntax import ParsedQuery
from index.store.model import Change, Source

BATCH = 500
"""Clusters read and applied at a time: what is held in memory."""

COMMIT_EVERY = 5_000
"""Clusters between two commits. A commit makes them visible and bounds what waits in tantivy's queue: up to
10,000 documents, 60 MB, otherwise."""

Progress = Callable[[int], None]
"""Called with the number of clusters applied so far."""


class FollowedStore(Protocol):
    """What following needs of the record store."""

    def sources(self) -> list[Source]: ...
    def last_sequence(self) -> int: ...
    def changes_after(self, sequence: int, limit: int) -> list[Change]: ...
    def note_refused(self, refused: Sequence[Refused], taken: Sequence[str]) -> None: ...


@dataclass(slots=True)
class Drift:
    """Where index and store differ: ids of documents the index lacks, has too many, or has of another state.

    `store` and `index` count documents.
    """

    store: int = 0
    index: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)

    def counted(self) -> dict[str, int]:
        """The numbers of `hubsearch index check`."""
        return {
            "store": self.store,
            "index": self.index,
            "missing": len(self.missing),
            "extra": len(self.extra),
            "stale": len(self.stale),
        }


def follow(store: FollowedStore, engine: Engine, progress: Progress | None = None) -> int:
    """Apply the changes after the engine's watermark; how many clusters that were.

    An index made by another version of the hub is built anew instead, and one that is ahead of the store: the
    store was restored from an older backup, and its numbers will be given a second time. Raises EngineBusy
    when another process writes the index: it is following, too.
    """
    if engine.needs_build() is not None or _is_ahead(engine, store):
        return build(store, engine, progress)
    applied = 0
    while engine.watermark() < store.last_sequence():
        try:
            with engine.writer() as writer:
                applied = _apply_after(store, writer, engine.watermark(), applied, progress)
        except IndexReplaced:
            continue  # somebody swapped in a new index meanwhile: it gets what it lacks
    return applied


def build(
    store: FollowedStore,
    engine: Engine,
    progress: Progress | None = None,
    alone: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> int:
    """Make a new index of all clusters aside, then swap it in; how many documents it holds.

    Searches go on in the old one, which others may follow into meanwhile. `alone` keeps them from it for the
    last changes and the swap, so that nothing is lost from sight that searches found before.
    """
    with engine.build() as made:
        with made.writer() as writer:
            reached = store.last_sequence()
            applied = _apply_after(store, writer, 0, 0, progress)
            reached, before = store.last_sequence(), reached
            applied = _apply_after(store, writer, before, applied, progress)
        with alone():
            with made.writer() as writer:
                _apply_after(store, writer, reached, applied, progress)
            made.swap()
    follow(store, engine)
    return engine.count(everything())


def check(store: FollowedStore, engine: Engine) -> dict[str, int]:
    """Compare the visible index with the store: how many documents each has, and how many differ."""
    return compare(store, engine).counted()


def repair(store: FollowedStore, engine: Engine) -> dict[str, int]:
    """Follow, then bring every document that differs to what the store says; what was found before.

    A document is read after the store's last number was, so it may be written under that number: it is of no
    older state, it replaces whatever the index has of a lower one, and the next change replaces it. Raises
    EngineError when some documents still differ.
    """
    follow(store, engine)
    drift = compare(store, engine)
    wrong = {*drift.missing, *drift.stale}
    if wrong or drift.extra:
        with engine.writer() as writer:
            reached, number = engine.watermark(), store.last_sequence()
            writer.apply([], [Deletion(extra, number) for extra in drift.extra])
            refused = _mend(store, writer, wrong, number)
            refused |= _commit(store, writer, reached)
        _check_mended(store, engine, {*wrong, *drift.extra} - refused, number)
    return drift.counted()


def compare(store: FollowedStore, engine: Engine) -> Drift:
    """Every document as the store would make it now beside the one in the index."""
    indexed = engine.fingerprints()
    unseen = set(indexed)
    drift = Drift(index=len(indexed))
    for document in _documents(store):
        drift.store += 1
        unseen.discard(document.id)
        found = indexed.get(document.id)
        if found is None:
            drift.missing.append(document.id)
        elif found != fingerprint(document):
            drift.stale.append(document.id)
    drift.extra = sorted(unseen)
    return drift


def _is_ahead(engine: Engine, store: FollowedStore) -> bool:
    """Whether the index has reached a number the store has not given. It is asked first, so that what another
    process does meanwhile can only put the store ahead."""
    reached = engine.watermark()
    return reached > store.last_sequence()


def _mend(store: FollowedStore, writer: Writer, wrong: set[str], number: int) -> set[str]:
    """Write these documents under a number, or their own if that is later; the ids of those refused."""
    refused: set[str] = set()
    documents = (document for document in _documents(store) if document.id in wrong)
    while batch := list(islice(documents, BATCH)):
        mended = [replace(document, sequence=max(document.sequence, number)) for document in batch]
        answer = writer.apply(mended, [])
        store.note_refused(answer, [document.id for document in batch])
        refused |= {one.id for one in answer}
    return refused


def _check_mended(store: FollowedStore, engine: Engine, mended: set[str], number: int) -> None:
    """What a repair could not mend is in the index under a number the store has not given yet."""
    after = compare(store, engine)
    left = {*after.missing, *after.stale, *after.extra} & mended
    if left and store.last_sequence() == number:
        raise EngineError(
            f"{len(left)} documents still differ after the repair (the first: {min(left)}); the index knows "
            "them in a later state than the store does: make it anew with `hubsearch index build`"
        )


def _apply_after(
    store: FollowedStore, writer: Writer, sequence: int, applied: int, progress: Progress | None
) -> int:
    """Apply all changes after a number, committing now and then; `applied` so far, grown by these."""
    target = store.last_sequence()
    uncommitted = 0
    while changes := store.changes_after(sequence, BATCH):
        sources = _sources(store)
        alive = [index_document(c.records, sources, c.sequence) for c in changes if c.records]
        gone = [Deletion(c.cluster_id, c.sequence) for c in changes if not c.records]
        refused = writer.apply(alive, gone)
        store.note_refused(refused, [change.cluster_id for change in changes])
        sequence = changes[-1].sequence
        applied += len(changes)
        uncommitted += len(changes)
        if uncommitted >= COMMIT_EVERY:
            _commit(store, writer, sequence)
            uncommitted = 0
        if progress is not None:
            progress(applied)
    _commit(store, writer, max(sequence, target))  # the last numbers may be of clusters that no longer exist
    return applied


def _commit(store: FollowedStore, writer: Writer, watermark: int) -> set[str]:
    """Commit; the ids of documents of which it is known only now that they were refused. That is noted first:
    the watermark never passes a document that is neither in the index nor noted."""
    refused = writer.flush()
    store.note_refused(refused, [])
    writer.commit(watermark)
    return {one.id for one in refused}


def _documents(store: FollowedStore) -> Iterator[IndexDocument]:
    """Every document there should be; a cluster that changes meanwhile may come twice."""
    sequence = 0
    while changes := store.changes_after(sequence, BATCH):
        sources = _sources(store)
        yield from (index_document(c.records, sources, c.sequence) for c in changes if c.records)
        sequence = changes[-1].sequence


def _sources(store: FollowedStore) -> dict[str, Source]:
    """Read after the changes: a source may be new, or changed, with the very changes just read. One that is
    changed later gives its clusters later numbers."""
    return {source.id: source for source in store.sources()}


def everything() -> EngineRequest:
    """A search without any word or filter."""
    moment = datetime.fromtimestamp(0, UTC)
    return EngineRequest(ParsedQuery(), {}, "all", "modified", 0, 0, moment)
