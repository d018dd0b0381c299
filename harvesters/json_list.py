"""The records of one list inside a JSON document, each judged alone, the commas between them strictly.

A mistyped record can hide where it ends (one stray quote turns strings inside out). Reading then goes on at
the next record that the document's layout proves, the fault is remembered, and the run is not complete: so
its siblings are still updated, and nothing is taken for removed.
"""

from collections.abc import Iterator
from contextlib import suppress

from harvesters.boundary import Boundary
from harvesters.json_candidates import IsRecord, next_plausible
from harvesters.json_element import Element, parse_element, too_large
from harvesters.json_faults import JsonStreamError, is_merely_cut, swallows_another
from harvesters.json_scan import Oversized, Unbalanced, Unterminated, skip_value, value_end
from harvesters.window import Window
from mappings.issue import Issue

_OBJECT, _COMMA, _LIST_END = b"{,]"
_BEGINNING = 4_096
"""Bytes in which a list shows its layout: the space before the first record, and its first key."""
_LOOK_AHEAD = 256 * 1024
"""Bytes in which another record must begin where a list may have ended too early."""
_HIDDEN_END = "a record is mistyped and hides where it ends"


class RecordList:
    """Reads a list whose opening bracket is the next byte of the window.

    `fault` is the first thing wrong with the list that could be mended; `limit` the bytes of one record.
    `is_record` tells a record from the objects inside one, where the layout does not.
    """

    def __init__(self, window: Window, limit: int, is_record: IsRecord | None = None) -> None:
        self.fault: JsonStreamError | None = None
        self._window = window
        self._limit = limit
        self._is_record = is_record
        self._boundary = Boundary()
        self._in_doubt = False
        """The last record was mistyped, so what stands behind it may be part of it."""

    def elements(self) -> Iterator[Element]:
        """Every record; afterwards the window stands behind the closing bracket.

        Raises:
            JsonStreamError: `cut` or `broken-frame`, where nothing shows how to go on.
        """
        window = self._window
        window.at += 1
        while len(window.data) - window.at < _BEGINNING and window.more():
            continue
        start = window.at
        if window.peek() == _LIST_END:
            window.at += 1
            return
        if window.peek() == _OBJECT:
            self._boundary.begin(window.data[start : window.at], window.data, window.at)
        yield from self._rest()

    def resumed(self, fault: JsonStreamError) -> Iterator[Element]:
        """The records behind what seemed to be the list's end, where the document did not end with it: a
        mistyped record had closed too many brackets. Raises `fault` when no record can be told there."""
        yield self._broken(fault)
        self._in_doubt = True
        self._window.at += 1
        yield from self._rest()

    def _rest(self) -> Iterator[Element]:
        window = self._window
        while True:
            if window.peek() == -1:
                raise cut(window)
            element = self._element()
            self._in_doubt = self._leaves_doubt(element)
            yield element
            byte = window.peek()
            if byte == -1:
                yield from self._swallowed_by(element)
                raise cut(window)
            while objection := self._objection(byte):
                yield self._broken(broken(window, objection))
                byte = window.peek()
            if byte == _OBJECT:
                self._note(broken(window, "a comma is missing between two records"))
                continue
            window.at += 1
            if byte == _LIST_END:
                return

    def _element(self) -> Element:
        return self._guessed() or self._scanned()

    def _guessed(self) -> Element | None:
        """The record up to where the boundary is expected, when parsing proves the guess."""
        window, boundary = self._window, self._boundary
        end = boundary.guess_end(window.data, window.at)
        if not 0 < end <= window.at + self._limit:
            return None
        element = parse_element(window.data[window.at : end], window.position)
        right = element.trouble is None
        boundary.guessed(right=right)
        if not right:
            return None
        window.at = end
        return element

    def _scanned(self) -> Element:
        window = self._window
        try:
            end = value_end(window, self._limit)
        except Oversized:
            return self._oversized()
        except Unbalanced as error:
            return self._broken(broken(window, str(error)))
        except Unterminated:
            if is_merely_cut(window.data[window.at :]) and self._next_record() < 0:
                raise cut(window) from None
            return self._broken(broken(window, _HIDDEN_END))
        if end == window.at:
            return self._broken(broken(window, "a record was expected"))
        element = parse_element(window.data[window.at : end], window.position)
        if element.trouble is None:
            self._boundary.learn(window.data, end)
        elif element.trouble.slug == "invalid-json":
            return self._malformed(element, end)
        window.at = end
        return element

    def _malformed(self, element: Element, end: int) -> Element:
        """A record that is no JSON: a bracket or a quote it lacks may have hidden others in it. Go on inside
        it where one can be told."""
        window = self._window
        found = self._next_record()
        if 0 <= found < end:
            element.raw = window.data[window.at : found]
        if 0 <= found < end or swallows_another(element.raw):
            self._note(broken(window, "a record is mistyped and may hide the ones after it"))
        window.at = found if 0 <= found < end else end
        return element

    def _swallowed_by(self, last: Element) -> Iterator[Element]:
        """The records inside the last one of a list that does not end: a record that lacks its end takes in
        its siblings, up to the brackets that were the list's."""
        inner = RecordList(Window(iter(())), self._limit, self._is_record)
        inner._boundary = self._boundary
        inner._window.data = last.raw
        if inner._next_record() >= 0:
            records = inner.resumed(broken(self._window, _HIDDEN_END))
            next(records)  # what stands before them is the record itself
            with suppress(JsonStreamError):
                yield from records

    def _oversized(self) -> Element:
        window = self._window
        mistyped = not is_merely_cut(window.data[window.at :])
        if self._next_record() >= 0:
            return self._broken(broken(window, _HIDDEN_END))
        start = window.position
        try:
            size = skip(window)
        except JsonStreamError as error:
            raise JsonStreamError("broken-frame", _HIDDEN_END, start) if mistyped else error from None
        return too_large(start, f"the record has {size:,} bytes, more than {self._limit:,}")

    def _broken(self, fault: JsonStreamError) -> Element:
        """The bytes up to the next record that can be told, as one record that is no JSON.

        Raises:
            JsonStreamError: the fault, when nothing shows where the next record begins.
        """
        window = self._window
        self._note(fault)
        while (end := self._next_record()) < 0:
            if len(window.data) - window.at > self._limit or not window.more():
                raise fault
        position, raw = window.position, window.data[window.at : end]
        window.at = end
        return Element(position, raw, trouble=Issue("invalid-json", "", f"the record is not JSON: {fault}"))

    def _next_record(self) -> int:
        """The index of the comma before the next record in what is held, or -1."""
        window = self._window
        found = self._boundary.next_certain(window.data, window.at)
        if found < 0 and self._is_record is not None:
            found = next_plausible(window.data, window.at, self._limit, self._is_record)
        return found

    def _leaves_doubt(self, element: Element) -> bool:
        """Whether what follows may still belong inside a mistyped record."""
        if element.trouble is not None:
            return True
        return self._in_doubt and self._is_record is not None and not self._is_record(element.value)

    def _objection(self, byte: int) -> str:
        """Why this byte cannot follow a record; empty when it can."""
        if byte not in (_COMMA, _LIST_END, _OBJECT) or (byte == _OBJECT and self._in_doubt):
            return "a comma or the end of the list is missing"
        if byte == _LIST_END and self._in_doubt and self._goes_on():
            return "the list seems to end inside a mistyped record"
        return ""

    def _goes_on(self) -> bool:
        """Whether a record can be told behind the bracket at the window."""
        window = self._window
        while len(window.data) - window.at < _LOOK_AHEAD and window.more():
            continue
        return self._next_record() >= 0

    def _note(self, fault: JsonStreamError) -> None:
        self.fault = self.fault or fault


def skip(window: Window) -> int:
    """Run over the value at the window; its bytes. Raises JsonStreamError when it has no proper end."""
    try:
        return skip_value(window)
    except Unterminated:
        raise cut(window) from None
    except Unbalanced as error:
        raise broken(window, str(error)) from None


def broken(window: Window, message: str) -> JsonStreamError:
    """The error for a frame that breaks the grammar here (or ends here)."""
    if window.peek() == -1:
        return cut(window)
    return JsonStreamError("broken-frame", message, window.position)


def cut(window: Window) -> JsonStreamError:
    """The error for a document that ends before it is complete."""
    position = window.position + len(window.data) - window.at
    return JsonStreamError("cut", "the document ends in the middle", position)
