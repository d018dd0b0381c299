"""CKAN's action API over recorded packages, with the platform's rules and, when told, its faults."""

import json
import re
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.portals.server import LoopbackServer, Seen, send

ACTIONS = "api/3/action/"
_SINCE = re.compile(r"(?:^|\) AND )metadata_modified:\[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z TO \*\]$")
JSON = {"Content-Type": "application/json;charset=utf-8"}


class CkanPortal(LoopbackServer):
    """Pages `packages` (as recorded) below `base`, a path without slashes.

    The rules (docs.ckan.org, `package_search`): `rows` beyond `cap` are silently not given, `start` and
    `rows` must be whole numbers from 0 (else 409), a page behind the end is an empty one, `count` counts all
    matches. `fq` may be a range `metadata_modified:[…Z TO *]`, with others before it that match everything;
    what Solr would not understand is a 409, as is every range while `filters` is false. Without `sort=id asc`
    the order is another at every request, as it may be there.

    `dkan`: no `package_search` and no `status_show`; `package_list`, and
    `current_package_list_with_resources` whose `result` is a list of lists.

    Faults, by page number from 1: `missing` pages answer 500, `repeated` pages send the page before again,
    `cut` pages end in the middle of their JSON; `total` is the lie told as `count`. `deleted_before` and
    `added_before` say what changes before the page of that number: the place of a package, a new one.
    """

    def __init__(
        self,
        packages: Sequence[dict[str, Any]],
        *,
        cap: int = 1_000,
        base: str = "",
        dkan: bool = False,
        missing: frozenset[int] = frozenset(),
        repeated: frozenset[int] = frozenset(),
        cut: frozenset[int] = frozenset(),
        total: int | None = None,
    ) -> None:
        super().__init__()
        self.packages = sorted(packages, key=_id_of)
        self.cap = cap
        self.filters = True
        self.deleted_before: dict[int, int] = {}
        self.added_before: dict[int, dict[str, Any]] = {}
        self._base = f"/{base}/" if base else "/"
        self._dkan = dkan
        self._missing, self._repeated, self._cut, self._total = missing, repeated, cut, total
        self._pages: dict[str, int] = {}
        self._last = b""

    @property
    def root(self) -> str:
        """The portal's own root, below which its API is."""
        return self.url.rstrip("/") + self._base

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        root, _, action = seen.path.partition(ACTIONS)
        if root != self._base or not action:
            send(handler, 404, b"<html><title>404 Not Found</title>", {"Content-Type": "text/html"})
        elif action == "status_show" and not self._dkan:
            result = {"ckan_version": "2.10.4", "site_url": self.root.rstrip("/"), "extensions": []}
            send(handler, 200, _success(result), JSON)
        elif action == "package_list":
            names = [str(package.get("name")) for package in self.packages]
            send(handler, 200, _success(names[: int(seen.query.get("limit", len(names)))]), JSON)
        elif action == ("current_package_list_with_resources" if self._dkan else "package_search"):
            self._paged(handler, seen)
        else:
            send(handler, 404, b'"Bad request - Action name not known: x"', JSON)

    def _paged(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        page = self._pages.setdefault(json.dumps(seen.query), len(self._pages) + 1)
        self._change(page)
        status, body = self._list(seen.query) if self._dkan else self._search(seen.query)
        if page in self._missing:
            status, body = 500, b'{"success": false}'
        elif page in self._repeated:
            body = self._last
        self._last = body
        send(handler, status, body[: len(body) // 2] if page in self._cut else body, JSON)

    def _change(self, page: int) -> None:
        if page in self.deleted_before:
            del self.packages[self.deleted_before.pop(page)]
        if page in self.added_before:
            self.packages = sorted([*self.packages, self.added_before.pop(page)], key=_id_of)

    def _search(self, query: dict[str, str]) -> tuple[int, bytes]:
        rows, start = query.get("rows", "10"), query.get("start", "0")
        if not rows.isdecimal() or not start.isdecimal():
            return 409, b'{"success": false, "error": {"__type": "Validation Error"}}'
        found = self.packages
        if "metadata_modified" in query.get("fq", ""):
            since = _SINCE.search(query["fq"])
            if since is None or not self.filters:
                return 409, b'{"success": false, "error": {"__type": "Search Query Error"}}'
            found = [p for p in found if str(p.get("metadata_modified")) >= since[1]]
        if query.get("sort") != "id asc":
            turn = len(self.seen) % max(1, len(found))
            found = found[turn:] + found[:turn]
        page = found[int(start) : int(start) + min(int(rows), self.cap)]
        total = len(found) if self._total is None else self._total
        result = {"count": total, "sort": query.get("sort"), "facets": {}, "results": page}
        return 200, _success(result | {"search_facets": {}})

    def _list(self, query: dict[str, str]) -> tuple[int, bytes]:
        start = int(query.get("offset", 0))
        rows = min(int(query.get("limit", 10)), self.cap)
        return 200, _success([self.packages[start : start + rows]])


def _success(result: Any) -> bytes:
    return json.dumps({"help": "https://docs.ckan.org/", "success": True, "result": result}).encode()


def _id_of(package: dict[str, Any]) -> str:
    return str(package.get("id"))
