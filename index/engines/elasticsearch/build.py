"""Make a new index aside and put it in the place of the visible one in one step."""

import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.errors import IndexGone
from index.engines.elasticsearch.indexes import Found, Listed, create, listed, look, mark, remove, show
from index.engines.elasticsearch.mapping import replicas
from index.engines.elasticsearch.sweeping import sweep
from index.engines.elasticsearch.writer import ElasticsearchWriter
from index.engines.protocol import EngineBusy, EngineError, EngineUnavailable
from index.owner import is_dead

ALIVE = 60.0
"""Seconds after its last sign of life (`writer.BEAT`) that a build of another machine counts as killed."""

COPIED = 30.0
"""Seconds a swap waits for the copies of the shards; it does not fail for want of them."""

_ASIDE: dict[str, Any] = {
    "auto_expand_replicas": "false",
    "number_of_replicas": 0,
    "translog": {"durability": "async"},
}
"""Until it is shown an index has no copies and need not be on disk with every request: one that is lost is
built again."""


class ElasticsearchBuild:
    """One new index, from empty to `swap` or `discard`. Only one of a version is made at a time.

    `shown` is called after the swap.
    """

    def __init__(self, cluster: Cluster, shown: Callable[[], None]) -> None:
        self._cluster, self._shown = cluster, shown
        self._made: Found | None = None
        self._writer: ElasticsearchWriter | None = None
        sweep(cluster)
        self._check_alone()
        self._made = create(cluster, _ASIDE)
        try:
            self._check_alone()
        except EngineError:
            self.discard()
            raise

    @property
    def index(self) -> str:
        """The index that is made."""
        return self._there().index

    def writer(self) -> ElasticsearchWriter:
        """The writer of the new index."""
        self._writer = ElasticsearchWriter(self._cluster, self._there())
        return self._writer

    def swap(self) -> None:
        """Make it the visible index. Searches going on end on the old one, which is removed later."""
        facts = self._writer.meta if self._writer is not None else self._there().meta
        self._settle()
        before = look(self._cluster, self._cluster.names.read)
        mark(self._cluster, self.index, facts.in_state("live", time.time()))
        show(self._cluster, self.index)
        self._made = None
        self._shown()
        for index, meta in before.items():
            if meta is not None:
                with suppress(IndexGone):
                    mark(self._cluster, index, meta.in_state("retired", time.time()))

    def discard(self) -> None:
        """Throw it away, unless it has become the visible one."""
        made, self._made = self._made, None
        if made is not None:
            remove(self._cluster, made.index)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def _there(self) -> Found:
        if self._made is None:
            raise EngineError("this build is over; begin another one")
        return self._made

    def _check_alone(self) -> None:
        """Raises EngineBusy while another build of this version is alive. Two that begin at the same moment
        see each other here; the one made first goes on."""
        mine = self._made.index if self._made is not None else None
        for one in listed(self._cluster):
            other = one.version == self._cluster.names.version and one.index != mine
            if other and _is_alive(one) and (mine is None or one.index < mine):
                raise EngineBusy(
                    f"another process is building {one.index} at {self._cluster.where}; wait for it "
                    f"(one that was killed on another machine counts as such after {ALIVE:.0f} seconds)"
                )

    def _settle(self) -> None:
        """Give the index the settings of a visible one, put it on disk and, in time, on other nodes."""
        settings = {**replicas(self._cluster.access), "translog": {"durability": "request"}}
        with self._cluster.managing("finishing the new index") as client:
            client.indices.put_settings(index=self.index, settings={"index": settings})
            client.indices.flush(index=self.index)
            client.indices.refresh(index=self.index)
            health = client.options(ignore_status=408, request_timeout=COPIED + 30).cluster.health(
                index=self.index,
                wait_for_status="yellow",
                wait_for_events="languid",
                wait_for_no_initializing_shards=True,
                timeout=f"{COPIED:.0f}s",
            )
        if health.body["status"] == "red":
            raise EngineUnavailable(
                f"the new index {self.index} at {self._cluster.where} lost a shard before it was shown; look "
                "at the cluster's health with `hubsearch doctor`, then build again"
            )


def _is_alive(one: Listed) -> bool:
    if one.meta is None or one.meta.state != "building" or is_dead(one.meta.owner):
        return False
    return time.time() - one.meta.touched < ALIVE
