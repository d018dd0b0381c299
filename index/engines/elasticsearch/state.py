"""Which index is visible and how far it is, remembered for a moment, for all threads of a process."""

import time
from dataclasses import dataclass
from threading import Lock

from index.engines.elasticsearch.client import Cluster
from index.engines.elasticsearch.indexes import current, listed
from index.engines.elasticsearch.reading import Reader
from index.engines.protocol import EngineError

FRESH = 0.25
"""Seconds a state is taken as it is; then one thread asks anew while the others go on with it …"""
LATEST = 0.5
"""… until it is this old: then they wait for the answer."""


@dataclass(frozen=True, slots=True)
class State:
    """What was found: the name of the visible state, its reader (None without an index), and why there is
    nothing to search before a build (None when there is)."""

    generation: str
    reader: Reader | None = None
    needs_build: str | None = None


class Watched:
    """The state of the cluster as of at most half a second ago."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lock = Lock()
        self._held: tuple[State, float] | None = None
        self._failed: tuple[EngineError, float] | None = None

    def state(self) -> State:
        """The state. Raises EngineUnavailable when it cannot be had, EngineError when it makes no sense."""
        held, began = self._held, time.monotonic()
        age = began - held[1] if held is not None else LATEST
        if held is not None and age < FRESH:
            return held[0]
        if not self._lock.acquire(blocking=held is None or age >= LATEST):
            assert held is not None
            return held[0]
        try:
            return self._after(held, began)
        finally:
            self._lock.release()

    def forget(self) -> None:
        """Ask anew at the next look."""
        self._held = None

    def _after(self, held: tuple[State, float] | None, began: float) -> State:
        """The state, once it is this thread's turn: what another one found or failed with while this one
        waited counts for it, too. Else a cluster that does not answer would be waited for one by one."""
        newest, failed = self._held, self._failed
        if newest is not None and newest is not held and time.monotonic() - newest[1] < FRESH:
            return newest[0]
        if failed is not None and failed[1] >= began:
            raise type(failed[0])(*failed[0].args) from failed[0]
        try:
            return self._ask(newest[0] if newest is not None else None)
        except EngineError as error:
            self._failed = (error, time.monotonic())
            raise

    def _ask(self, before: State | None) -> State:
        asked = time.monotonic()
        found = current(self._cluster)
        if found is None:
            state = State("", needs_build=why_build(self._cluster))
        else:
            generation = f"{found.index}@{found.meta.watermark}.{found.meta.commit}"
            if before is not None and before.generation == generation:
                state = before
            else:
                state = State(generation, Reader(self._cluster, found.index))
        self._held = (state, asked)
        return state


def why_build(cluster: Cluster) -> str | None:
    """Where there is no index of this version: why one must be built aside before it is searched; None when
    an empty one will do. Only an index of another version that is in use holds what searches would miss."""
    names = cluster.names
    others = [
        one.index
        for one in listed(cluster)
        if one.version != names.version and names.with_version(one.version).read in one.aliases
    ]
    if not others:
        return None
    return (
        f"the index {others[-1]} at {cluster.where} was made by another version of the hub; make one for "
        "this version with `hubsearch index build` (the other one goes on meanwhile, the store is complete)"
    )
