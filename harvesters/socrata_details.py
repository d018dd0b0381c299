"""The details of Socrata's assets, asked for one by one behind each page of the catalogue.

    page of results ──> waiting ──> kept and still right ──> joined ──> spooled
                           └──> asked for ──> answered, refused or not answered ──┘

What a detail comes to never changes what the catalogue is: a result whose details cannot be had is spooled
with what was known of it before, or as it came.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from harvesters.inflate import BodyError
from harvesters.json_element import Element, parse_element
from harvesters.kept_details import KeptDetails
from harvesters.records import source_record
from harvesters.run import FetchRun
from mappings.source_record import SourceRecord

SCHEMA = "socrata-discovery"
LARGEST_VIEW = 8 * 1024**2
"""Bytes of one view's details; the widest tables, with the statistics of 600 columns, take two."""
IN_A_ROW = 3
"""Details in a row that no answer came for: then those of the next page are tried. Two more, and the host
would be left alone for the rest of the run, catalogue included."""
REFUSED_IN_A_ROW = 20
"""Refusals in a row without a single answer: this portal shows its details to nobody."""
TIME_LEFT = 1 / 3
"""Of the run's budget: what is left for the catalogue itself. The rest of the details is the next run's."""

_ID = re.compile(r"[a-z0-9]{4}-[a-z0-9]{4}", re.IGNORECASE)
_OF_VIEW = (
    *("attribution", "attributionLink", "blobFileSize", "blobFilename", "blobMimeType", "domainCName"),
    *("license", "licenseId", "modifyingViewUid"),
)
_OF_COLUMN = ("name", "fieldName", "dataTypeName", "description", "flags")
_COUNTS = ("count", "non_null", "null")
_SHOWN_ONLY = frozenset({"availableDisplayTypes", "jsonQuery", "renderTypeConfig", "rdfClass"})


@dataclass(slots=True)
class _Waiting:
    record: SourceRecord
    digest: str
    """Of the result alone, before anything is joined to it."""


