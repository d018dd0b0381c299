"""How a worker is told to stop: SIGTERM or Ctrl-C lets it drain, the second one ends it at once."""

import os
import select
import signal
from types import FrameType

SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stop:
    """Said once somebody wants the worker to end; `signalled` when that was a person, by a signal.

    A pipe that becomes readable, and no lock: a signal's handler runs in the middle of whatever its thread is
    at, and would wait for ever for a lock that thread holds (as `threading.Event.wait` does for a moment).
    """

    def __init__(self) -> None:
        self._said = False
        self.signalled = False
        self._hear, self._speak = os.pipe()

    def listen(self) -> None:
        """Take over the signals of this process; for its main thread alone."""
        for number in SIGNALS:
            signal.signal(number, self._receive)

    def wanted(self) -> bool:
        """Whether it has been said."""
        return self._said

    def say(self) -> None:
        """Stop, for another reason than a signal."""
        if not self._said:
            self._said = True
            os.write(self._speak, b".")  # never read: it wakes everybody, also those who come later

    def wait(self, seconds: float) -> bool:
        """Wait so long, or until it is said; whether it has been."""
        select.select([self._hear], [], [], max(0.0, seconds))
        return self._said

    def _receive(self, number: int, frame: FrameType | None) -> None:
        if self.signalled:
            # Children notice the end of their pipes, leases run out, transactions are rolled back: as with
            # a kill, nothing is lost.
            os._exit(128 + number)
        self.signalled = True
        self.say()
