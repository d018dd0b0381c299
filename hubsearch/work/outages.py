"""What is away, said once when it goes and once when it is back, however many threads run into it."""

import threading
from collections.abc import Callable

from index.engines.protocol import EngineUnavailable
from index.store.errors import StoreAway


class Outages:
    """Shared by the threads of a worker. `said` tells people."""

    def __init__(self, said: Callable[[str], None]) -> None:
        self._said = said
        self._open: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def hit(self, who: str, error: Exception) -> None:
        """A part of the worker ran into something and will try again."""
        what = _what(error) or who
        with self._lock:
            news = what not in self._open
            self._open.setdefault(what, set()).add(who)
        if news:
            self._said(f"{what}: waits and tries again: {error}")

    def passed(self, who: str) -> None:
        """A part of the worker got through."""
        with self._lock:
            over = [what for what, hit in self._open.items() if who in hit]
            for what in over:
                del self._open[what]
        for what in over:
            self._said(f"{what}: goes on")


def _what(error: Exception) -> str | None:
    if isinstance(error, StoreAway):
        return "store"
    return "engine" if isinstance(error, EngineUnavailable) else None
