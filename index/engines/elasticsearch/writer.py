"""Write an index. Any number of writers do no harm: change numbers decide which state of a document stays.

Requests go out while the caller makes the next documents. What was applied is on disk and seen by searches
from `commit` on.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import orjson

from index.engines.elasticsearch.bulk import send
from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.documents import Action, removal, upsert
from index.engines.elasticsearch.errors import AGAIN, IndexGone
from index.engines.elasticsearch.indexes import Found, current, mark
from index.engines.elasticsearch.meta import Meta
from index.engines.protocol import (
    Deletion,
    EngineError,
    EngineUnavailable,
    IndexDocument,
    IndexReplaced,
    Refused,
)

THREADS = 2
"""Requests the cluster works on at once."""

UNDER_WAY = 4
"""Requests made and not yet answered, across calls of `apply`: while the cluster indexes, the caller reads
and makes the next documents."""

REQUEST_ITEMS = 250
REQUEST_BYTES = 4 * 1024**2
"""What one request holds at most; all that is under way is what is in memory."""

BEAT = 10.0
"""Seconds between two notes that a build is alive."""


class ElasticsearchWriter:
    """Writes one index. `committed` is called after every commit of the visible index, which must stay the
    visible one while it is written. Without it the index is a build's, and its commits are only remembered
    in `meta`: the swap writes them down and makes them seen."""

    def __init__(self, cluster: Cluster, found: Found, committed: Callable[[], None] | None = None) -> None:
        self._cluster, self._index, self.meta = cluster, found.index, found.meta
        self._committed = committed
        self._pool: ThreadPoolExecutor | None = ThreadPoolExecutor(THREADS, "bulk")
        self._under_way: deque[tuple[set[str], Future[list[Refused]]]] = deque()
        self._untold: list[Refused] = []
        self._beat = time.monotonic()

    def apply(self, upserts: Sequence[IndexDocument], deletes: Sequence[Deletion]) -> list[Refused]:
        """Begin to send both; of one id only the latest change, deletions before documents of the same
        number. What the cluster already knows in a later state is passed over."""
        pool, changes = self._opened(), _latest(upserts, deletes)
        common = any(changes.keys() & ids for ids, _ in self._under_way)
        refused = [one for one in self._told(0 if common else UNDER_WAY) if one.id not in changes]
        for request in _cut(self._actions(changes.values(), refused)):
            refused += self._told(UNDER_WAY - 1)
            answer = pool.submit(send, self._cluster, self._index, request)
            self._under_way.append(({action.id for action in request}, answer))
        if self._committed is None and time.monotonic() - self._beat > BEAT:
            self._note(self.meta.in_state(self.meta.state, time.time()))
        return refused

    def flush(self) -> list[Refused]:
        """Wait for what is under way; what of it was refused."""
        self._opened()
        return self._told(0)

    def commit(self, watermark: int) -> None:
        """Make what was applied visible, then note how far the index is. Raises IndexReplaced, noting
        nothing, when another index has become the visible one or this one is gone.

        A watermark lower than the noted one is taken as it comes: it costs a replay, which changes nothing.
        """
        self._opened()
        self._untold = self._told(0)
        if self._committed is None:
            self.meta = self.meta.with_commit(watermark, time.time_ns())
            return
        self._refresh()
        now = current(self._cluster)
        if now is None or now.index != self._index:
            raise IndexReplaced("another index was built and took the place of this one; follow again")
        self._note(now.meta.with_commit(watermark, time.time_ns()))
        self._committed()

    def close(self) -> None:
        """End; what was applied and not committed is seen with the next commit."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _told(self, most: int) -> list[Refused]:
        """What was refused of the requests that are done; waits until at most so many are under way."""
        refused, self._untold = self._untold, []
        with self._still_there():
            while self._under_way and (len(self._under_way) > most or self._under_way[0][1].done()):
                refused += self._under_way.popleft()[1].result()
        return refused

    def _actions(
        self, changes: Iterable[IndexDocument | Deletion], refused: list[Refused]
    ) -> Iterator[Action]:
        """The changes as they are sent, made one by one while others are under way."""
        limit = self._cluster.request_limit - 1
        for change in changes:
            try:
                action = removal(change) if isinstance(change, Deletion) else upsert(change)
            except orjson.JSONEncodeError as error:
                refused.append(Refused(change.id, change.sequence, f"it is no JSON: {error}"))
                continue
            if len(action.lines) < limit:
                yield action
            else:
                reason = f"it has {len(action.lines):,} bytes, and a request may have {limit:,}"
                refused.append(Refused(change.id, change.sequence, reason))

    def _refresh(self) -> None:
        with self._still_there(), self._cluster.managing("committing the index") as client:
            shards = client.indices.refresh(index=self._index).body["_shards"]
        if shards["failed"]:
            raise EngineUnavailable(
                f"committing {self._index} at {self._cluster.where} failed on {shards['failed']} shards; "
                f"look at the cluster's health with `hubsearch doctor`; {AGAIN}"
            )

    def _note(self, meta: Meta) -> None:
        with self._still_there():
            mark(self._cluster, self._index, meta)
        self.meta, self._beat = meta, time.monotonic()

    @contextmanager
    def _still_there(self) -> Iterator[None]:
        """A visible index that is gone is made anew by following again; a build that is gone has failed."""
        try:
            yield
        except IndexGone as error:
            where = f"the index {self._index} is no longer at {self._cluster.where}"
            if self._committed is None:
                raise EngineError(f"{where}; build again") from error
            raise IndexReplaced(f"{where}; follow again to fill a new one") from error

    def _opened(self) -> ThreadPoolExecutor:
        if self._pool is None:
            raise EngineError("this writer is closed; open another one")
        return self._pool


def _latest(
    upserts: Sequence[IndexDocument], deletes: Sequence[Deletion]
) -> dict[str, IndexDocument | Deletion]:
    latest: dict[str, IndexDocument | Deletion] = {}
    changes: list[IndexDocument | Deletion] = [*deletes, *upserts]
    for change in changes:
        known = latest.get(change.id)
        if known is None or known.sequence <= change.sequence:
            latest[change.id] = change
    return latest


def _cut(actions: Iterable[Action]) -> Iterator[list[Action]]:
    cut: list[Action] = []
    size = 0
    for action in actions:
        if cut and (len(cut) >= REQUEST_ITEMS or size + len(action.lines) > REQUEST_BYTES):
            yield cut
            cut, size = [], 0
        cut.append(action)
        size += len(action.lines) + 1
    if cut:
        yield cut