class SocrataDetails:
    """The results of a page that wait for their details. `root` is the portal's, with a closing slash."""

    def __init__(self, run: FetchRun, root: str) -> None:
        self._run = run
        self._root = root
        self._kept = KeptDetails(run.kept)
        self._waiting: deque[_Waiting] = deque()
        self._asked: _Waiting | None = None
        self._got = self._refused = self._unanswered = 0
        self._failed_in_a_row = self._refused_in_a_row = 0
        self._given_up = False

    def add(self, record: SourceRecord) -> None:
        """A result of the page being read; those that owe an answer since the last run wait behind."""
        self._waiting.append(_Waiting(record, record.digest))

    def page_is_read(self) -> None:
        """From here on details are asked for."""
        self._failed_in_a_row = 0
        late = [one for one in self._waiting if self._kept.failed_before(one.record.identifier or "")]
        if late and len(late) < len(self._waiting):
            self._waiting = deque([*(one for one in self._waiting if one not in late), *late])

    def next_address(self) -> str | None:
        """What to ask next; None when nobody waits any more. Raises FetchError for the spool."""
        while self._waiting:
            one = self._waiting.popleft()
            if self._is_to_be_asked(one):
                self._asked = one
                return f"{self._root}api/views/{one.record.identifier}.json"
            self._put(one)
        return None

    def answered(self, status: int, body: Iterator[bytes]) -> None:
        """The portal's answer to what was asked last. Raises FetchError for the spool."""
        one, self._asked = self._asked, None
        if one is None:
            return
        if status != 200:
            self._note(one, "http-status", f"it answers {status}", refused=_is_refusal(status))
        elif (view := _view(_bytes(body))) is None:
            self._note(one, "not-json", "the answer is no view, or is cut", refused=False)
        else:
            self._got += 1
            self._failed_in_a_row = self._refused_in_a_row = 0
            self._kept.keep(one.record.identifier or "", one.digest, view)
        self._put(one)

    def unanswered(self, slug: str, message: str) -> None:
        """No answer came. Raises FetchError for the spool."""
        one, self._asked = self._asked, None
        if one is not None:
            self._note(one, slug, message, refused=False)
            self._put(one)

    def flush(self) -> None:
        """Spool what waits with what is known of it: the run ends here. Raises FetchError."""
        waiting = [one for one in (self._asked, *self._waiting) if one is not None]
        self._asked = None
        self._waiting.clear()
        for one in waiting:
            self._put(one)

    def close(self) -> str:
        """Keep what was learnt; why the portal as a whole is at fault, or nothing."""
        self._kept.close()
        if self._unanswered >= IN_A_ROW and not self._got:
            return f"none of the {self._unanswered + self._refused:,} details asked for came"
        return ""

    def summary(self) -> str:
        """For the log."""
        return f"details: {self._got} came, {self._refused} were refused, {self._unanswered} did not come" + (
            ", the rest was not asked for" if self._given_up else ""
        )

    def _is_to_be_asked(self, one: _Waiting) -> bool:
        name = one.record.identifier
        if name is None or not _ID.fullmatch(name) or one.record.trouble is not None:
            return False
        if not self._kept.is_due(name, one.digest):
            return False
        if self._run.remaining() < TIME_LEFT * self._run.portal.run_budget:
            self._given_up = True
        hopeless = self._refused_in_a_row >= REFUSED_IN_A_ROW and not self._got
        self._given_up = self._given_up or hopeless
        return not self._given_up and self._failed_in_a_row < IN_A_ROW

    def _note(self, one: _Waiting, slug: str, message: str, *, refused: bool) -> None:
        name = one.record.identifier or ""
        self._run.page_failed(f"{self._root}api/views/{name}.json", slug, message)
        if refused:
            self._refused += 1
            self._refused_in_a_row += 1
            self._failed_in_a_row = 0
            self._kept.keep(name, one.digest, None)
        else:
            self._unanswered += 1
            self._failed_in_a_row += 1
            self._kept.owed(name)

    def _put(self, one: _Waiting) -> None:
        record = one.record
        if record.identifier and record.trouble is None and (view := self._kept.body(record.identifier)):
            record = self._joined(record, view)
        self._run.put(record)

    def _joined(self, record: SourceRecord, view: bytes) -> SourceRecord:
        """The result as received with one more member, `view`."""
        raw = record.payload.rstrip()[:-1] + b',"view":' + view + b"}"
        joined = source_record(record.source, record.schema, parse_element(raw, 0), record.url)
        return record if joined.trouble is not None else joined


def _is_refusal(status: int) -> bool:
    """Whether the same answer is to be expected tomorrow."""
    return 400 <= status < 500 and status not in (408, 425, 429)


def _bytes(body: Iterator[bytes]) -> bytes:
    found = bytearray()
    try:
        for chunk in body:
            found += chunk
            if len(found) > LARGEST_VIEW:
                return b""
    except BodyError:
        return b""
    return bytes(found)


def _view(body: bytes) -> bytes | None:
    """What of a view's details is about the data: not who may do what, ratings, nor statistics of columns."""
    element: Element = parse_element(body, 0)
    found = element.value if element.trouble is None else None
    if not isinstance(found, dict) or not isinstance(found.get("id"), str):
        return None
    view: dict[str, Any] = {
        name: found[name] for name in _OF_VIEW if found.get(name) not in (None, "", {}, [])
    }
    columns = found.get("columns")
    if isinstance(columns, list):
        view["columns"] = [_column(column) for column in columns if isinstance(column, dict)]
    about = found.get("metadata")
    if isinstance(about, dict):
        view["metadata"] = {name: value for name, value in about.items() if name not in _SHOWN_ONLY}
    return orjson.dumps(view)


def _column(column: dict[str, Any]) -> dict[str, Any]:
    kept = {name: column[name] for name in _OF_COLUMN if column.get(name) not in (None, "", [])}
    counted = column.get("cachedContents")
    if isinstance(counted, dict):
        counts = {name: counted[name] for name in _COUNTS if name in counted}
        kept |= {"cachedContents": counts} if counts else {}
    return kept
