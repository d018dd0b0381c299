"""How a worker is told to stop: SIGTERM or Ctrl-C lets it drain, the second one ends it at once."""

import os
import signal
import threading
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Set once somebody wants the worker to end; `signalled` when that was a person, by a signal."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.signalled = False

    def listen(self) -> None:
        """Take over the signals of this process; for its main thread alone."""
        for number in SIGNALS:
            signal.signal(number, self._receive)

    def wanted(self) -> bool:
        """Whether it has been said."""
        return self._event.is_set()

    def say(self) -> None:
        """Stop, for another reason than a signal."""
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is said; whether it has been."""
        return self._event.wait(seconds)

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.signalled:
            # Children notice the end of their pipes, leases run out, transactions are rolled back: as with
            # a kill, nothing is lost.
            os._exit(128 + number)
        self.signalled = True
        self._event.set()
