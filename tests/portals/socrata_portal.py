"""Socrata's Discovery API over recorded results, with the platform's rules and, when told, its faults."""

import json
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.portals.server import LoopbackServer, Seen, send

PATH = "/api/catalog/v1"
VIEWS = "/api/views/"


class SocrataPortal(LoopbackServer):
    """Pages `results` (as recorded) of the domain named in each result's `metadata`.

    The rules: `limit` up to 10,000 (default 100), `offset` + `limit` up to 10,000, `scroll_id` in the order
    of ids, never with `order`; each breach is a 400. `resultSetSize` counts all matches.

    Faults, by page number from 1: `missing` pages answer 500, `repeated` pages send the page before again,
    `cut` pages end in the middle of their JSON; `total` is the lie told as `resultSetSize`.

    `views` are the details of single assets, by id, at `/api/views/<id>.json`: an object, or the status to
    refuse with; 404 for the others.
    """

    def __init__(
        self,
        results: Sequence[dict[str, Any]],
        *,
        missing: frozenset[int] = frozenset(),
        repeated: frozenset[int] = frozenset(),
        cut: frozenset[int] = frozenset(),
        total: int | None = None,
        views: Mapping[str, dict[str, Any] | int] | None = None,
    ) -> None:
        super().__init__()
        self.results = sorted(results, key=lambda result: result["resource"]["id"])
        self._missing, self._repeated, self._cut, self._total = missing, repeated, cut, total
        self._pages: dict[str, int] = {}
        self._last = b""
        self.views: dict[str, dict[str, Any] | int] = dict(views or {})

    def asked_for(self) -> list[str]:
        """The assets whose views were asked for, in order."""
        return [path.split("/")[-1].partition(".")[0] for path in self.paths() if path.startswith(VIEWS)]

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        if seen.path.startswith(VIEWS):
            found = self.views.get(seen.path.removeprefix(VIEWS).removesuffix(".json"), 404)
            status, body = (
                (found, b'{"error":true}') if isinstance(found, int) else (200, json.dumps(found).encode())
            )
            send(
                handler, status, body, {"Content-Type": "application/json", "X-Socrata-RequestId": "loopback"}
            )
            return
        if seen.path != PATH:
            send(handler, 404, b"{}", {"X-Socrata-RequestId": "loopback"})
            return
        status, body = self._page(seen.query)
        page = self._pages.setdefault(json.dumps(seen.query), len(self._pages) + 1)
        if page in self._missing:
            status, body = 500, b'{"error":"internal"}'
        elif page in self._repeated:
            body = self._last
        self._last = body
        if page in self._cut:
            body = body[: len(body) // 2]
        send(handler, status, body, {"Content-Type": "application/json", "X-Socrata-RequestId": "loopback"})

    def _page(self, query: dict[str, str]) -> tuple[int, bytes]:
        limit, offset = int(query.get("limit", 100)), int(query.get("offset", 0))
        if not 0 <= limit <= 10_000 or offset + limit > 10_000:
            return 400, b'{"error":"offset + limit must be at most 10000"}'
        if "scroll_id" in query and ("order" in query or offset):
            return 400, b'{"error":"scroll_id cannot be combined with order or offset"}'
        domains = set(query.get("domains", "").split(",")) - {""}
        kinds = set(query.get("only", "").split(",")) - {""}
        ids = set(query.get("ids", "").split(",")) - {""}
        found = [
            result
            for result in self.results
            if (not domains or result["metadata"]["domain"] in domains)
            and (not kinds or result["resource"]["type"] in kinds)
            and (not ids or result["resource"]["id"] in ids)
        ]
        total = len(found) if self._total is None else self._total
        if "scroll_id" in query:
            found = [result for result in found if result["resource"]["id"] > query["scroll_id"]]
        page = {
            "results": found[offset : offset + limit],
            "resultSetSize": total,
            "timings": {"serviceMillis": 7},
        }
        return 200, json.dumps(page).encode()
