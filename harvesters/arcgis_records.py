"""The pages of an ArcGIS Hub's search API, which follows OGC API Records."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

from harvesters.ckan_pages import OffsetPages
from harvesters.fetch_error import FetchError
from harvesters.json_stream import JsonStream
from harvesters.records import source_record
from harvesters.run import FetchRun

ITEMS = "api/search/v1/collections/all/items"
SCHEMA = "arcgis-records"
LARGEST_PAGE = 100
OLDEST_FIRST = "properties.created"
"""What is added during the run comes last, and what is edited keeps its place."""


def _looks_like_item(value: dict[str, Any]) -> bool:
    return value.get("type") == "Feature" and isinstance(value.get("properties"), dict)


class RecordPages:
    """Reads all items of a hub at `root`, which ends with a slash.

    `startindex` counts from 1 and is counted here: the answer's `next` link may lead back, and is not
    followed. An item that an earlier page brought is not spooled twice.
    """

    def __init__(self, run: FetchRun, root: str, rows: int) -> None:
        self._run = run
        self._root = root
        self._places = OffsetPages(rows)
        self._sorted = True
        self._new: set[int] = set()
        self._read: set[int] = set()

    @property
    def pages(self) -> int:
        """Pages read so far."""
        return self._places.pages

    def address(self) -> str:
        """The page to ask for next."""
        query = {"limit": self._places.rows, "startindex": self._places.start + 1}
        order = {"sortBy": OLDEST_FIRST} if self._sorted else {}
        return f"{self._root}{ITEMS}?{urlencode(query | order)}"

    def unsorted(self) -> bool:
        """Ask in the hub's own order; False where that was done before, or pages have come already."""
        was, self._sorted = self._sorted, False
        return was and not self._places.pages

    def read(self, body: Iterator[bytes], url: str) -> bool:
        """Spool a page; whether there is another. Raises FetchError, BodyError and JsonStreamError."""
        stream = JsonStream(body, "features", is_record=_looks_like_item)
        ids = list(self._spool(stream))
        if not stream.lists:
            raise FetchError("no-dataset-list", f"no list `features` in the answer of {url}")
        total = stream.members.get("numberMatched")
        more = self._places.take(ids, total if type(total) is int else None)
        self._run.declared_total = self._places.total
        if more and self._places.pages >= self._run.portal.max_pages:
            raise FetchError("too-many-pages", f"max_pages = {self._run.portal.max_pages:,} is reached")
        return more

    def finish(self) -> None:
        """The verdict behind the last page. Raises FetchError `total-not-reached`."""
        places = self._places
        if places.is_short():
            raise FetchError(
                "total-not-reached", f"{places.fresh:,} of {places.needed:,} declared items came"
            )
        self._run.complete()

    def _spool(self, stream: JsonStream) -> Iterator[str]:
        for element in stream.elements():
            record = source_record(self._run.portal.id, SCHEMA, element, None)
            read = hash((record.identifier, record.digest))
            if record.identifier:
                record.url = f"{self._root}{ITEMS}/{quote(record.identifier, safe='')}"
            if record.identifier is None or read not in self._read:
                self._new.add(read)
                self._run.put(record)
            yield record.identifier or ""
        self._read |= self._new
        self._new.clear()
