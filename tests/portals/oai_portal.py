"""An OAI-PMH 2.0 repository over given records, with the protocol's rules and, when told, its faults."""

from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from xml.sax.saxutils import escape

from tests.portals.server import LoopbackServer, Seen, send

OAI = "http://www.openarchives.org/OAI/2.0/"
XML = {"Content-Type": "text/xml;charset=utf-8"}


class OaiPortal(LoopbackServer):
    """Answers `Identify`, `ListMetadataFormats` and `ListRecords` at `path` (protocol version 2.0, sections
    3.5, 3.6, 4.2, 4.4 and 4.5).

    `records` are pairs of an identifier and a title, or the whole of its XML; None marks a deleted record.
    The one format has `prefix` and `namespace`; without a namespace the repository does not say its formats.
    A list holds `cap` records, or what `cap` in the query says: that argument is the matrix's own, not the
    protocol's. A `resumptionToken` beside another is `badArgument`, as is an unknown one
    `badResumptionToken`. Faults: `expires` are lists (from 1) whose token has expired when first asked
    for; `busy` lists answer 503 with Retry-After once; `repeats` lists name themselves as the next; `size` is
    the lie told as `completeListSize`.
    """

    def __init__(
        self,
        records: Sequence[tuple[str, str | None]],
        *,
        path: str = "oai",
        cap: int = 100,
        expires: frozenset[int] = frozenset(),
        busy: frozenset[int] = frozenset(),
        repeats: frozenset[int] = frozenset(),
        size: int | None = None,
        prefix: str = "oai_dc",
        namespace: str = f"{OAI}oai_dc/",
    ) -> None:
        super().__init__()
        self.records = list(records)
        self._path, self._cap, self._size = path, cap, size
        self._prefix, self._namespace = prefix, namespace
        self._expires, self._busy, self._repeats = set(expires), set(busy), repeats

    def answer(self, handler: BaseHTTPRequestHandler, seen: Seen) -> None:
        query = dict(seen.query)
        verb = query.pop("verb", "")
        token = query.pop("resumptionToken", None)
        cap = int(query.pop("cap", self._cap))
        if seen.path != f"/{self._path}":
            send(handler, 404, b"<html><title>404</title></html>", {"Content-Type": "text/html"})
        elif verb == "Identify":
            inside = "<Identify><protocolVersion>2.0</protocolVersion></Identify>"
            send(handler, 200, envelope(inside), XML)
        elif verb == "ListMetadataFormats" and self._namespace:
            send(handler, 200, envelope(self._formats()), XML)
        elif verb != "ListRecords":
            send(handler, 200, problem("badVerb"), XML)
        elif (token is None) == (query.get("metadataPrefix") is None) or (token is not None and query):
            send(handler, 200, problem("badArgument"), XML)
        elif token is None and query["metadataPrefix"] != self._prefix:
            send(handler, 200, problem("cannotDisseminateFormat"), XML)
        else:
            self._list(handler, token, query, cap)

    def _list(
        self, handler: BaseHTTPRequestHandler, token: str | None, query: dict[str, str], cap: int
    ) -> None:
        start = int(token or 0)
        number = start // cap + 1
        if number in self._busy:
            self._busy.discard(number)
            send(handler, 503, b"busy", {"Retry-After": "1"})
        elif number in self._expires and token is not None:
            self._expires.discard(number)
            send(handler, 200, problem("badResumptionToken"), XML)
        elif query.get("set") == "none" or not self.records:
            send(handler, 200, problem("noRecordsMatch"), XML)
        else:
            send(handler, 200, envelope(f"<ListRecords>{self._page(start, number, cap)}</ListRecords>"), XML)

    def _formats(self) -> str:
        """Section 4.4."""
        return (
            f"<ListMetadataFormats><metadataFormat><metadataPrefix>{self._prefix}</metadataPrefix><schema>x</schema>"
            f"<metadataNamespace>{self._namespace}</metadataNamespace></metadataFormat></ListMetadataFormats>"
        )

    def _page(self, start: int, number: int, cap: int) -> str:
        behind = start + cap
        size = len(self.records) if self._size is None else self._size
        following = start if number in self._repeats else behind
        token = str(following) if following < len(self.records) else ""
        shown = "".join(oai_record(*record) for record in self.records[start:behind])
        if token or start:
            shown += f'<resumptionToken completeListSize="{size}" cursor="{start}">{token}</resumptionToken>'
        return shown


def envelope(inside: str) -> bytes:
    """Section 3.2: every answer's frame."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="{OAI}">'
        f"<responseDate>2024-02-08T08:55:46Z</responseDate><request>http://x/oai</request>{inside}</OAI-PMH>"
    ).encode("utf-8", "replace")


def problem(code: str) -> bytes:
    """Section 3.6."""
    return envelope(f'<error code="{code}">What was asked is {code}</error>')


def oai_record(identifier: str, title: str | None) -> str:
    """Sections 2.5 and 4.5; without a title it is deleted."""
    status = ' status="deleted"' if title is None else ""
    header = (
        f"<header{status}><identifier>{identifier}</identifier><datestamp>2024-01-02</datestamp></header>"
    )
    if title is None:
        return f"<record>{header}</record>"
    if title.startswith("<"):
        return f"<record>{header}<metadata>{title}</metadata></record>"
    return (
        f'<record>{header}<metadata><oai_dc:dc xmlns:oai_dc="{OAI}oai_dc/"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title>'
        "</oai_dc:dc></metadata></record>"
    )
