"""ArcGIS Hub's search API over items, as OGC API Records pages them, and when told, its faults.

No answer is recorded; the form follows OGC 20-004 (Records, `items`) and Esri's description of the API at
developers.arcgis.com/hub/services/search.
"""

import json
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.portals.server import LoopbackServer, Seen, send

ITEMS = "/api/search/v1/collections/all/items"
CATALOG = "/api/search/v1/catalog"
GEOJSON = {"Content-Type": "application/geo+json; charset=utf-8"}


class HubPortal(LoopbackServer):
    """Pages `items` (GeoJSON features), and describes the site's catalogue.

    The rules: `limit` up to `cap`, more is a 400; `startindex` counts from 1; `numberMatched` counts all; a
    link `next` leads on where there is more. Without `sortBy` the order is another at every request;
    `unordered` refuses it and keeps one order.

    Faults, by page number from 1: `missing` pages answer 500, `repeated` pages send the page before again,
    `cut` pages end in the middle of their JSON; `total` is the lie told as `numberMatched`; with `looping`
    every page's `next` leads to itself. `deleted_before` says the place of an item gone before a page.
    """

    def __init__(
        self,
        items: Sequence[dict[str, Any]],
        *,
        cap: int = 100,
        missing: frozenset[int] = frozenset(),
        repeated: frozenset[int] = frozenset(),
        cut: frozenset[int] = frozenset(),
        total: int | None = None,
        looping: bool = False,
        unordered: bool = False,
    ) -> None:
        super().__init__()
        self.items = list(items)
        self.deleted_before: dict[int, int] = {}
        self._cap, self._total, self._looping, self._unordered = cap, total, looping, unordered
        self._missing, self._repeated, self._cut = missing, repeated, cut
        self._pages: dict[str, int] = {}
        self._last = b""

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        if seen.path == CATALOG:
            scopes = {"item": {"targetEntity": "item", "filters": []}}
            body = json.dumps({"schemaVersion": 1, "title": "Site", "scopes": scopes}).encode()
            send(handler, 200, body, {"Content-Type": "application/json"})
            return
        if seen.path != ITEMS:
            send(handler, 404, b"<html><title>404</title>", {"Content-Type": "text/html"})
            return
        page = self._pages.setdefault(json.dumps(seen.query), len(self._pages) + 1)
        if page in self.deleted_before:
            del self.items[self.deleted_before.pop(page)]
        status, body = self._page(seen.query)
        if page in self._missing:
            status, body = 500, b'{"message": "Internal server error"}'
        elif page in self._repeated:
            body = self._last
        self._last = body
        send(handler, status, body[: len(body) // 2] if page in self._cut else body, GEOJSON)

    def _page(self, query: dict[str, str]) -> tuple[int, bytes]:
        limit, start = query.get("limit", "10"), query.get("startindex", "1")
        if not (limit.isdecimal() and 1 <= int(limit) <= self._cap and start.isdecimal() and int(start) >= 1):
            return 400, b'{"message": "limit must be 1 to 100, startindex at least 1", "statusCode": 400}'
        if self._unordered and "sortBy" in query:
            return 400, b'{"message": "sortBy is not supported", "statusCode": 400}'
        found = self.items
        if not self._unordered and query.get("sortBy") != "properties.created":
            turn = len(self.seen) % max(1, len(found))
            found = found[turn:] + found[:turn]
        begin, end = int(start) - 1, int(start) - 1 + int(limit)
        links = [{"rel": "self", "type": "application/geo+json", "href": f"{self.url[:-1]}{ITEMS}"}]
        if self._looping or end < len(found):
            index = int(start) if self._looping else end + 1
            href = f"{self.url[:-1]}{ITEMS}?limit={limit}&startindex={index}"
            links.append({"rel": "next", "type": "application/geo+json", "href": href})
        page = {
            "type": "FeatureCollection",
            "features": found[begin:end],
            "timestamp": "2026-01-01T00:00:00.000Z",
            "numberMatched": len(found) if self._total is None else self._total,
            "numberReturned": len(found[begin:end]),
            "links": links,
        }
        return 200, json.dumps(page).encode()
