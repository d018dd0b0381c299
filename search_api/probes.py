"""Ask store, engine and disk whether they answer, without ever hanging and without a load of its own.

Each part is asked in a thread of its own, by one question at a time, whose answer is kept for a second: a
flood of probes costs nothing, and a server that never answers holds one thread and nobody's request.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock, Thread

from index.engines.protocol import Engine, EngineError
from index.store import Store
from index.store.errors import StoreError

KEPT_SECONDS = 1.0
"""How long an answer counts as the present one."""
PATIENCE = 2.0
"""Seconds a part has to answer: below the time-out usual for a load balancer's probe."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a part said: the change sequence it has reached, or None and `trouble`, why it did not answer.

    `unready` is why it cannot serve searches although it answers, `warning` what should be mended although it
    can.
    """

    sequence: int | None
    trouble: str | None = None
    unready: str | None = None
    warning: str | None = None


class Probe:
    """One part. `ask` answers for itself; it may block, and raises StoreError, EngineError or
    OSError."""

    def __init__(self, name: str, ask: Callable[[], Answer]) -> None:
        self._name = name
        self._ask = ask
        self._lock = Lock()
        self._future: Future[Answer] | None = None
        self._asked = self._answered = 0.0

    async def answer(self) -> Answer:
        """The answer, at most a second old, after `PATIENCE` at the latest."""
        future = self._present()
        left = self._asked + PATIENCE - time.monotonic()
        if not future.done() and left <= 0:
            return self._silent()
        try:
            return await asyncio.wait_for(asyncio.wrap_future(future), max(left, 0.01))
        except TimeoutError:
            return self._silent()

    def _present(self) -> Future[Answer]:
        with self._lock:
            future, now = self._future, time.monotonic()
            if future is None or (future.done() and now > self._answered + KEPT_SECONDS):
                self._future = future = Future()
                self._asked = now
                future.set_running_or_notify_cancel()  # whoever stops waiting cancels nothing
                Thread(target=self._put, args=(future,), name=f"probe {self._name}", daemon=True).start()
            return future

    def _put(self, future: Future[Answer]) -> None:
        answer = Answer(None, f"{self._name}: the question itself failed; see the log")
        try:
            answer = self._ask()
        except (StoreError, EngineError, OSError):
            answer = Answer(None, f"the {self._name} does not answer")
        finally:
            self._answered = time.monotonic()
            future.set_result(answer)

    def _silent(self) -> Answer:
        return Answer(None, f"the {self._name} has not answered within {PATIENCE:g} seconds")


def store_probe(store: Store) -> Probe:
    """Asks the record store for its change sequence."""
    return Probe("store", lambda: Answer(store.last_sequence()))


def engine_probe(engine: Engine) -> Probe:
    """Asks the engine how far its index is. One that has no usable index answers all the same."""

    def ask() -> Answer:
        if engine.needs_build() is not None:
            return Answer(0, unready="the index has to be built by this version: hubsearch index build")
        if not engine.healthy():
            return Answer(None, "the engine cannot answer searches")
        if not engine.generation():
            return Answer(0, unready="there is no index yet: hubsearch index build makes it")
        return Answer(engine.watermark())

    return Probe("engine", ask)


def disk_probe(warning: Callable[[], str | None]) -> Probe:
    """Asks for what an operator should know of the disk. One that does not answer is known by that."""
    return Probe("disk", lambda: Answer(None, warning=warning()))
