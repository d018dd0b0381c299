"""Who may fetch now: many portals wait at the same time, a few compute, and none keeps the others waiting.

A fetch begins in front. It leaves the front as soon as it waits for its portal, or has had its share of the
processor: then the next one begins. So a portal that hangs, drips or never ends costs the others a moment and
not its whole budget, in whatever order they come. How many fetches there are altogether is bounded by memory.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from harvesters.supervise import MEMORY_LIMIT

MOST = 16
"""Fetches at the same time, however much memory there is: sources are many, but their hub has few cores."""
OWN_MEMORY = 256 * 1024**2
"""Bytes this process itself takes while it lands a run."""
STILL = 2
"""Looks (ten a second) in a row at a child that sleeps and computes nothing: it waits for its portal."""
SHARE = 0.25
"""Seconds of processor time after which a fetch goes on at a lower priority: reading 5 MB takes as much."""
LONGEST = 60.0
"""Seconds in front at most, on a machine so busy that a child gets no time."""
NICE = 15
"""With it a fetch gets what nobody else wants, and else a thirtieth of what one process of the hub gets."""

_CGROUP = Path("/sys/fs/cgroup/memory.max")


def fetches_by_memory() -> int:
    """How many children have room, each with all the memory it may take; at least two."""
    memory = psutil.virtual_memory().total
    with suppress(OSError, ValueError):  # no container, or one without a limit ("max")
        memory = min(memory, int(_CGROUP.read_text(encoding="ascii")))
    return max(2, min(MOST, (memory - OWN_MEMORY) // MEMORY_LIMIT))


class Lane:
    """One fetch's place; `look` is told the child's process id ten times a second."""

    def __init__(self, lanes: "Lanes") -> None:
        self._lanes = lanes
        self._begun = time.monotonic()
        self._computed = -1.0
        self._still = 0
        self.in_front = True

    def look(self, pid: int) -> None:
        """Leave the front when the child waits, or has had its share."""
        if not self.in_front:
            return
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(pid)
            times = process.cpu_times()
            computed = times.user + times.system
            asleep = computed == self._computed and process.status() == psutil.STATUS_SLEEPING
            self._still = self._still + 1 if asleep else 0
            self._computed = computed
            if computed > SHARE:
                os.setpriority(os.PRIO_PROCESS, pid, NICE)
            if computed > SHARE or self._still >= STILL or time.monotonic() - self._begun > LONGEST:
                self.leave()

    def leave(self) -> None:
        """Make room in front; nothing to do the second time."""
        self._lanes.left(self)


class Lanes:
    """The front, and the room behind it. Safe to share between threads.

    The front is twice as wide as the machine has cores: of those there, some wait for their portals.

    `total` bounds the fetches that are under way, `troubled` those among them that failed the last time:
    half, so that however many hang, others get through.
    """

    def __init__(self, total: int) -> None:
        self.total = total
        self.troubled = max(1, total // 2)
        self._width = min(total, 2 * (os.cpu_count() or 1))
        self._in_front = 0
        self._waiting: deque[object] = deque()
        self._changed = threading.Condition()

    def has_room(self) -> bool:
        """Whether a fetch could begin at once."""
        with self._changed:
            return self._in_front + len(self._waiting) < self._width

    @contextmanager
    def place(self) -> Iterator[Lane]:
        """Wait for one's turn in front; left, the place is free again."""
        ticket = object()
        with self._changed:
            self._waiting.append(ticket)
            self._changed.wait_for(lambda: self._waiting[0] is ticket and self._in_front < self._width)
            self._waiting.popleft()
            self._in_front += 1
            self._changed.notify_all()
        lane = Lane(self)
        try:
            yield lane
        finally:
            lane.leave()

    def left(self, lane: Lane) -> None:
        """A fetch is no longer in front."""
        with self._changed:
            if lane.in_front:
                lane.in_front = False
                self._in_front -= 1
                self._changed.notify_all()
