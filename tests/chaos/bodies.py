"""Scenarios of bodies: cut, compressed, in other encodings, and JSON that is none."""

import gzip
import json
import zlib
from dataclasses import replace
from functools import cache
from typing import Any

from tests.chaos.answers import JSON
from tests.chaos.layer import Turn
from tests.chaos.scenario import HELD, KEEP, OK, UNREAD, After, Scenario, all_read
from tests.portals import Answer

JSON_ONLY = frozenset({"json"})


def cut_long(turn: Turn) -> Answer:
    return replace(turn.reply, cut_to=len(turn.reply.body) // 2)


def asked_again(after: After) -> None:
    assert max(turn.tries for turn in after.turns) > 1


def cut_honestly(turn: Turn) -> Answer:
    return replace(turn.reply, cut_to=len(turn.reply.body) // 2, honest_length=True)


def cut_gzip(turn: Turn) -> Answer:
    size = len(gzip.compress(turn.reply.body, 6))
    return replace(turn.reply, compress=True, cut_to=size // 2, honest_length=True)


@cache
def bomb() -> bytes:
    """4 GB of spaces behind the beginning of a catalogue, in 4 MB: one piece, repeated."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = pack.compress(b'{"dataset": [') + pack.flush(zlib.Z_FULL_FLUSH)
    piece = pack.compress(b" " * 16 * 1024**2) + pack.flush(zlib.Z_FULL_FLUSH)
    return start + piece * 256


def a_bomb(turn: Turn) -> Answer:
    return Answer(bomb(), 200, JSON | {"Content-Encoding": "gzip"})


def capped(after: After) -> None:
    """By a rule, not by the memory limit that catches what no rule foresaw."""
    assert after.run.slug in {"decompression-bomb", "too-large"}


def no_crash(after: After) -> None:
    assert after.run.slug not in {"crashed", "memory"}


def text(turn: Turn, encoding: str, mark: bytes = b"") -> Answer:
    def encoded(said: bytes) -> bytes:
        return mark + said.decode().encode(encoding)

    return turn.body(lambda body: turn.player.text(body, encoded))


def again(body: bytes) -> bytes:
    return gzip.compress(gzip.compress(body, 1), 1)


def lines(turn: Turn) -> Answer:
    found: list[Any] = []
    turn.records(lambda records: found.extend(records) or records)  # type: ignore[func-returns-value]
    return replace(turn.reply, body=b"\n".join(json.dumps(record).encode() for record in found))


def null_list(turn: Turn) -> Answer:
    def without(document: dict[str, Any]) -> dict[str, Any]:
        return {key: _without_lists(value) for key, value in document.items()}

    def _without_lists(value: Any) -> Any:
        return None if isinstance(value, list) else without(value) if isinstance(value, dict) else value

    return turn.document(without)


def empty_objects(turn: Turn) -> Answer:
    good = turn.records(lambda _: ["HERE"]).body
    return replace(turn.reply, body=good.replace(b'"HERE"', b",".join([b"{}"] * 1_000_000)))


def endless_string(turn: Turn) -> Answer:
    if turn.page > 1:
        return turn.reply
    good = turn.records(lambda records: ["HERE", *records]).body
    one = b'{"identifier": "huge", "title": "' + b"x" * 50_000_000 + b'"}'
    return replace(turn.reply, body=good.replace(b'"HERE"', one, 1))


def set_aside(after: After) -> None:
    """One record was refused; the others were read."""
    assert after.run.quarantined == 1
    assert after.run.unchanged == after.size


def endless_name(turn: Turn) -> Answer:
    return turn.body(lambda body: b'{"' + b"n" * 20_000_000 + b'": 1,' + body[1:])


def shuffled(value: Any) -> Any:
    """The same with the members of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: shuffled(item) for key, item in reversed(value.items())}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


def _damaged(body: bytes) -> bytes:
    packed = bytearray(gzip.compress(body, 6))
    packed[len(packed) // 2] ^= 0xFF
    return bytes(packed)


def wrapped(document: Any) -> Any:
    return {"status": "success", "result": document}


def by_number(document: Any) -> Any:
    """Lists as objects with the numbers for names, as PHP writes a list with a gap."""
    if isinstance(document, list):
        return {str(number): item for number, item in enumerate(document)}
    if isinstance(document, dict):
        return {key: by_number(value) for key, value in document.items()}
    return document


SCENARIOS = (
    Scenario("cut-long", "cuts the body short of its length", UNREAD, cut_long, claims=asked_again, number=3),
    Scenario("cut-gzip", "cuts a gzip body and corrects the length", UNREAD, cut_gzip, number=4),
    Scenario("gzip-bomb", "sends 4 MB that unpack to 4 GB", UNREAD, a_bomb, claims=capped, number=16),
    Scenario(
        "nested",
        "sends JSON nested 100,000 deep",
        KEEP,
        lambda turn: replace(turn.reply, body=b"[" * 100_000 + b"]" * 100_000),
        claims=no_crash,
        needs=JSON_ONLY,
        number=17,
    ),
    Scenario(
        "utf8-mark",
        "puts a byte order mark before its UTF-8",
        OK,
        lambda turn: text(turn, "utf-8", b"\xef\xbb\xbf"),
        claims=all_read,
        number=22,
    ),
    Scenario("utf16", "sends UTF-16", OK, lambda turn: text(turn, "utf-16"), claims=all_read, number=22),
    Scenario(
        "utf16-unmarked",
        "sends UTF-16 without a mark",
        OK,
        lambda turn: text(turn, "utf-16-le"),
        claims=all_read,
    ),
    Scenario("cut-honestly", "cuts the body and corrects the length", UNREAD, cut_honestly),
    Scenario(
        "cut-without-length",
        "announces no length and hangs up in the middle",
        UNREAD,
        lambda turn: replace(turn.reply, cut_to=len(turn.reply.body) // 2, length=False),
    ),
    Scenario(
        "gzip-in-name-only",
        "calls a plain body gzip",
        OK,
        lambda turn: turn.body(lambda body: body, Content_Encoding="gzip"),
        claims=all_read,
    ),
    Scenario(
        "brotli",
        "sends brotli, which nobody asked for",
        UNREAD,
        lambda turn: turn.body(lambda body: b"\x1b\x03" + body[::-1], Content_Encoding="br"),
    ),
    Scenario(
        "gzip-twice",
        "compresses twice and says so once",
        KEEP | OK,
        lambda turn: turn.body(again, Content_Encoding="gzip"),
    ),
    Scenario(
        "gzip-damaged",
        "sends gzip with a flipped byte",
        UNREAD,
        lambda turn: turn.body(_damaged, Content_Encoding="gzip"),
    ),
    Scenario(
        "trailing-garbage",
        "lets PHP warnings follow the document",
        UNREAD,
        lambda turn: turn.body(lambda body: body + b"\n<br />\n<b>Warning</b>: in line 7"),
        of_files=HELD,
    ),
    Scenario(
        "leading-garbage",
        "lets PHP warnings precede the document",
        UNREAD,
        lambda turn: turn.body(lambda body: b"<br />\n<b>Warning</b>: in line 7\n" + body),
        of_files=HELD,
    ),
    Scenario(
        "two-documents",
        "sends the document twice",
        UNREAD,
        lambda turn: turn.body(lambda body: body + body),
        of_files=HELD,
    ),
    Scenario("json-lines", "sends a record a line instead of a document", UNREAD, lines, needs=JSON_ONLY),
    Scenario(
        "xml",
        "sends XML instead",
        UNREAD,
        lambda turn: Answer(b'<?xml version="1.0"?><catalog><record/></catalog>', 200, JSON),
        needs=JSON_ONLY,
    ),
    Scenario("null-list", "has null where the list of records was", UNREAD, null_list, needs=JSON_ONLY),
    Scenario(
        "null-document",
        "answers null",
        UNREAD,
        lambda turn: replace(turn.reply, body=b"null"),
        needs=JSON_ONLY,
    ),
    Scenario(
        "empty-objects",
        "has a million empty objects for records",
        KEEP,
        empty_objects,
        needs=JSON_ONLY,
        claims=no_crash,
        entry={"run_budget": 20},
    ),
    Scenario(
        "endless-string",
        "has a record with a string of 50 MB",
        OK | UNREAD,
        endless_string,
        claims=set_aside,
        needs=JSON_ONLY,
        entry={"request_timeout": 20, "run_budget": 40},
    ),
    Scenario(
        "endless-name",
        "names a member with 20 MB",
        UNREAD | OK,
        endless_name,
        claims=no_crash,
        needs=JSON_ONLY,
    ),
    Scenario(
        "shuffled",
        "orders the members of every object anew",
        OK,
        lambda turn: turn.document(shuffled),
        claims=all_read,
        needs=JSON_ONLY,
    ),
    Scenario(
        "jsonp",
        "calls a function with the document",
        UNREAD,
        lambda turn: turn.body(lambda body: b"callback(" + body + b");"),
        needs=JSON_ONLY,
    ),
    Scenario(
        "javascript",
        "uses single quotes",
        KEEP,
        lambda turn: turn.body(lambda body: body.replace(b'"', b"'")),
        needs=JSON_ONLY,
    ),
    Scenario(
        "trailing-comma",
        "ends the list with a comma",
        KEEP | OK,
        lambda turn: turn.body(lambda body: body[: body.rindex(b"]")] + b"," + body[body.rindex(b"]") :]),
        needs=JSON_ONLY,
    ),
    Scenario(
        "text-of-json",
        "sends the document as one JSON string",
        UNREAD,
        lambda turn: turn.body(lambda body: json.dumps(body.decode()).encode()),
        needs=JSON_ONLY,
    ),
    Scenario(
        "wrapped", "wraps the document in another", KEEP, lambda turn: turn.document(wrapped), needs=JSON_ONLY
    ),
    Scenario(
        "list-by-number",
        "has an object where the list was",
        KEEP,
        lambda turn: turn.document(by_number),
        needs=JSON_ONLY,
    ),
    Scenario(
        "coded-as-charset",
        "names a charset as the coding",
        OK | UNREAD,
        lambda turn: turn.body(lambda body: body, Content_Encoding="UTF-8"),
    ),
    Scenario("utf32", "sends UTF-32", OK, lambda turn: text(turn, "utf-32"), claims=all_read),
    Scenario(
        "zip",
        "sends a zip file",
        UNREAD,
        lambda turn: turn.body(lambda body: b"PK\x03\x04" + body),
        of_files=HELD,
    ),
)
