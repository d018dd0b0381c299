"""Bytes of one record to a JSON object, whatever encoding the server really used.

Strict UTF-8 JSON, nearly every record, costs one `orjson` call. The rest is read as far as its meaning is
certain, with an issue: feeds have come as UTF-16, with a byte order mark, as Windows-1252 declared as UTF-8,
with `NaN` for an unknown number and with raw line feeds inside strings.
"""

import json
import re
from typing import Any

import orjson

from mappings.issue import Issue, IssueLog, Unmappable
from mappings.published import encodable

MAX_DEPTH = 254
"""Objects and lists inside each other. `orjson` reads 1,024 but writes 254; real records have at most 12."""

_ESCAPED_BYTE = re.compile("[\udc80-\udcff]")


def decode(payload: bytes) -> tuple[dict[str, Any], list[Issue]]:
    """The record, and what had to be repaired to read it (`wrong-encoding`, `lenient-json`).

    Raises `Unmappable`: `invalid-json` (not JSON), `json-too-deep` (over `MAX_DEPTH`), `not-an-object`.
    """
    log = IssueLog()
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        value = _decode_leniently(payload, error, log)
    if type(value) is not dict:
        raise Unmappable("not-an-object", f"a record must be a JSON object, this one is {_kind(value)}")
    if payload.count(b"{") + payload.count(b"[") > MAX_DEPTH or log.issues:
        _check_depth(value)
    return value, log.issues


def _decode_leniently(payload: bytes, error: orjson.JSONDecodeError, log: IssueLog) -> Any:
    text = _text(payload, log)
    try:
        value = json.loads(text, strict=False, parse_constant=_not_a_number, parse_int=_whole_number)
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise Unmappable("invalid-json", f"the record is not JSON: {error.msg}") from None
    if not log.issues and not payload.startswith(b"\xef\xbb\xbf"):
        log.add("lenient-json", "", f"the record is not strict JSON: {error.msg}; it was read nevertheless")
    return _encodable(value)


def _text(payload: bytes, log: IssueLog) -> str:
    encoding = json.detect_encoding(payload)
    if encoding not in ("utf-8", "utf-8-sig"):
        log.add("wrong-encoding", "", f"the record is encoded as {encoding.upper()}, JSON must be UTF-8")
        return payload.decode(encoding, "replace").removeprefix("\ufeff")
    text = payload.decode(encoding, "surrogateescape")
    if _ESCAPED_BYTE.search(text):
        log.add("wrong-encoding", "", "the record is not UTF-8; the other bytes were read as Windows-1252")
        text = _ESCAPED_BYTE.sub(_windows_1252, text)
    return text


def _windows_1252(match: re.Match[str]) -> str:
    byte = bytes([ord(match[0]) - 0xDC00])
    try:
        return byte.decode("cp1252")
    except UnicodeDecodeError:  # five bytes have no character there
        return byte.decode("latin-1")


def _not_a_number(_: str) -> None:
    """`NaN` and `Infinity` stand where a number is unknown."""


def _whole_number(digits: str) -> int | float:
    """As `orjson` reads them: what needs more than 64 bits becomes a float."""
    number = float(digits) if len(digits) > 20 else int(digits)
    return number if -(2**63) <= number < 2**64 else float(digits)


def _encodable(value: Any) -> Any:
    """Lone surrogates (`\\ud800`) replaced: no UTF-8 file, index or database takes them."""
    if isinstance(value, str):
        return encodable(value)
    try:
        if isinstance(value, list):
            return [_encodable(item) for item in value]
        if isinstance(value, dict):
            return {encodable(key): _encodable(item) for key, item in value.items()}
    except RecursionError:
        raise _too_deep() from None
    return value


def _check_depth(value: Any) -> None:
    try:
        orjson.dumps(value)
    except TypeError:
        raise _too_deep() from None


def _too_deep() -> Unmappable:
    return Unmappable("json-too-deep", f"the record nests more than {MAX_DEPTH} objects or lists")


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}
    return names.get(type(value), "null")
