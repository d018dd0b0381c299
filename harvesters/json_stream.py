"""Reading the records of a JSON catalogue of any size, one by one, never holding the document.

The frame is judged strictly: braces, commas, the end of the document. A record is judged alone: one that
is no JSON is handed on as such while its siblings are read.
"""

import re
from collections.abc import Iterator
from typing import Any

import orjson

from harvesters.json_candidates import IsRecord
from harvesters.json_element import Element
from harvesters.json_faults import JsonStreamError
from harvesters.json_list import RecordList, broken, cut, skip
from harvesters.json_scan import Oversized, Unbalanced, Unterminated, value_end
from harvesters.not_json import not_json
from harvesters.window import Window
from mappings.issue import Unmappable
from mappings.payload import decode

ELEMENT_LIMIT = 16 * 1024**2
"""Bytes of one record; a coastline as a record's `spatial` has been seen to take 2 MB."""
_MEMBER_LIMIT = 64 * 1024
_MEMBERS = 100
_BEGINNING = 65_536
"""Bytes of a document that is no JSON in which its title is looked for."""

_OBJECT, _LIST, _COMMA, _COLON, _QUOTE, _OBJECT_END, _LIST_END = b'{[,:"}]'
_LIST_OF_LISTS = re.compile(rb"\[[ \t\r\n]{0,60}\[")


class JsonStream:
    """The records under `list_key` (or of a bare list), and the other members of the document.

    A second list under the same key adds to the first: an empty one hides nothing. `members` holds the other
    top-level values of up to 64 KB each. `kind` is "object" or "list" once reading began; `lists` counts the
    lists of records that were found (0: this is no catalogue). `limit` bounds one record's bytes; `is_record`
    helps to go on behind a mistyped record (see `RecordList`).

    `inside` names a top-level object whose members count as the document's own (CKAN's `result`); with
    `nested` a list may hold lists of records (DKAN's `result`).
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        list_key: str = "dataset",
        limit: int = ELEMENT_LIMIT,
        is_record: IsRecord | None = None,
        *,
        inside: str = "",
        nested: bool = False,
    ) -> None:
        self.kind = ""
        self.members: dict[str, Any] = {}
        self.lists = 0
        self._window = Window(chunks)
        self._list_key = list_key
        self._limit = limit
        self._is_record = is_record
        self._inside = inside
        self._nested = nested
        self._fault: JsonStreamError | None = None
        self._records: RecordList | None = None

    def elements(self) -> Iterator[Element]:
        """Every record in the order of the document.

        Raises:
            JsonStreamError: after the last record that could be read, when the document is not whole
                (`cut`), broken outside a record (`broken-frame`), `empty`, or not JSON (`not-json`,
                `not-json-html`).
            ValueError, OSError: what the stream of bytes raised, likewise after the last record.
        """
        window = self._window
        try:
            yield from self._frame()
            if window.peek() != -1:
                raise broken(window, "something follows the end of the document")
        except JsonStreamError as error:
            if error.slug != "broken-frame":
                raise
            yield from self._behind(error)
        if self._fault is not None:
            raise self._fault

    def _frame(self) -> Iterator[Element]:
        window = self._window
        first = window.peek()
        if first == _LIST:
            self.kind = "list"
            yield from self._list()
        elif first == _OBJECT:
            self.kind = "object"
            yield from self._object(self._inside)
        elif first == -1:
            raise JsonStreamError("empty", "the answer is empty", window.position)
        else:
            while len(window.data) - window.at < _BEGINNING and window.more():
                continue
            raise not_json(window.data[window.at : window.at + _BEGINNING], window.position)

    def _behind(self, fault: JsonStreamError) -> Iterator[Element]:
        """The records behind a place where the frame is broken; the fault stays the document's."""
        self._fault = self._fault or fault
        while self._records is not None and self._window.peek() != -1:
            try:
                yield from self._records.resumed(fault)
            except JsonStreamError:
                return

    def _list(self) -> Iterator[Element]:
        window = self._window
        while self._nested and len(window.data) - window.at < 64 and window.more():
            continue
        if not self._nested or not _LIST_OF_LISTS.match(window.data, window.at):
            yield from self._one_list()
            return
        window.at += 1
        while True:
            if window.peek() != _LIST:
                raise broken(window, "a list of records was expected")
            yield from self._one_list()
            if window.peek() == _LIST_END:
                window.at += 1
                return
            self._take(_COMMA, "a comma or the end of the list is missing")

    def _one_list(self) -> Iterator[Element]:
        self.lists += 1
        self._records = RecordList(self._window, self._limit, self._is_record)
        yield from self._records.elements()
        self._fault = self._fault or self._records.fault

    def _object(self, inside: str = "") -> Iterator[Element]:
        window = self._window
        window.at += 1
        if window.peek() == _OBJECT_END:
            window.at += 1
            return
        while True:
            yield from self._named(self._key(), inside)
            if window.peek() == _OBJECT_END:
                window.at += 1
                return
            self._take(_COMMA, "a comma or the end of the object is missing")

    def _named(self, key: str, inside: str) -> Iterator[Element]:
        """What stands under a name of the document, or of the object `inside`."""
        if self._window.peek() == _LIST and key == self._list_key:
            yield from self._list()
        elif inside and key == inside and self._window.peek() == _OBJECT:
            yield from self._object()
        else:
            self._member(key)

    def _key(self) -> str:
        window = self._window
        if window.peek() != _QUOTE:
            raise broken(window, "a member's name is missing")
        end = self._value_end()
        if end is None:
            raise broken(window, f"a member's name is longer than {_MEMBER_LIMIT:,} bytes")
        key = self._loads(window.data[window.at : end])
        window.at = end
        self._take(_COLON, "a colon is missing after a member's name")
        return str(key)

    def _member(self, key: str) -> None:
        window = self._window
        if window.peek() == -1:
            raise cut(window)
        end = self._value_end()
        if end is None:
            skip(window)
            return
        value = self._loads(window.data[window.at : end])
        window.at = end
        if len(self.members) < _MEMBERS:
            self.members.setdefault(key, value)

    def _value_end(self) -> int | None:
        """Behind the value at the window; None when it is too long to be kept."""
        try:
            return value_end(self._window, _MEMBER_LIMIT)
        except Oversized:
            return None
        except Unterminated:
            raise cut(self._window) from None
        except Unbalanced as error:
            raise broken(self._window, str(error)) from None

    def _loads(self, raw: bytes) -> Any:
        """A top-level value, read as leniently as a record (any encoding, `NaN`)."""
        try:
            return orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            wrapped = self._decode(b'{"":' + raw + b"}")
            if wrapped is None:
                raise broken(self._window, f"a top-level value is not JSON: {error.msg}") from None
            return wrapped[""]

    @staticmethod
    def _decode(raw: bytes) -> dict[str, Any] | None:
        try:
            return decode(raw)[0]
        except Unmappable:
            return None

    def _take(self, byte: int, missing: str) -> None:
        if self._window.peek() != byte:
            raise broken(self._window, missing)
        self._window.at += 1
