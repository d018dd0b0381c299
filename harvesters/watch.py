"""Watching a child from outside: its progress, its memory, its time."""

import json
import os
import selectors
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from harvesters.children import Child
from harvesters.leash import CalledBack, Leash

_LOOK_EVERY = 0.1
"""Seconds between two looks at the memory. A child grows by at most some 50 MB in between."""


@dataclass(slots=True)
class Watch:
    """One child with a pipe on its standard output. `deadline` is a `time.monotonic`, memory is in bytes.

    `records` and `received` (bytes) are the last progress heard, `peak` the most memory seen, `answer` the
    last line that was no progress.
    """

    child: Child
    deadline: float
    memory_limit: int
    progress: Callable[[int, int], None] | None = None
    leash: Leash = field(default_factory=Leash)
    records: int = 0
    received: int = 0
    peak: int = 0
    answer: bytes = b""
    _rest: bytes = field(default=b"", init=False)

    def until_the_end(self) -> tuple[str, str] | None:
        """Wait until the child closes its output: None. Or why it must be ended now: (slug, reason).

        Raises CalledBack when its leash says that nobody wants it any more.
        """
        pipe = self.child.stdout
        process = psutil.Process(self.child.pid)
        with selectors.DefaultSelector() as selector:
            selector.register(pipe, selectors.EVENT_READ)
            while True:
                if selector.select(_LOOK_EVERY) and not self._hear(os.read(pipe.fileno(), 65_536)):
                    return None
                if (reason := self.leash.why_over()) is not None:
                    raise CalledBack(reason)
                self.leash.onlooker(self.child.pid)
                self.peak = max(self.peak, _resident(process))
                if self.peak > self.memory_limit:
                    return "memory", f"the fetch used more than {self.memory_limit // 1024**2:,} MB of memory"
                if time.monotonic() > self.deadline:
                    return "deadline", "the fetch did not end within its budget and was stopped"

    def _hear(self, data: bytes) -> bool:
        if not data:
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            heard = json.loads(line)
            if heard.keys() == {"records", "bytes"}:
                self.records, self.received = heard["records"], heard["bytes"]
                if self.progress is not None:
                    self.progress(self.records, self.received)
            else:
                self.answer = line
        return True


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
