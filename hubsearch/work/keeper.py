"""The leases this process holds, kept alive by one thread for as long as the process is."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime

from hubsearch.work.held import Held
from index.owner import is_dead, shown, this_process
from index.store.board import JobBoard
from index.store.errors import StoreError
from index.store.leases import Job, Lease, Outcome

BEATS = 3
"""Renewals in the time of one lease: two may fail before it is lost."""

TURN_SECONDS = 0.5
"""Between two looks whether a job somebody else has is free."""


class Keeper:
    """Takes leases, renews them, gives them back. A lease that went to somebody else is called back."""

    def __init__(self, board: JobBoard, seconds: float) -> None:
        self._board = board
        self._seconds = seconds
        self._held: list[Held] = []
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._heart: threading.Thread | None = None

    def claim(self, names: Collection[str], now: datetime) -> Held | None:
        """That one of these jobs which has been due longest and that nobody has; None when there is none."""
        return self._keep(lambda: self._board.claim(names, this_process(), now=now, seconds=self._seconds))

    def take(self, name: str) -> Held | None:
        """A job by name, due or not; None while somebody else, who may be alive, has it."""

        def take() -> Lease | None:
            return self._board.take(name, this_process(), seconds=self._seconds)

        held = self._keep(take)
        if held is None and self._bury(self._board.get(name)):
            held = self._keep(take)
        return held

    @contextmanager
    def turn(self, name: str, waiting: Callable[[str], None] = lambda holder: None) -> Iterator[Held]:
        """Hold a job, after waiting for whoever has it; `waiting` is told who that is, once. Left, the job
        is given back as it was."""
        told = False
        while (held := self.take(name)) is None:
            if not told and (holder := self.holder(name)):
                waiting(holder)
                told = True
            time.sleep(TURN_SECONDS)
        with self.until_given_back(held):
            yield held

    @contextmanager
    def until_given_back(self, held: Held) -> Iterator[None]:
        """Do a job inside; left, it is given back as it was, unless it was finished."""
        try:
            yield
        finally:
            with suppress(StoreError):  # then it runs out
                self.give_back(held)

    def holder(self, name: str) -> str | None:
        """Who has a job, and since when, in words; None when nobody has."""
        job = self._board.get(name)
        if job is None or job.owner is None or job.leased_at is None:
            return None
        return f"{shown(job.owner)}, since {job.leased_at:%Y-%m-%d %H:%M:%S} UTC"

    def bury_the_dead(self) -> list[Job]:
        """End the leases of processes of this machine that are no longer there; those that were ended."""
        return [job for job in self._board.every() if self._bury(job)]

    def give_back(self, held: Held) -> None:
        """Give a job back as it was, due when it was due; nothing to do for one that was finished."""
        if self._forget(held):
            self._board.give_back(held.lease)

    def finish(self, held: Held, outcome: Outcome) -> None:
        """Give a job back with what came of it. Held until that was written: it can be tried again."""
        self._board.finish(held.lease, outcome)
        self._forget(held)

    def finished(self, held: Held) -> None:
        """A job was given back in a transaction of its holder's own."""
        self._forget(held)

    def remove(self, held: Held) -> None:
        """Remove a job there is nothing left to do of."""
        self._forget(held)
        self._board.forget(held.lease)

    def call_back(self, reason: str) -> None:
        """End every job this process is at."""
        with self._lock:
            held = list(self._held)
        for one in held:
            one.call_back(reason)

    def close(self) -> None:
        """Give back what is still held; later calls find nothing to do."""
        self._closing.set()
        if self._heart is not None:
            self._heart.join()
        for held in list(self._held):
            with suppress(StoreError):  # it runs out by itself
                self.give_back(held)

    def _keep(self, lease_of: Callable[[], Lease | None]) -> Held | None:
        begun = time.monotonic()
        lease = lease_of()
        if lease is None:
            return None
        held = Held(lease, begun + self._seconds)
        with self._lock:
            self._held.append(held)
            if self._heart is None:
                self._heart = threading.Thread(target=self._beat, name="leases", daemon=True)
                self._heart.start()
        return held

    def _forget(self, held: Held) -> bool:
        with self._lock:
            known = held in self._held
            if known:
                self._held.remove(held)
            return known

    def _bury(self, job: Job | None) -> bool:
        if job is None or job.owner is None or not job.leased or not is_dead(job.owner):
            return False
        self._board.expire(job)
        return True

    def _beat(self) -> None:
        pause = self._seconds / BEATS
        while not self._closing.wait(pause):
            with self._lock:
                held = {one.lease: one for one in self._held}
            begun = time.monotonic()
            try:
                lost = set(self._board.renew(held)) if held else set()
            except StoreError:
                pause = min(1.0, self._seconds / BEATS)  # the server is away; it may be back in time
                continue
            pause = self._seconds / BEATS
            for lease, one in held.items():
                if lease in lost:
                    one.call_back(f"the lease of {lease.name} ran out and somebody else has it now")
                else:
                    one.renewed(begun + self._seconds)
