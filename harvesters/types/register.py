"""Registers: a file an agency keeps by hand, one row for each dataset or feed."""

from collections.abc import Iterator
from typing import Any, ClassVar

import orjson
from scrapy import Request
from scrapy.http import Response

from harvesters.detection import Answered, Finding
from harvesters.fetch_error import FetchError
from harvesters.json_element import Element, parse_element
from harvesters.records import source_record
from harvesters.register_file import entries
from harvesters.spider import PortalSpider
from harvesters.unicode_body import as_utf8
from mappings.crosswalks.register import identifier_of
from mappings.issue import Issue
from mappings.register_fields import LINKS, SHARED, fields_of, first_of
from mappings.source_record import SourceRecord

ENTRY = 32 * 1024**2
"""Bytes of one entry that are kept."""


def find_register(answer: Answered) -> Finding | None:
    """A table whose headers, or a list in YAML or TOML whose first entry, name a title and a link. JSON is
    left to the catalogues that are written in it."""
    if answer.status != 200 or answer.beginning.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in b"[{<":
        return None
    try:
        first = next(entries(as_utf8(iter([answer.beginning])), {}), None)
    except FetchError:
        return None
    found = fields_of(first or ())
    if "title" not in found or found.isdisjoint(LINKS):
        return None
    columns = ", ".join(list(first or ())[:8])
    return Finding("register", answer.url, f"{answer.url} lists titles and addresses: {columns}")


class RegisterSpider(PortalSpider):
    """Type `register`: one file of rows, for an agency that only wants to make its feeds or files known.

    Asked: `url` itself, one GET; a path, relative to the portals file, is read from disk. What it is, is told
    by its content: a table (CSV; commas, semicolons, tabs or bars; the headers among the first 20 rows), YAML
    (a list of entries, or lists below any key) or TOML (`[[dataset]]`). UTF-8, UTF-16 and, line by line,
    Windows-1252; a byte order mark; any line ends.

    Columns: a title and an address are enough (`title`/`name`/`dataset`, `url`/`link`/`download`/`feed`/…);
    further ones are found under their usual names, see `mappings.register_fields`, and what has no place in
    the shared schema is kept. What stands above the list in YAML or TOML, or in the entry's options
    (`publisher`, `contact`, `email`, `license`, `language`, `spatial`), holds for rows that say nothing else.

    Identifier: the column `id`/`identifier`, else the address without scheme, `www.` and closing slash, so
    that a site's move to https renames nothing. Rows without title or address are quarantined, rows with
    the identifier of another are duplicates; both are listed in the run. XML, JSON, RSS, Atom and GTFS-RT
    become distributions of the kind `api`.

    YAML is read from its events: no tag is obeyed, nesting ends at 20, an entry has at most 20,000 values,
    aliases counted as what they stand for. Asked for only if it has changed, by ETag and Last-Modified.

    Complete: status 200, whole by HTTP's and gzip's framing, and the last row or list is closed. A table
    has no end of its own: one that is cut exactly behind a row shows only in the number of its rows.
    """

    type: ClassVar[str] = "register"
    detection_rank: ClassVar[int] = 90
    many_requests: ClassVar[bool] = False
    one_document: ClassVar[bool] = True

    @classmethod
    def recognise(cls, answer: Answered) -> Finding | None:
        """A file of rows."""
        return find_register(answer)

    def first_requests(self) -> Iterator[Request]:
        """The file."""
        yield self.ask(self.portal.url)

    def read(self, response: Response) -> Iterator[Request]:
        """Spool every row."""
        shared: dict[str, Any] = {}
        usable = 0
        for entry in entries(self.body(response), shared):
            record = self._record(entry, shared, response.url)
            self.run.put(record)
            usable += record.trouble is None
        if self.run.spool.records and not usable:
            raise FetchError(
                "no-usable-records", f"none of the {self.run.spool.records:,} rows has title and address"
            )
        self.run.complete()
        yield from ()

    def _record(self, entry: dict[str, Any], shared: dict[str, Any], url: str) -> SourceRecord:
        said = {key: value for key, value in self.portal.options.items() if key in SHARED} | shared
        made = {
            "identifier": identifier_of(entry),
            "title": first_of(entry, "title"),
            "modified": first_of(entry, "modified"),
            "entry": entry,
        }
        raw = orjson.dumps(_writable(made | ({"defaults": said} if said else {})))
        if len(raw) > ENTRY:
            element = Element(0, b"", trouble=Issue("record-too-large", "", "a row of more than 32 MB"))
        else:
            element = parse_element(raw, 0)
        record = source_record(self.portal.id, "register", element, url)
        if record.trouble is not None and record.trouble.slug == "missing-identifier":
            record.trouble = Issue(
                "missing-url", "url", "the row has no address, so there is nothing to find"
            )
        return record


def _writable(value: Any) -> Any:
    """Without lone surrogates and numbers beyond JSON, which TOML may hold and JSON may not."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {str(_writable(key)): _writable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_writable(item) for item in value]
    return str(value) if type(value) is int and abs(value) >= 2**63 else value
