"""How each platform of the sample answers: one file as it is, or the pages of an interface.

`FILES` says at which path a platform gives its one document; Socrata's Discovery interface and CKAN's action
API have pages; folders of files are in `hubsearch.demo.folders`.
"""

import gzip
import json
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from hubsearch.demo.folders import site, web_folder
from hubsearch.demo.player import JSON, Answer, Asked, Platform

FILES = {
    "dcat-us": ("/data.json", JSON),
    "arcgis-hub": ("/api/feed/dcat-us/1.1.json", JSON),
    "register": ("/register.csv", "text/csv; charset=utf-8"),
}
DEFAULT_LIMIT = 100
HIGHEST_LIMIT = 10_000
"""Of the Discovery interface: results of one request if not asked, and at most."""
CKAN_ROWS, CKAN_HIGHEST_ROWS = 10, 1_000
"""The same of CKAN, which gives no more without a word."""

_NOT_FOUND = Answer(404, b'{"error": "not found"}')


def platform_of(entry: dict[str, Any]) -> Platform:
    """The platform of an entry of the sample, over its file or folder."""
    kind = entry["type"]
    place = files("hubsearch.demo.sample").joinpath(entry["file"])
    if kind == "waf":
        return web_folder(place)
    if kind == "landing-pages":
        return site(place)
    received = _read(place)
    if kind == "socrata":
        return discovery(received)
    if kind == "ckan":
        return action_api(received)
    path, media_type = FILES[kind]
    return _document(path, Answer(200, received, media_type))


def _read(place: Traversable) -> bytes:
    received = place.read_bytes()
    return gzip.decompress(received) if place.name.endswith(".gz") else received


def _document(path: str, document: Answer) -> Platform:
    return lambda asked: document if asked.path == path else _NOT_FOUND


def discovery(lines: bytes) -> Platform:
    """Socrata: `/api/catalog/v1` with its `limit`, `offset` and `scroll_id`, in the order of ids."""
    recorded = (json.loads(line) for line in lines.split(b"\n") if line.strip())
    results = sorted(recorded, key=lambda result: str(result["resource"]["id"]))

    def answer(asked: Asked) -> Answer:
        return _results(results, asked) if asked.path == "/api/catalog/v1" else _NOT_FOUND

    return answer


def _results(results: list[dict[str, Any]], asked: Asked) -> Answer:
    limit = int(asked.parameters.get("limit", DEFAULT_LIMIT))
    offset = int(asked.parameters.get("offset", 0))
    if limit > HIGHEST_LIMIT or offset + limit > HIGHEST_LIMIT:
        return Answer(400, b'{"error": "offset + limit is over 10000; use scroll_id"}')
    after = asked.parameters.get("scroll_id")
    if after is not None and "order" in asked.parameters:
        return Answer(400, b'{"error": "scroll_id and order exclude each other"}')
    rest = [result for result in results if str(result["resource"]["id"]) > after] if after else results
    return _json(
        {
            "results": rest[offset : offset + limit],
            "resultSetSize": len(results),
            "timings": {"searchMillis": [1, 1]},
        }
    )


def action_api(document: bytes) -> Platform:
    """CKAN: `package_search` with `start` and `rows`, and `package_list`; packages in the order of ids."""
    packages = sorted(json.loads(document), key=lambda package: str(package["id"]))

    def answer(asked: Asked) -> Answer:
        if asked.path == "/api/3/action/package_list":
            return _success([package["name"] for package in packages])
        if asked.path != "/api/3/action/package_search":
            return _NOT_FOUND
        start = int(asked.parameters.get("start", 0))
        rows = min(int(asked.parameters.get("rows", CKAN_ROWS)), CKAN_HIGHEST_ROWS)
        page = packages[start : start + rows]
        return _success({"count": len(packages), "results": page, "facets": {}, "search_facets": {}})

    return answer


def _success(result: Any) -> Answer:
    return _json({"help": "https://docs.ckan.org/", "success": True, "result": result})


def _json(value: Any) -> Answer:
    return Answer(200, json.dumps(value, ensure_ascii=False).encode())
