"""Many small portals on one loopback server, which notices when one of them is asked by two at once."""

import json
import select
import socket
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.portals.server import LoopbackServer, Seen, send


class FeedsPortal(LoopbackServer):
    """Serves `/NAME/data.json` for every name of `sizes` (records in the feed).

    Each answer takes `seconds`; it ends at once when whoever asked hangs up or dies. `fetches` counts the
    answers given whole by name, `overlaps` the requests that came while the same feed was being answered.
    """

    def __init__(self, sizes: dict[str, int], *, seconds: float = 0.0) -> None:
        super().__init__()
        self.sizes = dict(sizes)
        self.seconds = seconds
        self.fetches: Counter[str] = Counter()
        self.overlaps: Counter[str] = Counter()
        self._active: Counter[str] = Counter()
        self._lock = threading.Lock()

    def address(self, name: str) -> str:
        """Where a feed is."""
        return f"{self.url}{name}/data.json"

    def entries(self, schedule: str = "daily", **keys: Any) -> str:
        """A portals file that names every feed, each as if it had a host of its own."""
        keys = {"take_turns": False} | keys
        extra = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        return "\n".join(
            f'[[portal]]\nid = "{name}"\ntype = "dcat-us"\nurl = "{self.address(name)}"\n'
            f'allow_private = true\nschedule = "{schedule}"\n{extra}'
            for name in self.sizes
        )

    def under_way(self) -> int:
        """Answers being given."""
        with self._lock:
            return sum(self._active.values())

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        name = seen.path.strip("/").partition("/")[0]
        if name not in self.sizes:
            send(handler, 404, b"not here")
            return
        with self._lock:
            self.overlaps[name] += self._active[name] > 0
            self._active[name] += 1
        try:
            if self._stays(handler.connection):
                send(handler, 200, body(name, self.sizes[name]), {"Content-Type": "application/json"})
                self.fetches[name] += 1
        finally:
            with self._lock:
                self._active[name] -= 1

    def _stays(self, client: socket.socket) -> bool:
        """Wait as long as an answer takes; False when the client is gone before."""
        gone, _, _ = select.select([client], [], [], self.seconds)
        return not gone


def body(name: str, size: int) -> bytes:
    """A feed of so many valid records."""
    return json.dumps({"dataset": [record(name, number) for number in range(size)]}).encode()


def record(name: str, number: int) -> dict[str, Any]:
    return {
        "identifier": f"{name}-{number}",
        "title": f"Bridge inspections {number} of {name}",
        "description": "Condition of each bridge, by inspection.",
        "keyword": ["bridges", "roads"],
        "modified": "2026-01-01",
        "publisher": {"name": "Department of Roads"},
        "contactPoint": {"fn": "Road Desk", "hasEmail": "mailto:roads@example.gov"},
        "accessLevel": "public",
    }
