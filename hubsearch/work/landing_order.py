"""Whose run lands next: one at a time, the smallest first; a larger one makes way in its middle.

Landing takes memory, the processors and the store's one writer, so runs land one after the other. A source
that sent records without end for its whole budget may take minutes; the others land meanwhile, between two of
its records.
"""

import heapq
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count

from harvesters.spool import SpoolReader
from mappings.source_record import RunStatement, SourceRecord

Place = tuple[int, int]
"""Bytes to land, and who came first."""

PORTION = 100
"""Records read between two looks whether a smaller run waits; with the largest records still a moment."""


class LandingOrder:
    """One run's turn after the other. Safe to share between threads."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waiting: list[Place] = []
        self._taken = False
        self._changed = threading.Condition()

    @contextmanager
    def turn(self, size: int) -> Iterator["Turn"]:
        """Wait until this run of `size` bytes is the smallest that waits and none is landing."""
        place = (size, next(self._numbers))
        self._take(place)
        try:
            yield Turn(self, place)
        finally:
            self._leave()

    def make_way(self, place: Place) -> None:
        """Let the smaller runs that wait go first; called by the run that has its turn."""
        with self._changed:
            if not self._waiting or self._waiting[0] > place:
                return
        self._leave()
        self._take(place)

    def _take(self, place: Place) -> None:
        with self._changed:
            heapq.heappush(self._waiting, place)
            self._changed.wait_for(lambda: not self._taken and self._waiting[0] == place)
            heapq.heappop(self._waiting)
            self._taken = True

    def _leave(self) -> None:
        with self._changed:
            self._taken = False
            self._changed.notify_all()


class Turn:
    """The turn of one run."""

    def __init__(self, order: LandingOrder, place: Place) -> None:
        self._order, self._place = order, place

    def reading(self, spool: SpoolReader) -> "Considerate":
        """The spool of this run, to be read so that smaller runs need not wait."""
        return Considerate(spool, self)

    def make_way(self) -> None:
        """Let the smaller runs that wait go first. No transaction may be open."""
        self._order.make_way(self._place)


class Considerate:
    """A spool that makes way, now and then, for the smaller ones (`index.ingest.run_input.LightInput`)."""

    def __init__(self, spool: SpoolReader, turn: Turn) -> None:
        self._spool, self._turn = spool, turn

    @property
    def statement(self) -> RunStatement:
        """What the fetch says about itself."""
        return self._spool.statement

    def records(self) -> Iterator[SourceRecord]:
        """Every record whole."""
        return self._with_pauses(self._spool.records())

    def headers(self) -> Iterator[SourceRecord]:
        """Every record without its payload."""
        return self._with_pauses(self._spool.headers())

    def _with_pauses(self, records: Iterator[SourceRecord]) -> Iterator[SourceRecord]:
        for number, record in enumerate(records, 1):
            yield record
            if number % PORTION == 0:
                self._turn.make_way()
