"""Finding where a JSON value ends, by brackets and strings alone, at the speed of `re`.

Nothing is parsed here and nothing recurses: a value of 16 MB or of 100,000 levels costs its own bytes.
A value with an error inside (a missing comma, a bare word) still has an end, so one bad record does not
hide the ones after it.
"""

import re

from harvesters.window import Window

# Before CPython 3.11.5 (Debian 12 has 3.11.2) a possessive repeat whose last alternative fails half way
# goes on from there, not from where that alternative began. So `(?!)`, which fails at once, is the last.
_BETWEEN_BRACKETS = re.compile(rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+"|(?!))*+', re.DOTALL)
"""Strings and everything else up to the next bracket; stops before a string that does not end."""
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_STRING_BODY = re.compile(rb'(?:[^"\\]++|\\.|(?!))*+', re.DOTALL)
_SCALAR = re.compile(rb"[-+.0-9A-Za-z]*+")
_CLOSERS = {ord("{"): ord("}"), ord("["): ord("]")}
_QUOTE = ord('"')


class Unbalanced(ValueError):
    """A closing bracket of the wrong kind; `index` is where it stands in the window's data."""

    def __init__(self, index: int) -> None:
        super().__init__("a closing bracket does not fit the one that was opened")
        self.index = index


class Unterminated(ValueError):
    """The stream ended inside a value."""


class Oversized(ValueError):
    """The value is longer than asked for; the window still stands at its start."""


def value_end(window: Window, limit: int) -> int:
    """The index behind the value that starts at the window's `at` (which does not move in the stream).

    A number or word ends where its characters do, whatever they spell; what can start no value has its end
    at its start.

    Raises:
        Unbalanced: brackets are nested wrongly.
        Unterminated: the stream ended first.
        Oversized: the value has more than `limit` bytes.
    """
    first = window.data[window.at]
    if first in _CLOSERS:
        return _nested_end(window, limit)
    if first == _QUOTE:
        return _string_end(window, limit)
    return _scalar_end(window, limit)


def skip_value(window: Window) -> int:
    """Run over the value at the window's `at` without keeping it; the bytes passed.

    Raises:
        Unbalanced, Unterminated: as `value_end`.
    """
    start = window.position
    first = window.data[window.at]
    if first == _QUOTE:
        _skip_string(window)
    elif first in _CLOSERS:
        _skip_nested(window)
    else:
        _skip_scalar(window)
    return window.position - start


def _nested_end(window: Window, limit: int) -> int:
    closers = bytearray()
    index = window.at
    match = _BETWEEN_BRACKETS.match
    while True:
        data = window.data
        found = match(data, index)
        index = found.end() if found else index
        if index == len(data) or data[index] == _QUOTE:
            if len(data) - window.at > limit:
                raise Oversized
            index -= window.at
            if not window.more():
                raise Unterminated
            continue
        byte = data[index]
        closer = _CLOSERS.get(byte)
        if closer is not None:
            closers.append(closer)
        elif closers.pop() != byte:
            raise Unbalanced(index)
        index += 1
        if not closers:
            if index - window.at > limit:
                raise Oversized
            return index


def _string_end(window: Window, limit: int) -> int:
    while True:
        found = _STRING.match(window.data, window.at)
        if found:
            if found.end() - window.at > limit:
                raise Oversized
            return found.end()
        if len(window.data) - window.at > limit:
            raise Oversized
        if not window.more():
            raise Unterminated


def _scalar_end(window: Window, limit: int) -> int:
    while True:
        found = _SCALAR.match(window.data, window.at)
        end = found.end() if found else window.at
        if end < len(window.data):
            return end
        if end - window.at > limit:
            raise Oversized
        if not window.more():
            raise Unterminated


def _skip_nested(window: Window) -> None:
    closers = bytearray()
    while True:
        found = _BETWEEN_BRACKETS.match(window.data, window.at)
        window.at = found.end() if found else window.at
        if window.at == len(window.data):
            if not window.more():
                raise Unterminated
            continue
        byte = window.data[window.at]
        if byte == _QUOTE:
            _skip_string(window)
            continue
        closer = _CLOSERS.get(byte)
        if closer is not None:
            closers.append(closer)
        elif closers.pop() != byte:
            raise Unbalanced(window.at)
        window.at += 1
        if not closers:
            return


def _skip_scalar(window: Window) -> None:
    while True:
        found = _SCALAR.match(window.data, window.at)
        window.at = found.end() if found else window.at
        if window.at < len(window.data) or not window.more():
            return


def _skip_string(window: Window) -> None:
    window.at += 1
    while True:
        found = _STRING_BODY.match(window.data, window.at)
        window.at = found.end() if found else window.at
        if window.at < len(window.data) and window.data[window.at] == _QUOTE:
            window.at += 1
            return
        if not window.more():
            raise Unterminated
