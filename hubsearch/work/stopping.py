"""How a worker is told to stop: SIGTERM or Ctrl-C lets it drain, the second one ends it at once."""

import os
import signal
import threading
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Set once somebody wants the worker to end."""

    def __init__(self) -> None:
        self._event = threading.Event()

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
        if self._event.is_set():
            # Children notice the end of their pipes, leases run out, transactions are rolled back: as with
            # a kill, nothing is lost.
            os._exit(128 + number)
        self._event.set()
