"""Opendatasoft's Explore API 2.1 over datasets, with the platform's caps and, when told, its faults."""

import json
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.portals.server import LoopbackServer, Seen, send

API = "api/explore/v2.1/catalog/"
JSON = {"Content-Type": "application/json; charset=utf-8", "X-RateLimit-Remaining": "4999"}


class OpendatasoftPortal(LoopbackServer):
    """Pages `datasets` below `base`, a path without slashes.

    The rules (help.opendatasoft.com/apis/ods-explore-v2): `limit` up to `largest` (default 10), `offset` +
    `limit` less than `ceiling`; each breach is a 400 with an error code. `exports/json` is a bare list of all
    of them. `total_count` counts all matches. Without `order_by=dataset_id` the order is another at every
    request. `quota` is how many requests are answered before 429, with X-RateLimit-Reset.

    Faults, by page number from 1: `missing` pages answer 500, `repeated` pages send the page before again,
    `cut` pages end in the middle of their JSON; `total` is the lie told as `total_count`; `unordered` refuses
    `order_by` and keeps one order; `short_export` leaves so many out of the export.
    """

    def __init__(
        self,
        datasets: Sequence[dict[str, Any]],
        *,
        base: str = "",
        largest: int = 100,
        ceiling: int = 10_000,
        quota: int | None = None,
        missing: frozenset[int] = frozenset(),
        repeated: frozenset[int] = frozenset(),
        cut: frozenset[int] = frozenset(),
        total: int | None = None,
        unordered: bool = False,
        short_export: int = 0,
    ) -> None:
        super().__init__()
        self.datasets = sorted(datasets, key=lambda dataset: str(dataset.get("dataset_id")))
        self._base = f"/{base}/" if base else "/"
        self._largest, self._ceiling, self._quota = largest, ceiling, quota
        self._missing, self._repeated, self._cut, self._total = missing, repeated, cut, total
        self._unordered, self._short_export = unordered, short_export
        self._pages: dict[str, int] = {}
        self._asked = 0
        self._last = b""

    @property
    def root(self) -> str:
        """The portal's own root, below which its API is."""
        return self.url.rstrip("/") + self._base

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        root, _, rest = seen.path.partition(API)
        if root != self._base or rest not in ("datasets", "exports/json"):
            send(handler, 404, b"<html><title>Not found</title>", {"Content-Type": "text/html"})
            return
        self._asked += 1
        if self._quota is not None and self._asked > self._quota:
            reset = "2026-01-02T00:00:00+00:00"
            body = {"errorcode": 10002, "error": "Too many requests on the domain.", "reset_time": reset}
            headers = {**JSON, "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset, "Retry-After": "0"}
            send(handler, 429, json.dumps(body).encode(), headers)
        elif rest == "datasets":
            send(handler, *self._page(seen.query), JSON)
        else:
            whole = self.datasets[: len(self.datasets) - self._short_export]
            send(handler, 200, json.dumps(whole).encode(), JSON)

    def _page(self, query: dict[str, str]) -> tuple[int, bytes]:
        page = self._pages.setdefault(json.dumps(query), len(self._pages) + 1)
        status, body = self._found(query)
        if page in self._missing:
            status, body = 500, b'{"error_code": "InternalError"}'
        elif page in self._repeated:
            body = self._last
        self._last = body
        return status, body[: len(body) // 2] if page in self._cut else body

    def _found(self, query: dict[str, str]) -> tuple[int, bytes]:
        limit, offset = query.get("limit", "10"), query.get("offset", "0")
        if not limit.isdecimal() or not offset.isdecimal():
            return _refused("InvalidRESTParameterError", "limit and offset are whole numbers")
        if int(limit) > self._largest:
            return _refused("InvalidRESTParameterError", f"Invalid value for limit: {limit}")
        if int(limit) + int(offset) >= self._ceiling:
            return _refused("InvalidRESTParameterError", "limit + offset should be less than 10000")
        if self._unordered and "order_by" in query:
            return _refused("ODSQLError", "Unknown field: dataset_id")
        found = self.datasets
        if query.get("order_by") != "dataset_id" and not self._unordered:
            turn = len(self.seen) % max(1, len(found))
            found = found[turn:] + found[:turn]
        total = len(found) if self._total is None else self._total
        page = {"total_count": total, "results": found[int(offset) : int(offset) + int(limit)]}
        return 200, json.dumps(page).encode()


def _refused(code: str, message: str) -> tuple[int, bytes]:
    return 400, json.dumps({"error_code": code, "message": message}).encode()
