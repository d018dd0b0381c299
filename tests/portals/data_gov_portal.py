"""data.gov's catalogue over results of its search, with its caps and, when told, its faults."""

import base64
import json
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.portals.server import LoopbackServer, Seen, send

JSON = {"Content-Type": "application/json"}
HTML = {"Content-Type": "text/html; charset=utf-8"}


class DataGovPortal(LoopbackServer):
    """Answers `/search` below `base`, a path without slashes.

    The rules (github.com/GSA/datagov-catalog: app/routes.py, app/search/reader.py): `per_page` at most
    `largest`, silently, 20 where nothing is asked for; the order is by popularity, then by slug; `after` is
    base64 of the sort values of the last result in JSON, and is left out when nothing follows. `q` searches
    titles, `org_slug` names an organisation, `spatial_geometry` is GeoJSON within whose box a dataset's
    `spatial_shape` must lie. A cursor that cannot be read is a 400. `places` are the geometries that
    `/api/locations/search` and `/api/location/<id>` know, by name.

    Faults: `expires` are the requests (from 1) whose cursor is refused, with `refusal` as status; by page
    number from 1, `missing` pages answer 500 and `cut` ones end in the middle of their JSON; `stuck` names
    the cursor asked with again, `back` the first page's; `endless` follows the end with empty pages; `deaf`
    heeds no narrowing.
    """

    def __init__(
        self,
        results: Sequence[dict[str, Any]],
        *,
        base: str = "",
        largest: int = 1_000,
        places: Mapping[str, Any] | None = None,
        expires: frozenset[int] = frozenset(),
        refusal: int = 400,
        missing: frozenset[int] = frozenset(),
        cut: frozenset[int] = frozenset(),
        stuck: bool = False,
        back: bool = False,
        endless: bool = False,
        deaf: bool = False,
    ) -> None:
        super().__init__()
        ordered = sorted(results, key=lambda result: (-_popularity(result), _slug(result)))
        self.results = [(each, _order(each, number)) for number, each in enumerate(ordered)]
        self._base = f"/{base}/" if base else "/"
        self._largest, self._places = largest, list((places or {}).items())
        self._expires, self._refusal = expires, refusal
        self._missing, self._cut = missing, cut
        self._stuck, self._back, self._endless, self._deaf = stuck, back, endless, deaf
        self._asked = 0
        self._pages: dict[str, int] = {}

    @property
    def root(self) -> str:
        """The catalogue's own root."""
        return self.url.rstrip("/") + self._base

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        rest = seen.path.removeprefix(self._base) if seen.path.startswith(self._base) else None
        if rest == "search":
            self._asked += 1
            send(handler, *self._page(seen.query), JSON)
        elif rest == "api/locations/search":
            wanted = seen.query.get("q", "").casefold()
            found = [
                {"id": str(number), "display_name": name}
                for number, (name, _) in enumerate(self._places)
                if wanted in name.casefold()
            ]
            send(handler, 200, json.dumps({"locations": found, "total": len(found)}).encode(), JSON)
        elif rest and rest.startswith("api/location/"):
            number = int(rest.rpartition("/")[2])
            send(handler, 200, json.dumps({"id": number, "geometry": self._places[number][1]}).encode(), JSON)
        elif rest == "" or (rest and rest.startswith(("dataset/", "organization/"))):
            send(handler, 200, b"<html><title>Catalog - Data.gov</title>", HTML)
        else:
            send(handler, 404, b"<html><title>Not found</title>", HTML)

    def _page(self, query: dict[str, str]) -> tuple[int, bytes]:
        page = self._pages.setdefault(json.dumps(query), len(self._pages) + 1)
        if self._asked in self._expires:
            return self._refusal, b'{"error": "Search failed", "message": "Invalid cursor format"}'
        if page in self._missing:
            return 500, b'{"error": "Search failed"}'
        body = json.dumps(self._found(query), sort_keys=True).encode()
        return 200, body[: len(body) // 2] if page in self._cut else body

    def _found(self, query: dict[str, str]) -> dict[str, Any]:
        asked = int(query.get("per_page", "20"))
        size = min(asked, self._largest)
        found = self.results if self._deaf else [each for each in self.results if _matches(each[0], query)]
        if after := query.get("after"):
            if after.startswith("end"):
                return {"results": [], "sort": "relevance", "after": f"end{self._asked}"}
            place = tuple(json.loads(base64.urlsafe_b64decode(after)))
            found = [each for each in found if each[1] > place]
        page: dict[str, Any] = {"results": [each for each, _ in found[:size]], "sort": "relevance"}
        if len(found) > size:
            page["after"] = cursor(*found[size - 1][1])
        elif self._endless:
            page["after"] = "end"
        if after and self._stuck:
            page["after"] = after
        elif after and self._back and "after" in page:
            page["after"] = cursor(*self.results[size - 1][1])
        return page


def cursor(*place: Any) -> str:
    """What `after` says behind the result of these sort values: popularity (negative), slug, number."""
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode()


def _order(result: dict[str, Any], number: int) -> tuple[int, str, int]:
    return -_popularity(result), _slug(result), number


def _popularity(result: dict[str, Any]) -> int:
    found = result.get("popularity")
    return found if isinstance(found, int) else 0


def _slug(result: dict[str, Any]) -> str:
    return str(result.get("slug") or "")


def _matches(result: dict[str, Any], query: dict[str, str]) -> bool:
    if query.get("q") and query["q"].casefold() not in str(result.get("title")).casefold():
        return False
    if query.get("org_slug") and result["organization"]["slug"] != query["org_slug"]:
        return False
    if geometry := query.get("spatial_geometry"):
        shape = result.get("spatial_shape")
        return shape is not None and _within(_box(shape), _box(json.loads(geometry)))
    return True


def _box(geometry: dict[str, Any]) -> tuple[float, float, float, float]:
    ring = geometry["coordinates"][0]
    longitudes, latitudes = [x for x, _ in ring], [y for _, y in ring]
    return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


def _within(inner: tuple[float, float, float, float], outer: tuple[float, float, float, float]) -> bool:
    return inner[0] >= outer[0] and inner[1] >= outer[1] and inner[2] <= outer[2] and inner[3] <= outer[3]
