"""A catalogue service over given records, with the protocol's rules and, when told, its faults."""

import re
from collections.abc import Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from harvesters.csw_answer import CSW, GMD
from tests.portals.server import LoopbackServer, Seen, send

_NAME = re.compile(rb"dentifier>\s*(?:<gco:CharacterString>)?([^<]*)")
XML = {"Content-Type": "application/xml"}


class CswPortal(LoopbackServer):
    """Answers `GetRecords` by POST at `path` and `GetCapabilities` by GET (OGC 07-006r1, 8 and 10.8).

    `records` are XML documents. `maxRecords` beyond `cap` is silently not given; `schemas` are the
    `outputSchema`s it knows, others are `InvalidParameterValue`; `sorts` whether it takes a SortBy. `says`:
    what `nextRecord` is behind the last record (None: the attribute is never there). Faults, by page number
    from 1: `missing` answer 500, `repeated` send the first page. `total` is the lie told as matched.
    """

    def __init__(
        self,
        records: Sequence[bytes],
        *,
        path: str = "csw",
        cap: int = 100,
        schemas: frozenset[str] = frozenset({GMD, CSW}),
        sorts: bool = True,
        says: str | None = "0",
        missing: frozenset[int] = frozenset(),
        repeated: frozenset[int] = frozenset(),
        total: int | None = None,
    ) -> None:
        super().__init__()
        self.records = sorted(records, key=_name_of) if sorts else list(records)
        self._path = path
        self._cap, self._schemas, self._sorts, self._says = cap, schemas, sorts, says
        self._missing, self._repeated, self._total = missing, repeated, total
        self.deleted_before: dict[int, int] = {}
        self.starts: list[int] = []

    def understood(self, seen: Seen) -> Seen:
        """The attributes of the `GetRecords` element are its query."""
        if seen.method != "POST":
            return seen
        return replace(seen, query={**seen.query, **ElementTree.fromstring(seen.body).attrib})

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        if seen.path != f"/{self._path}":
            send(handler, 404, b"<html><title>404</title></html>", {"Content-Type": "text/html"})
        elif seen.method == "GET" and seen.query.get("request") == "GetCapabilities":
            send(handler, 200, f'<csw:Capabilities xmlns:csw="{CSW}" version="2.0.2"/>'.encode(), XML)
        elif seen.method == "GET":
            send(handler, 200, exception("MissingParameterValue", "request"), XML)
        else:
            self._search(handler, seen)

    def _search(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        if seen.query.get("outputSchema") not in self._schemas:
            send(handler, 400, exception("InvalidParameterValue", "outputSchema"), XML)
            return
        if not self._sorts and b"SortBy" in seen.body:
            send(handler, 200, exception("NoApplicableCode", "SortBy"), XML)
            return
        start, size = int(seen.query["startPosition"]), int(seen.query["maxRecords"])
        self.starts.append(start)
        page = len(self.starts)
        if page in self.deleted_before:
            del self.records[self.deleted_before.pop(page)]
        if page in self._missing:
            send(handler, 500, b"out of memory")
            return
        start = 1 if page in self._repeated else start
        found = self.records[start - 1 : start - 1 + min(size, self._cap)]
        send(handler, 200, self._results(found, start), XML)

    def _results(self, found: Sequence[bytes], start: int) -> bytes:
        behind = start + len(found)
        following = str(behind) if behind <= len(self.records) else self._says
        total = len(self.records) if self._total is None else self._total
        shown = f' nextRecord="{following}"' if self._says is not None else ""
        head = (
            f'<?xml version="1.0"?><csw:GetRecordsResponse xmlns:csw="{CSW}"><csw:SearchStatus/>'
            f'<csw:SearchResults numberOfRecordsMatched="{total}" numberOfRecordsReturned="{len(found)}"'
            f"{shown}>"
        )
        return head.encode() + b"".join(found) + b"</csw:SearchResults></csw:GetRecordsResponse>"


def _name_of(record: bytes) -> bytes:
    found = _NAME.search(record)
    return found[1] if found else b""


def exception(code: str, locator: str) -> bytes:
    """An exception report (OGC 05-008)."""
    ows = "http://www.opengis.net/ows"
    return (
        f'<ows:ExceptionReport xmlns:ows="{ows}" version="1.2.0"><ows:Exception exceptionCode="{code}"'
        f' locator="{locator}"><ows:ExceptionText>{escape(locator)} is not what I know</ows:ExceptionText>'
        "</ows:Exception></ows:ExceptionReport>"
    ).encode()
